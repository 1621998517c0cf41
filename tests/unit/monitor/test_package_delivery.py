"""Delivering a session from its export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proctor_desktop.core.chain import decode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Trust
from proctor_desktop.monitor.package_delivery import send_package
from proctor_desktop.monitor.remaining import Remaining
from proctor_desktop.wire import dsse
from tests.fakes.endpoint import FakeEndpoint, HangsUp, Says
from tests.fakes.sealed_session import INSTITUTION_KEY, START, SealedSession
from tests.fakes.studio import signed_exam

INSTITUTION = dsse.public_hex(INSTITUTION_KEY)
Send = Callable[..., int]


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as server:
        yield server


@pytest.fixture
def said() -> list[str]:
    return []


def session(folder: Path, endpoint: FakeEndpoint, agreed: bool = True) -> SealedSession:
    """A session that was held while the endpoint was away."""
    exam = replace(signed_exam().exam, endpoint=endpoint.url)
    sitting = SealedSession(folder, exam=exam)
    sitting.open()
    sitting.checkpoint()
    sitting.record("consent", {"given": agreed})
    sitting.record("exam.start")
    start = {"violation": 1, "rule": "face_missing"}
    sitting.record("violation.start", start, sitting.blob(b"\xff\xd8 a still \xff\xd9"))
    sitting.record("segment", {}, sitting.blob(b"moving pictures" * 20, "video/mp4"))
    sitting.checkpoint()
    return sitting


def exported(sitting: SealedSession, to: Path) -> Path:
    return write_package(sitting, to / "session.evidence", START.wall_utc).path


@pytest.fixture
def sitting(tmp_path: Path, endpoint: FakeEndpoint) -> SealedSession:
    made = session(tmp_path, endpoint)
    made.record("session.close", {"reason": "finished"})
    made.checkpoint()
    return made


def delivered(path: Path, endpoint: FakeEndpoint, said: list[str], *keys: str) -> Remaining:
    trust = Trust((INSTITUTION,), keys or (endpoint.server_key,))
    return send_package(path, trust, said.append)


def test_all_of_it_arrives_and_the_session_is_closed(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    assert not delivered(exported(sitting, tmp_path), endpoint, said)
    assert endpoint.records == sitting.log
    assert len(endpoint.blobs) == 2
    assert endpoint.ended == [sitting.head]
    assert endpoint.calls == ["late", "records", "missing", "blob", "blob", "missing", "end"]
    assert said[-1] == f"{sitting.session}: score 95, risk green"


def test_a_delivery_that_was_broken_off_goes_on_where_it_stopped(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    path = exported(sitting, tmp_path)
    endpoint.says("blob", HangsUp(after=True))
    assert delivered(path, endpoint, said) == Remaining(waiting=1)
    assert "does not answer" in said[-1]
    assert not delivered(path, endpoint, said)
    assert endpoint.calls.count("records") == 1
    assert endpoint.records == sitting.log
    assert len(endpoint.blobs) == 2


def test_a_file_that_does_not_verify_is_not_sent(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    path = exported(sitting, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"moving", b"forged", 1))
    with pytest.raises(EnvironmentProblem, match="does not verify"):
        delivered(path, endpoint, said)
    assert endpoint.calls == []


def test_an_endpoint_with_another_key_gets_no_evidence(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    assert delivered(exported(sitting, tmp_path), endpoint, said, INSTITUTION).waiting > 0
    assert "not one you trust" in said[-1]
    assert (endpoint.records, endpoint.blobs) == ([], {})


def test_of_a_candidate_who_did_not_agree_nothing_is_sent(
    endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    path = exported(session(tmp_path, endpoint, agreed=False), tmp_path)
    assert not delivered(path, endpoint, said)
    assert "has not agreed" in said[-1]
    assert endpoint.calls == []


def test_a_session_without_an_end_is_sent_but_not_closed(
    endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    sitting = session(tmp_path, endpoint)
    assert not delivered(exported(sitting, tmp_path), endpoint, said)
    assert endpoint.records == sitting.log
    assert endpoint.ended == []


def test_what_stands_behind_the_last_checkpoint_is_told_and_stays(
    endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    sitting = session(tmp_path, endpoint)
    sitting.record("heartbeat")
    assert delivered(exported(sitting, tmp_path), endpoint, said) == Remaining(stuck=1)
    assert endpoint.records == sitting.log[:-1]
    behind = len(sitting.log)
    assert f"last checkpoint (records {behind} to {behind}) is not sent" in said[1]
    assert "Keep the file" in said[1]
    assert sitting.head not in endpoint.ended


def test_a_file_that_is_refused_is_told_and_does_not_hold_up_the_rest(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    endpoint.says("blob", Says(413, {"detail": "too large"}))
    assert delivered(exported(sitting, tmp_path), endpoint, said) == Remaining(waiting=1)
    assert len(endpoint.blobs) == 1
    assert any("refused: " in line and "HTTP 413" in line for line in said)


def test_a_file_that_the_export_lacks_is_told(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    next(path for path in tmp_path.iterdir() if path.read_bytes().startswith(b"moving")).unlink()
    assert delivered(exported(sitting, tmp_path), endpoint, said) == Remaining(stuck=1)
    assert f"{sitting.session}: 1 files are neither there nor in this export" in said
    assert "not closed there" in said[-1]
    assert endpoint.ended == []


def test_a_receipt_of_somebody_else_is_no_receipt(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    endpoint.says("records", Says(200, {"receipt": {}}, content_type="application/json"))
    left = delivered(exported(sitting, tmp_path), endpoint, said)
    assert left == Remaining(waiting=sitting.head.seq)
    assert "receipt is not the endpoint's" in said[-1]


def test_an_excerpt_alone_is_not_taken_for_the_whole_session(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    still = next(blob for raw in sitting.log for blob in decode(raw).blobs)
    excerpt = write_package(sitting, tmp_path / "a.evidence", START.wall_utc, [still.sha256]).path
    assert delivered(excerpt, endpoint, said) == Remaining(stuck=1)
    assert "an excerpt (1 files withheld): deliver the whole export, too" in said[-2]
    assert endpoint.ended == []
    assert not delivered(exported(sitting, tmp_path), endpoint, said)
    assert endpoint.ended == [sitting.head]
    assert not delivered(excerpt, endpoint, said), "all of it is there now"


@pytest.mark.parametrize("tail", [False, True], ids=["signed", "with a tail"])
def test_an_export_of_a_session_that_was_delivered_further_since_is_there(
    endpoint: FakeEndpoint, tmp_path: Path, said: list[str], tail: bool
) -> None:
    sitting = session(tmp_path, endpoint)
    if tail:
        sitting.record("heartbeat")
    early = write_package(sitting, tmp_path / "early.evidence", START.wall_utc).path
    records, signed = len(sitting.log), len(sitting.log) - tail
    sitting.record("session.close", {"reason": "finished"})
    sitting.checkpoint()
    assert not delivered(exported(sitting, tmp_path), endpoint, said)
    said.clear()
    assert not delivered(early, endpoint, said)
    assert (
        f"the endpoint has {len(sitting.log)} records of this session already, with all {signed} "
        f"that are signed in this export of {records}" in said[0]
    )
    assert endpoint.records == sitting.log
    assert len(endpoint.ended) == 1


def forked(folder: Path, endpoint: FakeEndpoint, more: int) -> SealedSession:
    """The session once more, from its third record on with another course."""
    exam = replace(signed_exam().exam, endpoint=endpoint.url)
    folder.mkdir()
    sitting = SealedSession(folder, exam=exam)
    sitting.open()
    sitting.checkpoint()
    sitting.record("consent", {"given": True})
    for _ in range(more):
        sitting.record("heartbeat")
    sitting.checkpoint()
    return sitting


@pytest.mark.parametrize("more", [1, 4, 20], ids=["shorter", "as long", "longer"])
def test_another_course_of_the_same_session_is_refused_loudly(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str], more: int
) -> None:
    assert not delivered(exported(sitting, tmp_path), endpoint, said)
    fork = forked(tmp_path / "fork", endpoint, more)
    assert fork.session == sitting.session
    before = dict(endpoint.blobs)
    left = delivered(exported(fork, tmp_path / "fork"), endpoint, said)
    assert (left.waiting, left.stuck > 0) == (0, True)
    assert "HTTP 409: the endpoint holds other records of this session" in said[-1]
    assert (endpoint.records, endpoint.blobs) == (sitting.log, before)
    assert len(endpoint.ended) == 1


def test_an_end_that_is_refused_is_no_success(
    sitting: SealedSession, endpoint: FakeEndpoint, tmp_path: Path, said: list[str]
) -> None:
    endpoint.says("end", Says(422, {"detail": "No."}))
    assert delivered(exported(sitting, tmp_path), endpoint, said) == Remaining(waiting=1)
    assert "not closed there: HTTP 422: No." in said[-1]
