"""What a delivery has left over."""

from __future__ import annotations

import pytest

from proctor_desktop.monitor.remaining import Remaining


@pytest.mark.parametrize(
    ("left", "is_there"),
    [(Remaining(), False), (Remaining(waiting=1), True), (Remaining(stuck=1), True)],
)
def test_it_is_true_where_anything_is_left(left: Remaining, is_there: bool) -> None:
    assert bool(left) is is_there


def test_several_sessions_add_up() -> None:
    assert sum([Remaining(1, 2), Remaining(3, 4)], Remaining()) == Remaining(4, 6)
