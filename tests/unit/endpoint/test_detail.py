from __future__ import annotations

from proctor_desktop.core.chain import digest
from tests.unit.endpoint.sitting import JPEG, Sitting


def test_a_session_is_told_with_what_its_records_come_to(sitting: Sitting) -> None:
    still = sitting.journal.blob(JPEG)
    sitting.journal.open()
    sitting.violation("start", 1, still, reason="No face for 5 s")
    sitting.send()
    shown = sitting.get().json()
    assert shown["session"] == sitting.journal.session
    assert shown["exam"]["sha256"] == digest(sitting.journal.exam)
    assert shown["candidate"] == {"name": "Ada Example", "email": "ada@example.edu"}
    assert (shown["state"], shown["ended"]) == ("open", None)
    assert (shown["score"], shown["risk"], shown["flagged"]) == (95.0, "green", False)
    assert shown["violations"] == {"face_missing": 1}
    assert shown["violation_list"][0]["reason"] == "No face for 5 s"
    assert shown["violation_list"][0]["ended"] is None
    assert (shown["head"], shown["receipts"]) == (sitting.head(), 1)
    assert (shown["stored_blobs"], shown["missing"]) == (0, [still.sha256])
