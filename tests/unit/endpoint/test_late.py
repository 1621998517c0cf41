"""Sessions that arrive as an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint.models import Session
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import INSTITUTION_KEY, key
from tests.unit.endpoint.sitting import JPEG, PREFIX, Sitting

OTHER_KEY = key(9)


@pytest.fixture
def brought(tmp_path: Path) -> Sitting:
    """A session that the endpoint has never heard of; its key is nowhere any more."""
    found = Sitting(tmp_path / "candidate")
    found.journal.open()
    return found


def opening_of(sitting: Sitting, first: int = 1) -> dict[str, Any]:
    """The records from ``first`` on, and the first checkpoint over them."""
    batch = sitting.batch(first)
    return {"records": batch["records"], "checkpoint": batch["checkpoints"][0]}


def request(sitting: Sitting, **changes: Any) -> dict[str, Any]:
    """What somebody with the export sends: its first records, signed at the time."""
    return {"exam": json.loads(sitting.journal.exam), **opening_of(sitting), **changes}


def bring(sitting: Sitting, **changes: Any) -> Any:
    answer = APIClient().post(
        PREFIX + "late/",
        data=json.dumps(request(sitting, **changes)),
        content_type="application/json",
    )
    sitting.token = answer.json().get("token", sitting.token)
    return answer


def checkpoint(sitting: Sitting, signer: Any, **changes: Any) -> Any:
    body = dsse.peek(json.dumps(opening_of(sitting)["checkpoint"]).encode()) | changes
    return json.loads(dsse.sign_json(signer, dsse.CHECKPOINT, body))


def test_an_export_alone_brings_records_files_and_the_end(brought: Sitting) -> None:
    opening = opening_of(brought)
    still = brought.journal.blob(JPEG)
    brought.journal.record("violation.start", {"violation": 1, "rule": "face_missing"}, still)
    brought.journal.record("session.close", {"reason": "finished"})
    assert bring(brought, **opening).status_code == 201
    assert brought.send().status_code == 200
    assert brought.get("missing/").json()["missing"] == [still.sha256]
    assert brought.put(JPEG).status_code == 201
    assert brought.post("end/", {"head": brought.head()}).json()["score"] == 95.0
    session = Session.objects.get()
    assert session.late_at is not None
    assert (session.candidate.email, session.head) == (brought.email, brought.journal.head)


def test_bringing_it_again_goes_on_where_the_endpoint_stands(brought: Sitting) -> None:
    opening = opening_of(brought)
    first = bring(brought, **opening)
    brought.send()
    here = brought.head()
    again = bring(brought, **opening)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["head"] == here
    assert again.json()["token"] != first.json()["token"]
    assert Session.objects.count() == 1


def test_a_session_whose_client_sent_a_part_gets_its_rest(sitting: Sitting) -> None:
    sitting.journal.open()
    opening = opening_of(sitting)
    sitting.send()
    sitting.journal.record("heartbeat")
    assert bring(sitting, **opening).status_code == 200
    assert sitting.send().status_code == 200
    assert Session.objects.get().head == sitting.journal.head


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.get(),
        lambda s: s.get("records/"),
        lambda s: s.post("heartbeat/", {}),
        lambda s: s.post("verify-initial/", {"kind": "face", "blob": "0" * 64}),
        lambda s: s.simple(image=""),
    ],
    ids=["detail", "records", "heartbeat", "photo", "simple violation"],
)
def test_the_token_for_an_export_opens_nothing_else(brought: Sitting, call: Any) -> None:
    bring(brought)
    assert call(brought).status_code == 403


def test_the_token_brings_no_file_that_no_record_names(brought: Sitting) -> None:
    bring(brought)
    brought.send()
    assert brought.put(JPEG).status_code == 422


def test_a_session_that_is_not_closed_by_a_record_cannot_be_ended_with_it(brought: Sitting) -> None:
    bring(brought)
    brought.send()
    assert brought.post("end/", {"head": brought.head()}).status_code == 422
    assert Session.objects.get().ended_at is None


def test_an_excerpt_is_scored_but_not_taken_for_the_whole_session(brought: Sitting) -> None:
    opening = opening_of(brought)
    still = brought.journal.blob(JPEG)
    brought.journal.record("violation.start", {"violation": 1, "rule": "face_missing"}, still)
    brought.journal.record("session.close", {"reason": "finished"})
    bring(brought, **opening)
    brought.send()
    answer = brought.post("end/", {"head": brought.head()})
    assert answer.status_code == 422
    assert "1 files that the records name are not here" in answer.json()["detail"]
    session = Session.objects.get()
    assert (session.ended_at, session.score) == (None, 95.0)
    brought.put(JPEG)
    assert brought.post("end/", {"head": brought.head()}).status_code == 200
    session.refresh_from_db()
    assert session.ended_at is not None


def test_records_that_another_key_signed_admit_nobody(brought: Sitting) -> None:
    answer = bring(brought, checkpoint=checkpoint(brought, OTHER_KEY))
    assert answer.status_code == 422
    assert "not signed by the session's key" in answer.json()["detail"]


@pytest.mark.parametrize("changes", [{"seq": 1}, {"head": "0" * 64}])
def test_a_checkpoint_over_something_else_admits_nobody(
    brought: Sitting, changes: dict[str, Any]
) -> None:
    answer = bring(brought, checkpoint=checkpoint(brought, brought.key, **changes))
    assert answer.status_code == 422
    assert Session.objects.count() == 0


def test_records_from_the_middle_admit_nobody(brought: Sitting) -> None:
    brought.journal.record("heartbeat")
    assert bring(brought, **opening_of(brought, 2)).status_code == 422


def test_records_of_another_exam_admit_nobody(brought: Sitting) -> None:
    body = dsse.peek(brought.journal.exam) | {"title": "Another"}
    other = json.loads(dsse.sign_json(INSTITUTION_KEY, dsse.EXAM, body))
    answer = bring(brought, exam=other)
    assert (answer.status_code, "not of this exam" in answer.json()["detail"]) == (422, True)


def test_a_known_session_with_another_key_stays_as_it_is(sitting: Sitting, tmp_path: Path) -> None:
    forged = Sitting(tmp_path / "forged", OTHER_KEY)
    forged.journal.session = sitting.journal.session
    forged.journal.open(session_key=dsse.public_hex(OTHER_KEY))
    forged.journal.checkpoint(OTHER_KEY)
    assert digest(forged.journal.exam) == digest(sitting.journal.exam)
    assert bring(forged).status_code == 409
    assert Session.objects.get().late_at is None


@pytest.mark.parametrize(
    "changes",
    [{"records": []}, {"records": ["{}"]}, {"checkpoint": {}}, {"exam": {}}, {"records": None}],
)
def test_what_is_no_opening_admits_nobody(brought: Sitting, changes: dict[str, Any]) -> None:
    assert bring(brought, **changes).status_code in (400, 422)
    assert Session.objects.count() == 0
