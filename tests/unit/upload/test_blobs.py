"""Sending files: which next, and what becomes of one that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.errors import PeerRefused
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.journal.ledger import State
from proctor_desktop.upload.blobs import BlobSender
from tests.fakes.deliveries import Delivery, delivering
from tests.fakes.endpoint import FakeEndpoint, Says
from tests.fakes.sessions import new_session, store, urgent

NAMES = (b"first", b"second")


@pytest.fixture
def delivery(tmp_path: Path, endpoint: FakeEndpoint) -> Iterator[Delivery]:
    """A session with two files whose records have arrived, and that were lost on the way."""
    with delivering(new_session(tmp_path), endpoint) as made:
        kept = [store(made.folder).keep(name, "image/jpeg") for name in NAMES]
        made.writer.append(urgent("violation.start", None, *kept))
        made.worker.drain()
        endpoint.blobs.clear()
        for one in kept:
            made.writer.mark(one.sha256, State.PENDING)
        yield made


@pytest.fixture
def sender(delivery: Delivery) -> BlobSender:
    return BlobSender(delivery.client, delivery.reader, delivery.writer, lambda tries: 10.0 * tries)


def test_one_that_is_refused_waits_longer_each_time_while_the_others_go(
    sender: BlobSender, endpoint: FakeEndpoint
) -> None:
    endpoint.says("blob", Says(404, {"detail": "no"}))
    assert sender.send_next((), 0)
    (waiting,) = sender.refusals
    assert sender.send_next(sender.not_now(1), 1)
    assert list(endpoint.blobs.values()) == [NAMES[1]]
    assert not sender.send_next(sender.not_now(2), 2)
    assert sender.not_now(10 * NS_PER_S) == set()
    endpoint.says("blob", Says(404, {"detail": "no"}))
    assert sender.send_next((), 10 * NS_PER_S)
    assert sender.not_now(29 * NS_PER_S) == {waiting}
    assert sender.send_next(sender.not_now(30 * NS_PER_S), 30 * NS_PER_S)
    assert sender.refusals == {}
    assert len(endpoint.blobs) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_taken_is_nothing_about_the_file(
    sender: BlobSender, delivery: Delivery, endpoint: FakeEndpoint, status: int
) -> None:
    endpoint.says("blob", Says(status, {"detail": "expired"}))
    with pytest.raises(PeerRefused):
        sender.send_next((), 0)
    assert sender.refusals == {}
    assert delivery.reader.delivery().pending_blobs == 2


def test_what_is_refused_for_good_is_not_tried_again(
    sender: BlobSender, delivery: Delivery, endpoint: FakeEndpoint
) -> None:
    endpoint.says("blob", Says(422, {"detail": "no"}))
    while sender.send_next((), 0):
        pass
    assert delivery.reader.delivery().refused == 1
    assert list(endpoint.blobs.values()) == [NAMES[1]]
