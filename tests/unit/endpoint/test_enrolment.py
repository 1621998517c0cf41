from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint.models import Candidate, ExamFile, Session, Token
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import ENROL_KEY, INSTITUTION_KEY, credentials, key
from tests.unit.endpoint.sitting import PREFIX, Sitting


@pytest.fixture
def newcomer(tmp_path: Path) -> Sitting:
    return Sitting(tmp_path / "candidate")


def signed(who: Sitting, **changes: Any) -> bytes:
    return dsse.sign_json(ENROL_KEY, dsse.ENROL, who.enrol_payload(**changes))


def test_a_new_session_gets_a_token_and_the_servers_key(
    newcomer: Sitting, data_folder: Path
) -> None:
    answer = newcomer.enrol()
    assert answer.status_code == 201
    assert answer.json()["session"] == newcomer.journal.session
    assert answer.json()["server_key"] == (data_folder / "server.pub").read_text().strip()
    assert answer.json()["heartbeat_s"] == 5.0
    assert newcomer.get().status_code == 200


def test_enrolling_again_gives_a_fresh_token_and_the_old_one_goes_on(sitting: Sitting) -> None:
    first = sitting.token
    assert sitting.enrol().status_code == 200
    assert sitting.token != first
    assert sitting.get().status_code == 200
    sitting.token = first
    assert sitting.get().status_code == 200


def test_a_replayed_enrolment_gets_no_token_however_it_is_laid_out(newcomer: Sitting) -> None:
    envelope = signed(newcomer)
    assert newcomer.enrol(envelope).status_code == 201
    spaced = json.loads(envelope)
    spaced["signatures"][0]["keyid"] = "another hint"
    for replay in (envelope, json.dumps(spaced, indent=1).encode()):
        answer = newcomer.enrol(replay)
        assert answer.status_code == 409
        assert "token" not in answer.json()
    newcomer.enrol()
    assert newcomer.enrol(envelope).status_code == 409


def test_another_key_cannot_take_a_session_over(sitting: Sitting) -> None:
    sitting.key = key(9)
    assert sitting.enrol().status_code == 409


def test_a_session_keeps_its_candidate(sitting: Sitting) -> None:
    sitting.email = "someone.else@example.edu"
    assert sitting.enrol().status_code == 409
    assert Candidate.objects.count() == 1


def test_the_stated_key_must_have_signed(newcomer: Sitting) -> None:
    payload = newcomer.enrol_payload(session_key=dsse.public_hex(key(9)))
    answer = newcomer.enrol(dsse.sign_json(ENROL_KEY, dsse.ENROL, payload))
    assert answer.status_code == 422
    assert "not signed by a key of the session" in answer.json()["detail"]
    assert not Session.objects.exists()


@pytest.mark.parametrize("stated", [None, 5, ["a"], "short", "G" * 64])
def test_a_key_that_is_none_is_refused(newcomer: Sitting, stated: Any) -> None:
    assert newcomer.enrol(signed(newcomer, session_key=stated)).status_code == 422


def test_an_envelope_for_another_purpose_is_refused(newcomer: Sitting) -> None:
    envelope = dsse.sign_json(ENROL_KEY, dsse.CHECKPOINT, newcomer.enrol_payload())
    assert newcomer.enrol(envelope).status_code == 422


def test_a_key_that_the_session_key_did_not_name_cannot_enrol(sitting: Sitting) -> None:
    for signer in (key(9), sitting.key):
        stranger = dsse.sign_json(signer, dsse.ENROL, sitting.enrol_payload())
        assert sitting.enrol(stranger).status_code == 422


def test_a_delegation_for_another_session_is_refused(newcomer: Sitting) -> None:
    other = json.loads(credentials("another", newcomer.key).delegation)
    answer = newcomer.enrol(signed(newcomer, delegation=other))
    assert answer.status_code == 422
    assert "another session" in answer.json()["detail"]


