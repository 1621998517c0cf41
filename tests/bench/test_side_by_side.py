"""Contenders are compared under the same conditions only."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.side_by_side import ROUND_FRAMES, Work, beside, by_turns

FRAMES = [np.full((2, 2, 3), number, np.uint8) for number in range(6 * ROUND_FRAMES)]


class Contenders:
    """Three that do nothing but remember who was given which frame, and when."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.works: dict[str, Work] = {name: self._work(name) for name in "abc"}

    def _work(self, name: str) -> Work:
        return lambda image: self.calls.append((name, int(image[0, 0, 0])))


def test_each_sees_every_frame_in_its_order() -> None:
    contenders = Contenders()
    rounds = by_turns(contenders.works, FRAMES)
    for name in "abc":
        seen = [frame for who, frame in contenders.calls if who == name]
        assert seen == list(range(len(FRAMES)))
        assert [len(times) for times in rounds[name]] == [ROUND_FRAMES] * 6


def test_no_contender_always_comes_after_the_same_one() -> None:
    contenders = Contenders()
    by_turns(contenders.works, FRAMES)
    turns = [who for who, _ in contenders.calls[::ROUND_FRAMES]]
    orders = {tuple(turns[at : at + 3]) for at in range(0, len(turns), 3)}
    assert len(orders) == 6


def test_a_machine_that_is_slow_for_a_while_does_not_change_the_share() -> None:
    ours = [[2.0, 2.0, 9.0], [8.0, 8.0, 8.0], [2.0, 2.0, 2.0]]
    theirs = [[4.0, 4.0, 4.0], [16.0, 16.0, 90.0], [4.0, 4.0, 4.0]]
    figures = beside(ours, theirs)
    assert figures["ours_is"] == 0.5
    assert figures["half_of_rounds"] == [0.5, 0.5]
    assert (figures["rounds"], figures["n"]) == (3, 9)


def test_rounds_that_have_no_counterpart_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        beside([[1.0]], [[1.0], [1.0]])
