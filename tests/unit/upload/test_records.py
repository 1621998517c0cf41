"""Bringing the endpoint's chain up to ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.chain import Head, digest
from proctor_desktop.core.errors import PeerRefused, PeerUnreachable
from proctor_desktop.upload.client import Conflict
from proctor_desktop.upload.enrol import Identity, enrol_envelope
from proctor_desktop.upload.records import RecordSender
from proctor_desktop.wire import dsse, rest
from tests.fakes.deliveries import Delivery, delivering
from tests.fakes.endpoint import FakeEndpoint, HangsUp, Says
from tests.fakes.sessions import entry, new_session, urgent
from tests.playbook import moment


@pytest.fixture
def delivery(tmp_path: Path, endpoint: FakeEndpoint) -> Iterator[Delivery]:
    """A session that the endpoint knows; nothing of it is sent yet."""
    with delivering(new_session(tmp_path), endpoint) as made:
        identity = Identity(
            made.folder.session,
            made.folder.credentials(),
            b"{}",
            {"name": "Ada", "email": "ada@example.edu"},
            "",
        )
        made.client.token = made.client.enrol(enrol_envelope(identity, moment(0)))["token"]
        yield made


@pytest.fixture
def sender(delivery: Delivery) -> RecordSender:
    return RecordSender(delivery.client, delivery.reader, delivery.writer, delivery.folder.session)


def send_all(sender: RecordSender, endpoint: FakeEndpoint) -> int:
    """How many calls it takes until nothing is left."""
    calls = 0
    while sender.send_next(endpoint.server_key):
        calls += 1
        assert calls < 100
    return calls


def ours(delivery: Delivery) -> list[bytes]:
    return list(delivery.reader.records())


def write(delivery: Delivery, count: int, every: int = 20, size_bytes: int = 0) -> None:
    """Append this many records with a checkpoint behind every few of them."""
    for start in range(0, count, every):
        batch = [entry(text="x" * size_bytes) for _ in range(min(every, count - start) - 1)]
        delivery.writer.append(*batch, urgent("x", text="x" * size_bytes))


def test_the_endpoint_holds_the_records_byte_for_byte(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 50)
    assert send_all(sender, endpoint) == 1
    assert endpoint.records == ours(delivery)
    assert delivery.reader.receipted_seq() == 50


def test_without_anything_new_nothing_is_sent(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    assert not sender.send_next(endpoint.server_key)
    assert "records" not in endpoint.calls


def test_records_wait_for_their_checkpoint(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    delivery.writer.append(urgent("x"))
    delivery.writer.append(entry())
    send_all(sender, endpoint)
    assert len(endpoint.records) == 1


def test_a_long_journal_goes_in_batches_that_the_endpoint_takes(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 2 * rest.MAX_BATCH_RECORDS + 30, every=40)
    send_all(sender, endpoint)
    assert max(endpoint.batches) <= rest.MAX_BATCH_RECORDS
    assert endpoint.batches == [480, 480, 70]
    assert endpoint.records == ours(delivery)


def test_a_batch_has_no_more_bytes_than_the_endpoint_takes(
    delivery: Delivery,
    sender: RecordSender,
    endpoint: FakeEndpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sender._room_bytes = 50_000
    write(delivery, 100, every=10, size_bytes=1000)
    send_all(sender, endpoint)
    assert endpoint.batches == [30, 30, 30, 10]
    assert endpoint.records == ours(delivery)


def test_a_proxy_that_takes_less_gets_less(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    endpoint.room_bytes = 40_000
    write(delivery, 100, every=10, size_bytes=1000)
    send_all(sender, endpoint)
    assert max(endpoint.batches) <= 30
    assert endpoint.records == ours(delivery)


def test_a_proxy_that_takes_not_even_one_checkpoint_is_told_of_and_not_hammered(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    endpoint.room_bytes = 100
    write(delivery, 40, every=10)
    with pytest.raises(PeerRefused, match="413"):
        send_all(sender, endpoint)
    assert endpoint.calls.count("records") <= 5
    assert delivery.reader.receipted_seq() == 0


def test_an_answer_that_was_lost_does_not_make_a_record_come_twice(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    endpoint.says("records", HangsUp(after=True))
    write(delivery, 10)
    with pytest.raises(PeerUnreachable):
        sender.send_next(endpoint.server_key)
    write(delivery, 10)
    send_all(sender, endpoint)
    assert endpoint.records == ours(delivery)


def test_a_server_that_is_ahead_is_followed(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 40, every=10)
    records = ours(delivery)
    head = Head(20, digest(records[19]))
    endpoint.records = records[:20]
    signed = delivery.reader.checkpoints_between(0, 20)
    endpoint.checkpoints = {seq: dsse.peek(envelope) for seq, envelope in signed}
    endpoint.says("records", Says(409, {"detail": "", "head": {"seq": 20, "hash": head.hash}}))
    send_all(sender, endpoint)
    assert endpoint.records == records


def test_a_server_that_was_restored_from_a_backup_gets_all_of_it_again(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 1200, every=50)
    send_all(sender, endpoint)
    del endpoint.records[100:]
    endpoint.checkpoints = {at: one for at, one in endpoint.checkpoints.items() if at <= 100}
    delivery.writer.append(urgent("one more"))
    send_all(sender, endpoint)
    assert endpoint.records == ours(delivery)
    assert max(endpoint.batches) <= rest.MAX_BATCH_RECORDS


def test_a_server_with_another_history_is_told_of_and_keeps_its_own(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 10)
    other = ours(delivery)[0].replace(b'"boot-1"', b'"boot-9"')
    endpoint.records = [other]
    with pytest.raises(Conflict):
        send_all(sender, endpoint)
    assert endpoint.records == [other]
    assert delivery.reader.receipted_seq() == 0


def test_a_server_that_conflicts_whatever_it_gets_is_not_asked_for_ever(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 10)
    for seq in (0, 3, 10, -4, 10**6):
        body = {"detail": "", "head": {"seq": seq, "hash": "ab"}}
        endpoint.says("records", *[Says(409, body)] * 2)
        before = len(endpoint.calls)
        with pytest.raises(PeerRefused):
            sender.send_next(endpoint.server_key)
        assert len(endpoint.calls) - before <= 2
        endpoint._script.clear()


@pytest.mark.parametrize("lie", [{"seq": 9}, {"head": "00"}, {"session": "another"}, {"seq": 11}])
def test_only_a_receipt_over_our_own_records_counts(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint, lie: dict[str, object]
) -> None:
    write(delivery, 10)
    head = delivery.reader.head()
    endpoint.says("records", endpoint.receipt(head, **lie))
    with pytest.raises(PeerUnreachable, match="receipt"):
        sender.send_next(endpoint.server_key)
    assert delivery.reader.receipted_seq() == 0


def test_a_receipt_of_somebody_else_does_not_count(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 10)
    with FakeEndpoint() as impostor, pytest.raises(PeerUnreachable, match="receipt"):
        sender.send_next(impostor.server_key)
    assert delivery.reader.receipted_seq() == 0


def test_a_receipt_that_covers_more_than_was_sent_now_counts_for_all_of_it(
    delivery: Delivery, sender: RecordSender, endpoint: FakeEndpoint
) -> None:
    write(delivery, 10)
    write(delivery, 10)
    endpoint.says("records", endpoint.receipt(delivery.reader.head()))
    sender.send_next(endpoint.server_key)
    assert delivery.reader.receipted_seq() == 20
