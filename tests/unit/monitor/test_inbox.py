"""Where everything that happens meets."""

from __future__ import annotations

import threading

from proctor_desktop.monitor.inbox import Inbox, KioskGone
from tests.fakes.deliveries import eventually
from tests.playbook import moment

FIRST, SECOND, THIRD = (KioskGone(moment(n)) for n in range(3))


def test_items_come_out_as_they_went_in() -> None:
    inbox = Inbox()
    inbox.put(FIRST)
    inbox.put(SECOND)
    assert (inbox.get(0), inbox.get(1), inbox.get(0)) == (FIRST, SECOND, None)


def test_an_empty_inbox_gives_nothing_after_the_wait() -> None:
    assert Inbox().get(0.001) is None


def test_a_full_inbox_makes_its_producer_wait_and_loses_nothing() -> None:
    inbox = Inbox(capacity=2)
    inbox.put(FIRST)
    inbox.put(SECOND)
    producer = threading.Thread(target=inbox.put, args=(THIRD,))
    producer.start()
    threading.Event().wait(0.02)
    assert producer.is_alive()
    assert [inbox.get(1) for _ in range(3)] == [FIRST, SECOND, THIRD]
    producer.join(5)
    assert not producer.is_alive()


def test_the_longest_wait_is_told_once() -> None:
    inbox = Inbox(capacity=1)
    inbox.put(FIRST)
    assert inbox.take_longest_wait_s() == 0
    producer = threading.Thread(target=inbox.put, args=(SECOND,))
    producer.start()
    threading.Event().wait(0.02)
    assert inbox.get(1) == FIRST
    producer.join(5)
    waited: list[float] = []
    assert eventually(lambda: waited.append(inbox.take_longest_wait_s()) or waited[-1] > 0)
    assert inbox.take_longest_wait_s() == 0
