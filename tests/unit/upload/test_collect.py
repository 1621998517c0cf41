"""Letting local copies go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.errors import PeerUnreachable
from proctor_desktop.journal.ledger import State
from tests.fakes.deliveries import Delivery, delivering
from tests.fakes.endpoint import PORTAL, FakeEndpoint, HangsUp
from tests.fakes.sessions import entry, new_session, store, urgent

STILL = b"a still"
IN_A_WEEK = "2026-01-08T00:00:01.000000Z"


@pytest.fixture
def delivery(tmp_path: Path, endpoint: FakeEndpoint) -> Iterator[Delivery]:
    """A session with one still that the endpoint has; its receipt is of 1 January."""
    with delivering(new_session(tmp_path), endpoint) as made:
        kept = store(made.folder).keep(STILL, "image/jpeg")
        made.writer.append(urgent("violation.start", None, kept))
        made.worker.drain()
        yield made


def here(delivery: Delivery) -> list[Path]:
    return list(delivery.folder.blobs.iterdir())


def states(delivery: Delivery) -> list[State]:
    return [state for state in State for _ in delivery.reader.blobs_in(state)]


def test_an_exam_that_says_nothing_keeps_everything(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.server_time = "2046-01-01T00:00:00.000000Z"
    assert delivery.worker.collect(None) == 0
    assert len(here(delivery)) == 1
    assert states(delivery) == [State.RECEIPTED]


def test_what_the_endpoint_has_goes_when_its_days_are_over_and_the_records_stay(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    records = list(delivery.reader.records())
    assert delivery.worker.collect(7) == 0
    assert len(here(delivery)) == 1
    endpoint.server_time = IN_A_WEEK
    assert delivery.worker.collect(7) == 1
    assert here(delivery) == []
    assert states(delivery) == [State.COLLECTED]
    assert list(delivery.reader.records()) == records
    counts = delivery.reader.delivery()
    assert (counts.pending, counts.delivered, counts.collected) == (0, 2, 1)


def test_the_time_is_the_endpoints_at_both_ends(delivery: Delivery) -> None:
    """This computer's clock is twenty years ahead of the receipt all along."""
    assert delivery.worker.collect(0.001) == 0
    assert delivery.worker.collect(0) == 1


def test_what_the_endpoint_lost_is_kept(delivery: Delivery, endpoint: FakeEndpoint) -> None:
    endpoint.blobs.clear()
    assert delivery.worker.collect(0) == 0
    assert len(here(delivery)) == 1
    assert delivery.worker.reconcile() == 0
    assert delivery.worker.collect(0) == 1
    assert list(endpoint.blobs.values()) == [STILL]


def test_what_it_lost_after_it_was_let_go_is_sent_again_if_it_is_still_here(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    (name,) = delivery.reader.blobs_in(State.RECEIPTED)
    delivery.writer.mark(name, State.COLLECTABLE)  # and then the power went
    endpoint.blobs.clear()
    assert delivery.worker.collect(0) == 0
    assert len(here(delivery)) == 1
    assert states(delivery) == [State.PENDING]


def test_what_was_never_confirmed_or_was_refused_is_kept(
    delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    (name,) = delivery.reader.blobs_in(State.RECEIPTED)
    for state in (State.PENDING, State.SENDING, State.BLOCKED, State.DEAD_LETTER):
        delivery.writer.mark(name, state)
        assert delivery.worker.collect(0) == 0
        assert len(here(delivery)) == 1


def test_without_a_receipt_that_holds_nothing_goes(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    with delivering(new_session(tmp_path), endpoint) as made:
        kept = store(made.folder).keep(STILL, "image/jpeg")
        made.writer.append(entry("session.open"), entry("violation.start", None, kept))
        endpoint.says("records", HangsUp())
        with pytest.raises(PeerUnreachable):
            made.worker.drain()
        head = made.reader.head()
        made.writer.mark(kept.sha256, State.RECEIPTED)
        assert made.worker.collect(0) == 0
        made.writer.receipt(head.seq, b'{"payloadType":"x","payload":"","signatures":[]}')
        assert made.worker.collect(0) == 0
        assert len(here(made)) == 1


def test_a_portal_lets_nothing_go(delivery: Delivery, endpoint: FakeEndpoint) -> None:
    endpoint.says("missing", PORTAL)
    with pytest.raises(PeerUnreachable):
        delivery.worker.collect(0)
    assert len(here(delivery)) == 1


def test_a_time_that_is_none_keeps_everything(delivery: Delivery, endpoint: FakeEndpoint) -> None:
    endpoint.server_time = "soon"
    assert delivery.worker.collect(0) == 0
    assert len(here(delivery)) == 1


def test_a_file_that_cannot_be_removed_goes_the_next_time(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(*_: object, **__: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", in_use)
        assert delivery.worker.collect(0) == 0
    assert states(delivery) == [State.COLLECTABLE]
    assert delivery.worker.collect(0) == 1
