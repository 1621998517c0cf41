from __future__ import annotations

import threading

from proctor_desktop.sources.slot import Slot


def test_the_newest_wins_and_what_it_replaced_is_counted() -> None:
    slot: Slot[int] = Slot()
    for item in (1, 2, 3):
        slot.put(item)

    assert slot.take(0) == 3
    assert slot.take(0) is None
    assert slot.skipped == 2


def test_taking_waits_for_what_comes() -> None:
    slot: Slot[str] = Slot()
    taken: list[str | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take(10)))
    taker.start()

    slot.put("frame")
    taker.join(10)

    assert taken == ["frame"]
    assert slot.skipped == 0


def test_a_closed_slot_gives_its_last_item_and_then_nothing_at_once() -> None:
    slot: Slot[int] = Slot()
    slot.put(1)
    slot.close()
    slot.put(2)

    assert slot.closed
    assert slot.take() == 1
    assert slot.take() is None


def test_closing_ends_the_wait_of_a_taker() -> None:
    slot: Slot[int] = Slot()
    taker = threading.Thread(target=slot.take)
    taker.start()
    slot.close()
    taker.join(10)
    assert not taker.is_alive()
