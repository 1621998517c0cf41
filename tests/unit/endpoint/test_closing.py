from __future__ import annotations

from typing import Any

from proctor_desktop.endpoint.models import Session
from tests.unit.endpoint.sitting import JPEG, Sitting


def end(who: Sitting) -> Any:
    return who.post("end/", {"head": who.head()})


def test_the_outcome_comes_from_the_records_and_the_signed_policy(sitting: Sitting) -> None:
    still = sitting.journal.blob(JPEG)
    sitting.violation("start", 1, still, penalty=0.0, severity="info")
    sitting.violation("end", 1)
    sitting.violation("start", 2)
    sitting.violation("start", 3, rule="multiple_faces")
    sitting.send()
    answer = end(sitting)
    assert answer.status_code == 200
    assert answer.json() == {
        "score": 80.0,
        "risk": "yellow",
        "flagged": True,
        "reasons": [
            "face_missing: 2 x 5 points",
            "multiple_faces: 1 x 10 points",
            "flagged: 3 or more counted violations",
        ],
        "violations": {"face_missing": 2, "multiple_faces": 1},
        "head": sitting.head(),
        "missing": [still.sha256],
    }
    row = Session.objects.get()
    assert (row.score, row.risk, row.flagged) == (80.0, "yellow", True)


def test_ending_twice_changes_nothing(sitting: Sitting) -> None:
    sitting.journal.open()
    sitting.send()
    first = end(sitting)
    ended_at = Session.objects.get().ended_at
    assert end(sitting).content == first.content
    assert Session.objects.get().ended_at == ended_at is not None


def test_an_end_elsewhere_is_refused_with_the_servers_head(sitting: Sitting) -> None:
    sitting.journal.open()
    sitting.send()
    known = sitting.head()
    sitting.journal.record("heartbeat")
    answer = end(sitting)
    assert answer.status_code == 409
    assert answer.json()["head"] == known
    assert Session.objects.get().ended_at is None


def test_a_session_without_records_can_end(sitting: Sitting) -> None:
    answer = sitting.post("end/", {"head": {"seq": 0, "hash": "0" * 64}})
    assert answer.json()["score"] == 100.0


def test_a_closed_session_loses_no_evidence(sitting: Sitting) -> None:
    sitting.journal.open()
    sitting.send()
    end(sitting)
    sitting.violation("start", 1)
    assert sitting.send(3).status_code == 200
    assert sitting.put(JPEG).status_code == 201
    assert end(sitting).json()["score"] == 95.0
    assert sitting.get().json()["state"] == "closed"
