from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.recording.sound_ring import SoundRing, SoundSpan
from tests.fakes.manual_clock import START

BLOCK_S = 0.1


def _filled(ring: SoundRing, first: int, last: int, late_s: float = 0.0) -> None:
    """Blocks ``first`` to ``last``; block n holds the number n and ends n/10 s after the start."""
    for number in range(first, last + 1):
        block = np.full(1600, number / 1000, np.float32)
        ring.add(START.later(number * BLOCK_S + late_s), block)


def _cut(ring: SoundRing, from_s: float, to_s: float) -> SoundSpan:
    span = ring.cut(START.later(from_s), START.later(to_s))
    assert span is not None
    return span


def _numbers(span: SoundSpan) -> list[int]:
    return [round(1000 * float(value)) for value in span.samples[::1600]]


def test_a_span_has_the_blocks_that_ended_in_it_in_order() -> None:
    ring = SoundRing(10)
    _filled(ring, 1, 50)
    span = _cut(ring, 2.0, 3.0)
    assert _numbers(span) == list(range(21, 31))
    assert span.seconds == pytest.approx(1.0)
    assert span.begins == START.later(2.0)
    assert span.missing_s == 0


def test_what_is_older_than_it_holds_is_forgotten() -> None:
    ring = SoundRing(2)
    _filled(ring, 1, 100)
    span = _cut(ring, 0, 10)
    assert span.seconds == pytest.approx(2.0, abs=1.5 * BLOCK_S)
    assert _numbers(span)[-1] == 100


def test_blocks_that_arrive_in_a_bunch_lose_nothing() -> None:
    ring = SoundRing(10)
    for number in range(1, 31):
        block = np.full(1600, number / 1000, np.float32)
        ring.add(START.later(0.3 * ((number + 2) // 3)), block)
    span = _cut(ring, 0, 3)
    assert _numbers(span) == list(range(1, 31))
    assert span.missing_s == 0


def test_sound_that_never_came_is_silence_and_said_to_be_missing() -> None:
    ring = SoundRing(30)
    _filled(ring, 1, 10)
    _filled(ring, 11, 20, late_s=4.0)
    span = _cut(ring, 0, 10)
    assert span.missing_s == pytest.approx(4.0)
    assert span.seconds == pytest.approx(6.0)
    assert not span.samples[16_000 : 16_000 * 5].any()


def test_a_span_without_sound_is_none() -> None:
    ring = SoundRing(10)
    assert ring.cut(START, START.later(5)) is None
    _filled(ring, 1, 10)
    assert ring.cut(START.later(2), START.later(5)) is None
