"""Sending after the exam what did not get through during it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import Delivery, Policy
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.monitor.late_delivery import send_all, until_delivered
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
        writer.append(urgent("session.open", None, candidate=CANDIDATE))
        writer.append(urgent("consent", None, given=agreed))
        writer.append(urgent("violation.start", None, kept))
        writer.append(urgent("session.close") if closed else entry("heartbeat"))
    return folder


def test_all_of_it_is_sent_and_the_session_closed(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    folder = left(tmp_path, endpoint)
    said: list[str] = []
    assert send_all(tmp_path, said.append) == 0
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
    assert send_all(tmp_path, said.append) == 0
    assert "has not agreed" in said[-1]
    assert endpoint.enrolments == []


def test_an_unfinished_session_is_sent_up_to_its_last_record_but_not_closed(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint, closed=False)
    assert send_all(tmp_path, lambda _: None) == 0
    assert len(endpoint.records) == 4
    assert endpoint.ended == []


def test_an_endpoint_that_is_away_is_told_with_what_waits(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    left(tmp_path, endpoint)
    endpoint.says("enrol", HangsUp())
    said: list[str] = []
    assert send_all(tmp_path, said.append) == 5
    assert "does not answer" in said[0]
    assert said[1].endswith("0 delivered, 5 waiting")
    assert send_all(tmp_path, said.append) == 0


def test_a_token_that_expired_meanwhile_is_exchanged(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    folder = left(tmp_path, endpoint)
    with writing(folder) as writer:
        writer.fact("token", "from last week")
        writer.fact("server_key", endpoint.server_key)
    assert send_all(tmp_path, lambda _: None) == 0


def test_a_session_that_never_got_a_record_has_nothing_to_send(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    new_session(tmp_path, signed_exam().envelope)
    left(tmp_path, endpoint)
    assert send_all(tmp_path, lambda _: None) == 0
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
    assert send_all(tmp_path, said.append) == 0
    assert any("kept here, refused: image/jpeg" in line and "HTTP 422" in line for line in said)
    assert len(list(folder.blobs.iterdir())) == 1
    assert send_all(tmp_path, said.append, retry_refused=True) == 0
    assert len(endpoint.blobs) == 1


def test_local_copies_go_where_the_exam_says_so(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    folder = left(tmp_path, endpoint, policy=Policy(delivery=Delivery(keep_local_days=0)))
    said: list[str] = []
    assert send_all(tmp_path, said.append) == 0
    assert "1 delivered files were removed here" in said[-1]
    assert list(folder.blobs.iterdir()) == []
    assert len(endpoint.blobs) == 1
    assert send_all(tmp_path, said.append) == 0


def test_local_copies_of_a_session_without_an_end_stay(
    tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    policy = Policy(delivery=Delivery(keep_local_days=0))
    folder = left(tmp_path, endpoint, closed=False, policy=policy)
    assert send_all(tmp_path, lambda _: None) == 0
    assert len(list(folder.blobs.iterdir())) == 1


def test_it_can_be_tried_until_all_is_delivered_with_longer_and_longer_waits() -> None:
    left_over = iter([5, 5, 5, *[3] * 20, 0])
    waits: list[float] = []
    assert until_delivered(lambda: next(left_over), waits.append, lambda: 0.5) == 0
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == 450.0
