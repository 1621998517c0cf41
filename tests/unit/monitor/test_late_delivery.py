"""Sending after the exam what did not get through during it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import Delivery, Policy
from proctor_desktop.journal import ledger, session_folder
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.signing_keys import SigningKeys
from proctor_desktop.monitor.late_delivery import send_all, until_delivered
from proctor_desktop.monitor.remaining import Remaining
from tests.fakes.broken_disk import refuse_to_read
from tests.fakes.endpoint import FakeEndpoint, HangsUp, Says
from tests.fakes.sealed_session import INSTITUTION_KEY
from tests.fakes.sessions import entry, new_session, reading, store, urgent, writing
from tests.fakes.studio import signed_exam

CANDIDATE = {"name": "Ada Example", "email": "ada@example.edu"}


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as server:
        yield server


def left(
    data: Path,
    endpoint: FakeEndpoint,
    *,
    closed: bool = True,
    agreed: bool = True,
    policy: Policy | None = None,
) -> SessionFolder:
    """A session of which nothing was sent."""
    body = {**exam_file.to_json(signed_exam(policy).exam), "endpoint": endpoint.url}
    exam = exam_file.sign(exam_file.parse(body, "test"), INSTITUTION_KEY)
    folder = new_session(data, exam)
    kept = store(folder).keep(b"a still", "image/jpeg")
    with writing(folder) as writer:
        key = folder.session_key()
        writer.append(urgent("session.open", None, candidate=CANDIDATE, session_key=key))
        writer.append(urgent("consent", None, given=agreed))
        writer.append(urgent("violation.start", None, kept))
        writer.append(urgent("session.close") if closed else entry("heartbeat"))
    return folder


def test_all_of_it_is_sent_and_the_session_closed(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    folder = left(tmp_path, endpoint)
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    with reading(folder) as reader:
        assert endpoint.records == list(reader.records())
        assert endpoint.ended == [reader.head()]
    assert len(endpoint.blobs) == 1
    assert endpoint.enrolments[0]["candidate"] == CANDIDATE
    assert said[-1] == f"{folder.session}: score 95, risk green"


def test_of_a_candidate_who_did_not_agree_nothing_is_sent(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint, agreed=False)
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    assert "has not agreed" in said[-1]
    assert endpoint.enrolments == []


def test_an_unfinished_session_is_sent_up_to_its_last_record_but_not_closed(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint, closed=False)
    assert not send_all(tmp_path, lambda _: None)
    assert len(endpoint.records) == 4
    assert endpoint.ended == []


def test_an_endpoint_that_is_away_is_told_with_what_waits(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint)
    endpoint.says("enrol", HangsUp())
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(waiting=5)
    assert "does not answer" in said[0]
    assert said[1].endswith("0 delivered, 5 waiting")
    assert not send_all(tmp_path, said.append)


def test_a_token_that_expired_meanwhile_is_exchanged(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    with writing(folder) as writer:
        writer.fact("token", "from last week")
        writer.fact("server_key", endpoint.server_key)
    assert not send_all(tmp_path, lambda _: None)


def test_a_session_that_never_got_a_record_has_nothing_to_send(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    new_session(tmp_path, signed_exam().envelope)
    left(tmp_path, endpoint)
    assert not send_all(tmp_path, lambda _: None)
    assert len(endpoint.enrolments) == 1


def test_without_any_session_the_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no session"):
        send_all(tmp_path, lambda _: None)


def test_a_folder_that_a_monitor_uses_is_left_alone(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    left(tmp_path, endpoint)
    with (
        session_folder.exclusive(tmp_path),
        pytest.raises(EnvironmentProblem, match="another monitor"),
    ):
        send_all(tmp_path, lambda _: None)
    assert endpoint.calls == []


def test_what_was_refused_is_told_kept_and_sent_again_when_asked_for(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    endpoint.says("blob", Says(422, {"detail": "no"}))
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    assert any("kept here, refused: image/jpeg" in line and "HTTP 422" in line for line in said)
    assert len(list(folder.blobs.iterdir())) == 1
    assert not send_all(tmp_path, said.append, retry_refused=True)
    assert len(endpoint.blobs) == 1


def test_local_copies_go_where_the_exam_says_so(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    folder = left(tmp_path, endpoint, policy=Policy(delivery=Delivery(keep_local_days=0)))
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    assert "1 delivered files were removed here" in said[-1]
    assert list(folder.blobs.iterdir()) == []
    assert len(endpoint.blobs) == 1
    assert not send_all(tmp_path, said.append)


def test_local_copies_of_a_session_without_an_end_stay(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    policy = Policy(delivery=Delivery(keep_local_days=0))
    folder = left(tmp_path, endpoint, closed=False, policy=policy)
    assert not send_all(tmp_path, lambda _: None)
    assert len(list(folder.blobs.iterdir())) == 1


def test_it_can_be_tried_until_all_is_delivered_with_longer_and_longer_waits() -> None:
    left_over = map(Remaining, iter([5, 5, 5, *[3] * 20, 0]))
    waits: list[float] = []
    assert not until_delivered(lambda: next(left_over), waits.append, lambda: 0.5)
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == 450.0


def lose_keys(folder: SessionFolder) -> None:
    shutil.rmtree(folder.keys)


def empty_keys(folder: SessionFolder) -> None:
    for path in folder.keys.iterdir():
        path.write_bytes(b"")


def lose_delegation(folder: SessionFolder) -> None:
    (folder.path / "delegation.dsse").unlink()


def lose_every_key(folder: SessionFolder) -> None:
    shutil.rmtree(folder.keys)
    (folder.path / "enrolment.key").write_bytes(b"")


LOSSES = pytest.mark.parametrize("lose", [lose_keys, empty_keys, lose_delegation, lose_every_key])


@LOSSES
def test_a_closed_session_needs_no_key_to_be_delivered(
    tmp_path: Path, endpoint: FakeEndpoint, lose: Callable[[SessionFolder], None]
) -> None:
    folder = left(tmp_path, endpoint)
    lose(folder)
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    with reading(folder) as reader:
        assert endpoint.records == list(reader.records())
        assert endpoint.ended == [reader.head()]
    assert len(endpoint.blobs) == 1
    assert said[-1] == f"{folder.session}: score 95, risk green"


@LOSSES
def test_without_a_key_what_no_checkpoint_covers_is_told_and_nobody_waits_for_it(
    tmp_path: Path, endpoint: FakeEndpoint, lose: Callable[[SessionFolder], None]
) -> None:
    folder = left(tmp_path, endpoint, closed=False)
    unsigned = store(folder).keep(b"nobody vouches for it", "image/jpeg")
    with writing(folder) as writer:
        writer.append(urgent("gap"))
        writer.append(entry("violation.start", None, unsigned))
    lose(folder)
    said: list[str] = []
    stays = lose is not lose_delegation  # the key that signs is still there
    for _ in range(2):
        assert send_all(tmp_path, said.append) == Remaining(stuck=2 * stays)
    assert len(endpoint.records) == 6 - stays
    assert len(endpoint.blobs) == 2 - stays
    assert any("records 6 to 6 and 1 files" in line for line in said) == stays
    assert stays == ("key that has to sign next is gone" in said[-1])


def test_a_token_that_is_still_taken_is_enough(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    folder = left(tmp_path, endpoint)
    assert not send_all(tmp_path, lambda _: None)
    kept = store(folder).keep(b"another still", "image/jpeg")
    with writing(folder) as writer:
        writer.append(urgent("violation.start", None, kept))
    lose_every_key(folder)
    assert not send_all(tmp_path, lambda _: None)
    assert len(endpoint.blobs) == 2
    assert endpoint.calls.count("enrol") == 1
    assert "late" not in endpoint.calls


def test_a_token_for_what_is_signed_names_no_photo_and_that_holds_up_nothing(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    with writing(folder) as writer:
        writer.fact("photo", "0" * 64)
    lose_every_key(folder)
    endpoint.says("verify-initial", Says(403, {"detail": "only delivers"}))
    assert not send_all(tmp_path, lambda _: None)
    assert endpoint.ended


def test_a_session_that_signed_nothing_cannot_be_delivered_and_says_so(
    tmp_path: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(SigningKeys, "pair", lambda _: None)
        folder = left(tmp_path, endpoint)
    lose_every_key(folder)
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(stuck=5)
    assert "records 1 to 4 and 1 files" in said[-1]
    assert endpoint.calls == []


def test_a_checkpoint_that_the_disk_has_changed_ends_the_delivery_before_it(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    with closing(sqlite3.connect(folder.path / "journal.db")) as raw:
        raw.execute("DROP TRIGGER checkpoints_refuse_update")
        raw.execute("UPDATE checkpoints SET envelope = x'ff00' WHERE seq > 2")
        raw.commit()
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(stuck=3)
    assert len(endpoint.records) == 2
    assert "last checkpoint is none" in said[-1]


def test_a_journal_that_nobody_can_mend_is_told_without_waiting_for_it(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    (folder.path / "journal.db").write_bytes(b"no database" * 1000)
    (folder.path / "records.log").unlink()
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(stuck=1)
    assert "damaged" in said[-1]
    assert "Keep this folder" in said[-1]


def test_a_session_that_was_delivered_to_another_endpoint_is_no_success_here(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint)
    assert not send_all(tmp_path, lambda _: None)
    endpoint.key, endpoint.token = Ed25519PrivateKey.generate(), "another endpoint's"
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(waiting=1)
    assert "the endpoint's key is not the one this session began with" in said[0]
    assert not any("score" in line for line in said)


def test_an_endpoint_that_closes_nothing_is_no_success(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint)
    endpoint.says("end", Says(422, {"detail": "No."}))
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(waiting=1)
    assert "it is not closed there: HTTP 422: No." in said[-1]


def test_other_records_of_the_same_session_are_waited_for_by_nobody(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint)
    head = {"seq": 9, "hash": "0" * 64}
    endpoint.says("records", Says(409, {"detail": "other content", "head": head}))
    said: list[str] = []
    assert send_all(tmp_path, said.append) == Remaining(stuck=5)
    assert "HTTP 409: other content" in said[0]


def test_a_disk_that_cannot_be_read_for_a_moment_is_waited_for(
    tmp_path: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    left(tmp_path, endpoint)
    said: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "next_item", refuse_to_read)
        assert send_all(tmp_path, said.append) == Remaining(waiting=1)
    assert "cannot be read (disk I/O error)" in said[-1]
    assert not send_all(tmp_path, said.append)


def test_local_copies_stay_where_the_disk_refuses(
    tmp_path: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = left(tmp_path, endpoint, policy=Policy(delivery=Delivery(keep_local_days=0)))
    monkeypatch.setattr(ledger, "of_state", refuse_to_read)
    said: list[str] = []
    assert not send_all(tmp_path, said.append)
    assert "the local copies stay for now" in said[-1]
    assert len(list(folder.blobs.iterdir())) == 1
