"""Delivering a session, however long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core import server_health
from proctor_desktop.core.errors import EnvironmentProblem, PeerRefused, PeerUnreachable
from proctor_desktop.journal import ledger
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.upload import enrol
from proctor_desktop.upload import worker as module
from tests.fakes.broken_disk import refuse_to_read
from tests.fakes.deliveries import Delivery, delivering, eventually
from tests.fakes.endpoint import PORTAL, FakeEndpoint, HangsUp, Says
from tests.fakes.sessions import blob, entry, new_session, store, urgent

BEAT: Any = {"wall": "2026-01-01T00:00:00.000000Z", "phase": "running"}


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return new_session(tmp_path)


@pytest.fixture
def delivery(folder: SessionFolder, endpoint: FakeEndpoint) -> Iterator[Delivery]:
    with delivering(folder, endpoint) as made:
        yield made
    assert made.crashes == []


def with_still(delivery: Delivery, content: bytes = b"a still", kind: str = "image/jpeg") -> str:
    """A record with a file; returns the file's hash."""
    kept = store(delivery.folder).keep(content, kind)
    delivery.writer.append(urgent("violation.start", None, kept))
    return kept.sha256


# -- all of it, in order -------------------------------------------------------------------------


def test_records_then_stills_then_video_then_the_end(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    video = with_still(delivery, b"moving pictures", "video/mp4")
    still = with_still(delivery)
    delivery.worker.drain()
    assert endpoint.calls == ["enrol", "records", "blob", "blob"]
    assert list(endpoint.blobs) == [still, video]
    assert delivery.delivered()
    assert delivery.reader.delivery().delivered == 4


def test_a_session_that_has_arrived_is_closed_with_its_head(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    head = delivery.writer.append(urgent("session.close"))
    reply = delivery.worker.finish(head)
    assert reply is not None
    assert reply["score"] == 95.0
    assert endpoint.ended == [head]


def test_a_session_is_not_closed_while_something_waits(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    delivery.writer.append(urgent("x"))
    head = delivery.writer.append(entry("without a checkpoint"))
    assert delivery.worker.finish(head) is None
    assert endpoint.ended == []


def test_a_second_drain_sends_nothing_again(delivery: Delivery, endpoint: FakeEndpoint) -> None:
    with_still(delivery)
    delivery.worker.drain()
    before = len(endpoint.calls)
    delivery.worker.drain()
    assert len(endpoint.calls) == before


def test_an_endpoint_that_is_away_is_no_error_at_the_end(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    head = delivery.writer.append(urgent("session.close"))
    endpoint.says("records", HangsUp())
    assert delivery.worker.finish(head) is None
    assert not delivery.worker.status.online
    assert "does not answer" in delivery.worker.status.trouble
    assert delivery.worker.finish(head) is not None


# -- who we are ----------------------------------------------------------------------------------


def test_the_token_and_the_servers_key_outlive_the_process(
    folder: SessionFolder, endpoint: FakeEndpoint
) -> None:
    with delivering(folder, endpoint) as first:
        first.writer.append(urgent("x"))
        first.worker.drain()
    with delivering(folder, endpoint) as second:
        second.writer.append(urgent("y"))
        second.worker.drain()
    assert endpoint.calls == ["enrol", "records", "records"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_taken_any_more_is_exchanged_once(
    delivery: Delivery, endpoint: FakeEndpoint, status: int
) -> None:
    delivery.writer.append(urgent("x"))
    endpoint.says("records", Says(status, {"detail": "expired"}))
    delivery.worker.drain()
    assert endpoint.calls == ["enrol", "records", "enrol", "records"]
    assert delivery.delivered()


def test_an_old_token_does_not_keep_a_delivered_session_from_being_closed(
    folder: SessionFolder, endpoint: FakeEndpoint
) -> None:
    with delivering(folder, endpoint) as first:
        head = first.writer.append(urgent("session.close"))
        first.worker.drain()
    endpoint.token = "another one by now"
    with delivering(folder, endpoint) as later:
        assert later.worker.finish(head) is not None
    assert endpoint.ended == [head]


def test_without_a_token_what_waits_is_blocked_until_there_is_one(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    with_still(delivery)
    delivery.worker.drain()
    with_still(delivery, b"another")
    assert delivery.worker._after_failure(PeerRefused(401, "expired"), 1) > 0
    assert (delivery.reader.delivery().blocked, delivery.reader.delivery().pending_blobs) == (1, 1)
    delivery.worker.drain()
    assert endpoint.calls.count("enrol") == 2
    assert delivery.reader.delivery().blocked == 0
    assert delivery.delivered()


def test_new_tokens_are_asked_for_at_a_bounded_pace(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery.worker, "_cap_s", 60.0)
    monkeypatch.setattr(delivery.worker, "_draw", lambda: 0.0)
    assert delivery.worker._after_failure(PeerRefused(403, "no"), 1) == module.AUTH_PAUSE_S
    assert delivery.worker._after_failure(PeerRefused(404, "no"), 1) == 0.0


def test_an_endpoint_that_does_not_want_the_session_is_not_asked_twice_at_once(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.says("enrol", Says(403, {"detail": "This exam is not known here."}))
    with pytest.raises(PeerRefused, match="not known here"):
        delivery.worker.drain()
    assert endpoint.calls == ["enrol"]


def test_another_endpoint_at_the_same_address_is_not_trusted(
    folder: SessionFolder, endpoint: FakeEndpoint
) -> None:
    with delivering(folder, endpoint) as first:
        first.writer.append(urgent("x"))
        first.worker.drain()
        first.writer.fact("token", "")
    with FakeEndpoint() as impostor, delivering(folder, impostor) as second:
        second.writer.append(urgent("y"))
        with pytest.raises(PeerRefused, match="not the one this session began with"):
            second.worker.drain()
    assert impostor.records == []


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [413, 415, 422])
def test_a_file_that_is_never_taken_is_put_aside_and_the_rest_goes_on(
    delivery: Delivery, endpoint: FakeEndpoint, status: int
) -> None:
    refused, taken = with_still(delivery, b"first"), with_still(delivery, b"second")
    endpoint.says("blob", Says(status, {"detail": "no"}))
    delivery.worker.drain()
    assert set(endpoint.blobs) == {taken}
    assert delivery.reader.delivery().refused == 1
    assert (delivery.folder.blobs / refused).is_file()


@pytest.mark.parametrize("status", [400, 404, 410, 418])
def test_a_file_that_is_refused_for_now_waits_and_the_rest_goes_on(
    delivery: Delivery, endpoint: FakeEndpoint, status: int
) -> None:
    refused, taken = with_still(delivery, b"first"), with_still(delivery, b"second")
    endpoint.says("blob", Says(status, {"detail": "cut off on the way"}))
    with pytest.raises(PeerRefused, match="cut off"):
        delivery.worker.drain()
    assert set(endpoint.blobs) == {taken}
    assert (delivery.reader.delivery().pending_blobs, delivery.reader.delivery().refused) == (1, 0)
    delivery.worker.drain()
    assert set(endpoint.blobs) == {refused, taken}


def test_a_file_that_is_refused_again_and_again_holds_up_no_other(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    refused, taken = with_still(delivery, b"first"), with_still(delivery, b"second")
    real = endpoint._blob
    endpoint._blob = lambda name, body: (  # type: ignore[method-assign]
        Says(404, {"detail": "not this one"}) if name == refused else real(name, body)
    )
    delivery.worker.start()
    assert eventually(lambda: set(endpoint.blobs) == {taken})
    assert eventually(lambda: delivery.worker.wake() or endpoint.calls.count("blob") > 3)
    assert eventually(lambda: delivery.reader.delivery().pending_blobs == 1)


def test_what_was_refused_is_listed_with_its_reason_and_can_be_sent_again(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    name = with_still(delivery)
    endpoint.says("blob", Says(413, {"detail": "too large"}))
    delivery.worker.drain()
    (refused,) = delivery.reader.refused()
    assert (refused.sha256, refused.reason) == (name, "HTTP 413: too large")
    assert delivery.writer.redrive() == 1
    delivery.worker.drain()
    assert set(endpoint.blobs) == {name}
    assert delivery.reader.refused() == []


def test_a_file_whose_content_changed_on_disk_is_put_aside(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    name = with_still(delivery)
    (delivery.folder.blobs / name).write_bytes(b"other!!")
    delivery.worker.drain()
    assert endpoint.blobs == {}
    assert delivery.reader.delivery().refused == 1


def test_a_file_that_is_gone_is_put_aside(delivery: Delivery, endpoint: FakeEndpoint) -> None:
    (delivery.folder.blobs / with_still(delivery)).unlink()
    delivery.worker.drain()
    assert "blob" not in endpoint.calls
    assert delivery.reader.delivery().refused == 1


def test_a_file_that_is_gone_here_and_arrived_there_counts_as_delivered(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    """As after a local copy was let go and the journal had to be rebuilt."""
    name = with_still(delivery)
    delivery.worker.drain()
    (delivery.folder.blobs / name).unlink()
    delivery.writer.mark(name, State.PENDING)
    delivery.worker.drain()
    assert delivery.delivered()
    assert delivery.reader.delivery().refused == 0


def test_a_file_that_the_disk_does_not_give_back_is_put_aside(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with_still(delivery)
    monkeypatch.setattr(delivery.client, "put_blob", unreadable)
    delivery.worker.drain()
    assert delivery.reader.delivery().refused == 1


def test_a_file_whose_answer_was_lost_is_sent_again(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    name = with_still(delivery)
    endpoint.says("blob", HangsUp(after=True))
    with pytest.raises(PeerUnreachable):
        delivery.worker.drain()
    assert not delivery.delivered()
    delivery.worker.drain()
    assert set(endpoint.blobs) == {name}
    assert delivery.delivered()


def test_a_file_waits_until_its_record_is_acknowledged(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    kept = store(delivery.folder).keep(b"a still", "image/jpeg")
    delivery.writer.append(urgent("session.open"))
    delivery.writer.append(entry("violation.start", None, kept))
    delivery.worker.drain()
    assert endpoint.blobs == {}


# -- the reference photo -------------------------------------------------------------------------


def test_the_photo_is_named_once_its_file_has_arrived(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    name = with_still(delivery)
    delivery.worker.photo(name)
    for _ in range(2):
        delivery.worker.drain()
    assert endpoint.calls == ["enrol", "records", "blob", "verify-initial"]
    assert endpoint.photos == [name]


def test_the_photo_is_named_even_after_a_crash(
    folder: SessionFolder, endpoint: FakeEndpoint
) -> None:
    with delivering(folder, endpoint) as first:
        name = with_still(first)
        first.worker.photo(name)
    with delivering(folder, endpoint) as second:
        second.worker.drain()
    assert endpoint.photos == [name]


def test_a_photo_that_is_refused_does_not_keep_the_session_open(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    delivery.worker.photo(with_still(delivery))
    endpoint.says("verify-initial", Says(422, {"detail": "no face"}))
    head = delivery.writer.append(urgent("session.close"))
    assert delivery.worker.finish(head) is not None
    assert delivery.reader.fact("photo_refused") == "HTTP 422: no face"


# -- the thread ----------------------------------------------------------------------------------


def test_what_is_committed_is_sent_without_being_asked(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    delivery.worker.start()
    delivery.writer.append(urgent("x"))
    assert eventually(delivery.delivered)
    with_still(delivery)
    assert eventually(lambda: endpoint.blobs and delivery.delivered())
    assert eventually(lambda: delivery.worker.status.online)


@pytest.mark.parametrize(
    "trouble",
    [
        HangsUp(),
        HangsUp(after=True),
        PORTAL,
        Says(500, "<html>", content_type="text/html"),
        Says(503, {"detail": "later"}, {"Retry-After": "0"}),
        Says(401, {"detail": "expired"}),
        Says(200, {"receipt": {}}, content_type="application/json"),
        Says(409, {"detail": "", "head": {"seq": 99, "hash": "ab"}}),
        Says(404, {"detail": "gone for a moment"}),
    ],
)
def test_whatever_goes_wrong_on_the_way_it_is_tried_again(
    delivery: Delivery, endpoint: FakeEndpoint, trouble: Says | HangsUp
) -> None:
    for call in ("enrol", "records", "blob"):
        if trouble != Says(401, {"detail": "expired"}) or call != "enrol":
            endpoint.says(call, trouble, trouble)
    with_still(delivery)
    delivery.worker.start()
    assert eventually(delivery.delivered)
    assert len(endpoint.blobs) == 1
    assert endpoint.records == list(delivery.reader.records())


class FullDisk:
    """Refuses one of the journal writer's calls so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, writer: Writer, call: str) -> None:
        self.refusals = 3
        self._real = getattr(writer, call)
        monkeypatch.setattr(writer, call, self)

    def __call__(self, *words: Any) -> Any:
        if self.refusals:
            self.refusals -= 1
            raise EnvironmentProblem("the journal", "the disk is full", "Free some space.")
        return self._real(*words)


@pytest.mark.parametrize("call", ["fact", "unblock", "receipt", "mark"])
def test_a_disk_that_is_full_for_a_while_does_not_end_the_upload(
    delivery: Delivery, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    disk = FullDisk(monkeypatch, delivery.writer, call)
    with_still(delivery)
    delivery.worker.start()
    assert eventually(delivery.delivered)
    assert disk.refusals == 0
    assert len(endpoint.blobs) == 1
    assert endpoint.records == list(delivery.reader.records())


def test_a_disk_that_cannot_be_read_for_a_moment_does_not_end_the_upload(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[None] = []

    def sometimes(*words: Any) -> Any:
        if len(refused) < 3:
            refused.append(None)
            refuse_to_read()
        return counted(*words)

    counted = ledger.next_item
    with_still(delivery)
    monkeypatch.setattr(ledger, "next_item", sometimes)
    delivery.worker.start()
    assert eventually(delivery.delivered)
    assert len(refused) == 3


def test_a_full_disk_is_told_as_trouble_with_its_remedy(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, delivery.writer, "receipt")
    head = delivery.writer.append(urgent("session.close"))
    assert delivery.worker.finish(head) is None
    assert "the disk is full. Free some space." in delivery.worker.status.trouble
    disk.refusals = 0
    assert delivery.worker.finish(head) is not None


def test_a_full_disk_that_cannot_even_note_a_lost_token_costs_the_note_only(
    delivery: Delivery, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch, delivery.writer, "block")
    endpoint.says("records", Says(401, {"detail": "expired"}))
    with_still(delivery)
    delivery.worker.start()
    assert eventually(delivery.delivered)


def test_a_damaged_journal_is_handed_on_and_not_waited_for(
    folder: SessionFolder, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise Damaged("the journal", "it is damaged", "Start again.")

    with delivering(folder, endpoint) as made:
        monkeypatch.setattr(made.writer, "fact", refused)
        made.worker.start()
        assert eventually(lambda: made.crashes)
    assert isinstance(made.crashes[0], Damaged)


def test_trouble_is_told_in_a_sentence_and_forgotten_when_it_is_over(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.says("records", *[Says(500, {"detail": "a fault"})] * 3)
    delivery.writer.append(urgent("x"))
    seen: list[str] = []
    delivery.worker.start()
    assert eventually(lambda: seen.append(delivery.worker.status.trouble) or delivery.delivered())
    assert "HTTP 500: a fault" in seen
    assert eventually(lambda: delivery.worker.status.online)
    assert delivery.worker.status.trouble == ""


def test_a_server_that_asks_for_patience_gets_it(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    busy = PeerUnreachable("busy", 12.0)
    assert delivery.worker._after_failure(busy, 1) == 12.0
    assert delivery.worker._after_failure(PeerUnreachable("busy"), 1) <= 0.01


# -- the server's health -------------------------------------------------------------------------


def test_a_server_that_wants_nothing_gets_heartbeats_and_nothing_else(
    delivery: Delivery, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HOLD_BEAT_S", 0.0)
    monkeypatch.setattr(module, "IDLE_S", 0.005)
    monkeypatch.setattr(server_health, "RETURN_WITHIN_S", 0.02)
    endpoint.health = 10
    with_still(delivery)
    delivery.worker.beat(BEAT)
    delivery.worker.start()
    assert eventually(lambda: len(endpoint.beats) > 5)  # it asks again by itself
    assert set(endpoint.calls) == {"enrol", "heartbeat"}
    endpoint.health = 0
    assert eventually(delivery.delivered)


def test_a_server_that_wants_nothing_is_left_alone_at_the_end_too(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.health = 10
    head = delivery.writer.append(urgent("session.close"))
    delivery.worker.drain()
    assert delivery.worker.finish(head) is None
    assert "wants nothing sent" in delivery.worker.status.trouble
    with pytest.raises(PeerUnreachable, match="wants nothing sent"):
        delivery.worker.drain()
    assert endpoint.ended == []


def test_an_unwell_server_is_sent_to_more_slowly(
    delivery: Delivery, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    endpoint.health = 3
    delivery.worker.reconcile()
    with_still(delivery)
    delivery.worker.drain()
    assert [pause for pause in pauses if pause] == pytest.approx([0.4, 0.4], abs=0.01)


# -- what the endpoint lacks at the end ----------------------------------------------------------


def test_what_the_endpoint_lost_goes_again_before_the_session_is_closed(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    name = with_still(delivery)
    head = delivery.writer.append(urgent("session.close"))
    delivery.worker.drain()
    endpoint.blobs.clear()
    assert delivery.worker.finish(head) is not None
    assert set(endpoint.blobs) == {name}
    assert endpoint.calls[-3:] == ["missing", "blob", "end"]


def test_what_is_neither_here_nor_there_is_counted_and_what_was_refused_is_not(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    gone = with_still(delivery, b"gone")
    delivery.worker.drain()
    with_still(delivery, b"refused")
    endpoint.says("blob", Says(413, {"detail": "too large"}))
    delivery.worker.drain()
    endpoint.blobs.clear()
    (delivery.folder.blobs / gone).unlink()
    assert delivery.worker.reconcile() == 1
    assert delivery.reader.delivery().refused == 1


def test_of_heartbeats_the_newest_is_sent_and_each_once(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    for phase in ("opened", "running"):
        delivery.worker.beat({**BEAT, "phase": phase})
    delivery.worker.start()
    assert eventually(lambda: endpoint.beats)
    delivery.writer.append(urgent("x"))
    assert eventually(delivery.delivered)
    assert [beat["phase"] for beat in endpoint.beats] == ["running"]


def test_a_heartbeat_does_not_wait_for_a_long_queue(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    for number in range(5):
        with_still(delivery, b"%d" % number)
    delivery.worker.beat(BEAT)
    delivery.worker.start()
    assert eventually(delivery.delivered)
    assert endpoint.calls.index("heartbeat") == 1


def test_it_counts_as_online_while_a_long_queue_moves(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    online: list[bool] = []
    real = endpoint._blob
    endpoint._blob = lambda *a: online.append(delivery.worker.status.online) or real(*a)  # type: ignore[assignment, method-assign]
    endpoint.says("records", HangsUp())
    for number in range(3):
        with_still(delivery, b"%d" % number)
    delivery.worker.start()
    assert eventually(delivery.delivered)
    assert online == [True] * 3


def test_stopping_leaves_what_is_not_sent_in_the_journal(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.says("records", *[HangsUp()] * 1000)
    delivery.writer.append(urgent("x"))
    delivery.worker.start()
    assert eventually(lambda: "records" in endpoint.calls)
    delivery.worker.stop(5.0)
    calls = len(endpoint.calls)
    assert not delivery.delivered()
    delivery.worker.wake()
    assert len(endpoint.calls) == calls


def test_a_worker_that_never_started_can_be_stopped(delivery: Delivery) -> None:
    delivery.worker.stop(0.1)


def test_the_end_is_left_to_the_worker_while_it_is_still_at_it(delivery: Delivery) -> None:
    head = delivery.writer.append(urgent("session.close"))
    delivery.worker.start()
    assert delivery.worker.finish(head) is None
    delivery.worker.stop(5.0)
    assert delivery.worker.finish(head) is not None


def test_a_bug_is_handed_on_and_not_swallowed(
    folder: SessionFolder, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(enrol, "enrol_envelope", bug)
    with delivering(folder, endpoint) as made:
        made.worker.start()
        assert eventually(lambda: made.crashes)
    assert isinstance(made.crashes[0], ZeroDivisionError)


def test_a_record_with_a_file_that_two_records_name_sends_it_once(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    for _ in range(2):
        with_still(delivery, b"the same")
    delivery.worker.drain()
    assert endpoint.calls.count("blob") == 1
    assert set(endpoint.blobs) == {blob(b"the same").sha256}