def test_a_delegation_by_another_key_is_refused(newcomer: Sitting) -> None:
    forged = json.loads(credentials(newcomer.journal.session, key(9)).delegation)
    assert newcomer.enrol(signed(newcomer, delegation=forged)).status_code == 422


@pytest.mark.parametrize("stated", [None, {}, [], "text", {"payload": "e30="}])
def test_an_enrolment_without_a_delegation_is_refused(newcomer: Sitting, stated: Any) -> None:
    assert newcomer.enrol(signed(newcomer, delegation=stated)).status_code == 422


def test_the_exam_is_kept_as_the_bytes_that_were_signed(sitting: Sitting) -> None:
    exam = ExamFile.objects.get()
    assert bytes(exam.envelope) == sitting.journal.exam
    assert exam.sha256 == digest(sitting.journal.exam)
    assert exam.signer == dsse.public_hex(INSTITUTION_KEY)
    assert exam.policy.rules.prolonged_silence.penalty == 5.0


def test_a_changed_exam_is_refused(newcomer: Sitting) -> None:
    exam = json.loads(newcomer.journal.exam)
    exam["payload"] = "e30="
    answer = newcomer.enrol(signed(newcomer, exam=exam))
    assert answer.status_code == 422
    assert "exam" in answer.json()["detail"]


def test_only_pinned_institutions_are_served(newcomer: Sitting, data_folder: Path) -> None:
    for pinned, status in ((key(9), 422), (INSTITUTION_KEY, 201)):
        site = {"DATA_FOLDER": data_folder, "INSTITUTION_KEYS": [dsse.public_hex(pinned)]}
        with override_settings(PROCTOR_DESKTOP=site):
            assert newcomer.enrol().status_code == status


def test_one_address_is_one_candidate_in_any_spelling(tmp_path: Path) -> None:
    for number, email in enumerate(("ada@example.edu", "Ada@Example.EDU")):
        one = Sitting(tmp_path / str(number))
        one.email = email
        assert one.enrol().status_code == 201
    assert Candidate.objects.get().email == "ada@example.edu"
    assert Session.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"session": "no uuid"}, "session"),
        ({"session": "6F0C9F4E-3D0B-4D5E-9A51-0D6D3A1F2B10"}, "session"),
        ({"candidate": {"name": "Ada", "email": ""}}, "candidate.email"),
        ({"candidate": "Ada"}, "candidate"),
        ({"exam": "text"}, "exam"),
        ({"started": "yesterday"}, "started"),
        ({"sent": "\ud800"}, "sent"),
        ({"client": "x" * 201}, "client"),
    ],
)
def test_a_wrong_field_is_named(newcomer: Sitting, changes: dict[str, Any], named: str) -> None:
    payload = json.dumps(newcomer.enrol_payload(**changes)).encode()
    answer = newcomer.enrol(dsse.sign(ENROL_KEY, dsse.ENROL, payload))
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{named}: ")


def test_tokens_are_stored_as_hashes_and_expire(sitting: Sitting, data_folder: Path) -> None:
    assert Token.objects.get().digest == digest(sitting.token.encode())
    site = {"DATA_FOLDER": data_folder, "TOKEN_LIFETIME_S": 0}
    with override_settings(PROCTOR_DESKTOP=site):
        sitting.enrol()
    answer = sitting.get()
    assert answer.status_code == 401
    assert "enrol again" in answer.json()["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_address_that_knocks_too_often_is_told_to_wait(
    newcomer: Sitting, data_folder: Path
) -> None:
    site = {"DATA_FOLDER": data_folder, "ENROL_RATE": "2/min"}
    with override_settings(PROCTOR_DESKTOP=site):
        assert [newcomer.enrol().status_code for _ in range(3)] == [201, 200, 429]
        answer = newcomer.enrol()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_many_signatures_cost_nothing(newcomer: Sitting) -> None:
    envelope = json.loads(signed(newcomer))
    envelope["signatures"] *= 1000
    answer = APIClient().post(PREFIX, data=json.dumps(envelope), content_type="application/json")
    assert answer.status_code == 400
