"""The exam file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import Policy, Preset, preset_defaults
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import key

INSTITUTION, STRANGER = key(3), key(4)
TRUSTED = [dsse.public_hex(INSTITUTION)]
BODY: dict[str, Any] = {
    "id": "algebra-1",
    "title": "Algebra I",
    "institution": "Example University",
    "endpoint": "https://exams.example.edu",
    "notice": "Camera, microphone and screen are recorded.",
}


def signed(body: dict[str, Any], signer: Any = INSTITUTION, **more: Any) -> bytes:
    """An envelope over ``body`` that names its signer, whatever else it says."""
    whole = {**body, "institution_key": dsse.public_hex(signer), **more}
    return dsse.sign_json(signer, dsse.EXAM, whole)


def opened(envelope: bytes, *trusted: str) -> exam_file.SignedExam:
    return exam_file.open_envelope(envelope, "my.exam", trusted)


def problem(body: dict[str, Any]) -> str:
    """What is said about an exam like this."""
    with pytest.raises(EnvironmentProblem) as caught:
        exam_file.parse(body, "my.exam")
    return str(caught.value)


def test_an_exam_that_says_little_gets_the_defaults() -> None:
    exam = exam_file.parse(BODY, "my.exam")
    assert exam.policy == Policy()
    assert exam.page == ""


def test_a_preset_fills_in_what_the_exam_leaves_open() -> None:
    policy = {"preset": "interview", "rules": {"head_turned": {"left_deg": 40}}}
    exam = exam_file.parse({**BODY, "policy": policy}, "my.exam")
    assert exam.policy.rules.head_turned.left_deg == 40
    assert exam.policy.rules.head_turned.right_deg == 30
    assert exam.policy.rules.prolonged_silence.penalty == 5


@given(st.sampled_from(Preset), st.floats(0, 3600), st.booleans(), st.floats(1, 90))
def test_a_policy_survives_the_record_it_is_written_to(
    preset: Preset, after_s: float, enabled: bool, left_deg: float
) -> None:
    rules = {
        "face_missing": {"after_s": after_s, "enabled": enabled},
        "head_turned": {"left_deg": left_deg},
    }
    policy = exam_file.parse({**BODY, "policy": {"preset": preset, "rules": rules}}, "x").policy
    through_json = json.loads(json.dumps(exam_file.policy_to_json(policy)))
    assert exam_file.policy_from_json(through_json) == policy


def test_settings_of_rules_that_look_and_listen_survive_the_record_too() -> None:
    rules = {
        "multiple_faces": {"still_after_s": 20},
        "face_missing": {"still_after_s": 45},
        "suspicious_object": {"objects": ["phone"], "needed": 2, "checks": 3},
        "voice_detected": {"speech_s": 1.5},
    }
    policy = exam_file.parse({**BODY, "policy": {"rules": rules}}, "x").policy
    assert policy.rules.suspicious_object.objects == ("phone",)
    assert policy.rules.multiple_faces.still_after_s == 20
    through_json = json.loads(json.dumps(exam_file.policy_to_json(policy)))
    assert exam_file.policy_from_json(through_json) == policy


def test_every_fault_is_named_at_once() -> None:
    told = problem(
        {**BODY, "titel": "Algebra", "policy": {"rules": {"face_missing": {"after": 5}}}, "id": 7}
    )
    for word in ("my.exam", "titel", "policy.rules.face_missing.after", "id"):
        assert word in told


@pytest.mark.parametrize("name", ["id", "title", "institution", "notice", "endpoint"])
def test_nothing_that_an_exam_needs_may_be_missing_or_empty(name: str) -> None:
    assert name in problem({k: v for k, v in BODY.items() if k != name})
    assert name in problem({**BODY, name: "  "})


@pytest.mark.parametrize(
    "policy",
    [
        None,
        [],
        "strict",
        {"preset": "party"},
        {"preset": ["exam"]},
        {"rules": []},
        {"rules": {"telepathy": {}}},
        {"rules": {"head_turned": {"left_deg": 400}}},
        {"rules": {"face_missing": {"after_s": -1}}},
        {"rules": {"suspicious_object": {"objects": ["cat"]}}},
        {"rules": {"suspicious_object": {"needed": 6}}},
        {"rules": {"face_missing": {"penalty": "many"}}},
        {"flag_at_violations": 0},
        {"recording": {"segment_s": 1}},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(policy: Any) -> None:
    assert "policy" in problem({**BODY, "policy": policy})


def test_a_signed_exam_opens_for_those_who_trust_its_signer() -> None:
    envelope = signed(BODY)
    exam = opened(envelope, *TRUSTED)
    assert (exam.exam.id, exam.signer, exam.envelope) == ("algebra-1", TRUSTED[0], envelope)


def test_without_any_trusted_key_the_one_inside_is_taken() -> None:
    assert opened(signed(BODY)).signer == TRUSTED[0]


def test_a_signer_that_is_not_trusted_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="no trusted key"):
        opened(signed(BODY, STRANGER), *TRUSTED)


def test_an_exam_must_name_the_key_that_signed_it() -> None:
    wrong = signed(BODY, institution_key=dsse.public_hex(STRANGER))
    with pytest.raises(EnvironmentProblem, match="another key"):
        opened(wrong, *TRUSTED)
    with pytest.raises(EnvironmentProblem, match="no trusted key"):
        opened(wrong)


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"not an exam",
        json.dumps(BODY).encode(),
        dsse.sign_json(INSTITUTION, dsse.EXAM, BODY),
        signed(BODY, institution_key=5),
        signed(BODY, institution_key=["x"]),
        signed(BODY, institution_key={}),
        dsse.sign_json(INSTITUTION, dsse.RECEIPT, {**BODY, "institution_key": TRUSTED[0]}),
        dsse.sign(INSTITUTION, dsse.EXAM, b"[1, 2]"),
    ],
)
def test_a_file_that_nobody_signed_as_an_exam_is_refused(envelope: bytes) -> None:
    with pytest.raises(EnvironmentProblem, match=r"my\.exam: it is not a properly signed exam"):
        opened(envelope)


def test_an_exam_that_was_changed_after_signing_is_refused_before_it_is_read() -> None:
    body = json.loads(signed(BODY))
    other = json.loads(signed({**BODY, "title": "Algebra II", "unknown": 1}))
    body["payload"] = other["payload"]
    with pytest.raises(EnvironmentProblem, match="no trusted key"):
        opened(json.dumps(body).encode(), *TRUSTED)


def test_the_name_of_an_exam_in_the_evidence_is_the_hash_of_its_bytes() -> None:
    assert opened(signed(BODY)).sha256 != opened(signed({**BODY, "title": "Other"})).sha256


def test_a_file_is_loaded_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.exam"
    path.write_bytes(signed(BODY))
    assert exam_file.load(path, TRUSTED).exam.title == "Algebra I"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none\.exam: .*No such file"):
        exam_file.load(tmp_path / "none.exam")
    with pytest.raises(EnvironmentProblem, match="directory"):
        exam_file.load(tmp_path)


def test_a_huge_file_is_not_read_at_all(tmp_path: Path) -> None:
    path = tmp_path / "huge.exam"
    with path.open("wb") as file:
        file.truncate(exam_file.MAX_EXAM_BYTES + 1)
    with pytest.raises(EnvironmentProblem, match="too large"):
        exam_file.load(path)


def test_a_draft_is_checked_and_signed_whole(tmp_path: Path) -> None:
    exam = exam_file.parse({**BODY, "policy": {"preset": "interview"}}, "draft")
    draft = tmp_path / "draft.json"
    draft.write_text(exam_file.dump_draft(exam), encoding="utf-8")
    found = opened(exam_file.sign_draft(draft, INSTITUTION), *TRUSTED)
    assert found.exam == exam
    assert found.exam.policy == preset_defaults(Preset.INTERVIEW)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}', "[" * 100_000])
def test_a_draft_with_faults_is_not_signed(tmp_path: Path, text: str) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text(text)
    with pytest.raises(EnvironmentProblem, match=r"draft\.json.*sign it again"):
        exam_file.sign_draft(draft, INSTITUTION)


def test_a_draft_that_says_one_thing_twice_is_not_signed(tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text('{"policy": {"preset": "exam", "preset": "interview"}}')
    with pytest.raises(EnvironmentProblem, match='"preset" is written twice'):
        exam_file.sign_draft(draft, INSTITUTION)


def test_a_number_without_end_is_refused_in_our_own_words(tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text(f'{{"policy": {{"version": {"7" * 5000}}}}}')
    with pytest.raises(EnvironmentProblem, match=r"7{30}\.\.\. has 5000 digits") as refused:
        exam_file.sign_draft(draft, INSTITUTION)
    assert "set_int_max_str_digits" not in str(refused.value)


def test_a_draft_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="No such file"):
        exam_file.sign_draft(tmp_path / "none.json", INSTITUTION)


@pytest.mark.parametrize(
    "address",
    [
        "http://exa mple",
        "http://a..b/",
        "http://256.1.1.1",
        "http://h:",
        "http://h#f",
        "http://h/?q",
        "http://user:secret@h",
        "http://x:notaport/",
        "http://" + "a" * 64,
        "ftp://h",
        "http://",
    ],
)
def test_an_address_that_no_client_could_use_is_refused(address: str) -> None:
    with pytest.raises(EnvironmentProblem, match="endpoint must be an address"):
        exam_file.parse({**BODY, "endpoint": address}, "draft")


@pytest.mark.parametrize(
    "address", ["https://exams.example.edu", "http://127.0.0.1:8000", "http://[::1]:80/base/"]
)
def test_an_address_that_works_is_taken(address: str) -> None:
    assert exam_file.parse({**BODY, "endpoint": address}, "draft").endpoint == address


@pytest.mark.parametrize(
    "policy",
    [
        {"calibration": {"offered": "no"}},
        {"recording": {"clips": "yes"}},
        {"rules": {"face_missing": {"after_s": "2"}}},
        {"rules": {"looking_away": {"margin_deg": True}}},
        {"rules": {"suspicious_object": {"objects": []}}},
        {"rules": {"multiple_faces": {"analyses": 1_000_000}}},
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_and_not_guessed_at(policy: dict[str, Any]) -> None:
    body = {
        "id": "maths",
        "title": "Maths",
        "institution": "Example University",
        "endpoint": "https://exams.example.edu",
        "notice": "We record.",
        "policy": policy,
    }
    with pytest.raises(EnvironmentProblem, match="the exam is not valid"):
        exam_file.parse(body, "draft.json")


SEALING_KEY = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()


def test_an_exam_names_whom_the_evidence_is_sealed_to() -> None:
    assert exam_file.parse({**BODY, "seal_to": [SEALING_KEY]}, "draft").seal_to == (SEALING_KEY,)


@pytest.mark.parametrize("keys", [["00" * 32], ["abc"], [SEALING_KEY, SEALING_KEY]])
def test_what_nothing_can_be_sealed_to_is_refused(keys: list[str]) -> None:
    with pytest.raises(EnvironmentProblem, match="seal_to"):
        exam_file.parse({**BODY, "seal_to": keys}, "draft")


def test_evidence_cannot_be_sealed_to_the_key_that_signs(tmp_path: Path) -> None:
    signing = key(3)
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps({**BODY, "seal_to": [dsse.public_hex(signing)]}))
    with pytest.raises(EnvironmentProblem, match="nobody could open what is sealed to it"):
        exam_file.sign_draft(draft, signing)
    draft.write_text(json.dumps({**BODY, "seal_to": [SEALING_KEY]}))
    opened = exam_file.open_envelope(exam_file.sign_draft(draft, signing), "draft")
    assert opened.exam.seal_to == (SEALING_KEY,)


def test_a_draft_may_say_what_its_keys_are_for_and_must_not_lie(tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps({**BODY, "seal_to": [f"{SEALING_KEY} sealing"]}))
    assert opened(exam_file.sign_draft(draft, INSTITUTION), *TRUSTED).exam.seal_to == (SEALING_KEY,)
    draft.write_text(json.dumps({**BODY, "seal_to": [f"{SEALING_KEY} signing"]}))
    with pytest.raises(EnvironmentProblem, match=r"draft\.json: .* which is a key for signing"):
        exam_file.sign_draft(draft, INSTITUTION)


def test_an_exam_that_was_signed_before_stays_what_it_is() -> None:
    """Its candidates can do nothing about a key that its institution should not have named."""
    never_made = (2).to_bytes(32, "little").hex()
    exam = exam_file.parse({**BODY, "seal_to": [never_made]}, "draft")
    assert opened(exam_file.sign(exam, INSTITUTION), *TRUSTED).exam.seal_to == (never_made,)
