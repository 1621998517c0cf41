"""What a server's health means for those who send to it."""

from __future__ import annotations

import pytest

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.server_health import RETURN_WITHIN_S, WORST, ServerHealth, pause_s


def test_a_healthy_server_is_sent_to_without_a_pause() -> None:
    health = ServerHealth()
    health.sent(0)
    assert (health.standstill, health.wait_s(0)) == (False, 0.0)


def test_the_worse_it_is_the_longer_the_pauses() -> None:
    pauses = [pause_s(health) for health in range(WORST + 1)]
    assert pauses == sorted(set(pauses))
    assert (pauses[1], pauses[-2]) == (pytest.approx(0.1), pytest.approx(25.6))


def test_each_item_is_followed_by_a_pause() -> None:
    health = ServerHealth()
    health.told(5, 0, lambda: 0.0)
    assert health.wait_s(0) == 0.0
    health.sent(NS_PER_S)
    assert health.wait_s(NS_PER_S) == pytest.approx(1.6)
    assert health.wait_s(3 * NS_PER_S) == 0.0


@pytest.mark.parametrize("draw", [0.0, 0.25, 0.999])
def test_after_a_standstill_each_comes_back_at_a_moment_of_its_own(draw: float) -> None:
    health = ServerHealth()
    health.told(10, 0, lambda: draw)
    assert health.standstill
    health.told(9, NS_PER_S, lambda: draw)
    assert not health.standstill
    assert health.wait_s(NS_PER_S) == pytest.approx(draw * RETURN_WITHIN_S)
    health.told(0, 2 * NS_PER_S, lambda: 1.0)  # no second draw
    assert health.wait_s(2 * NS_PER_S) == pytest.approx(max(0.0, draw * RETURN_WITHIN_S - 1))


@pytest.mark.parametrize(("told", "taken"), [(-3, 0), (11, 10), (10**9, 10)])
def test_odd_figures_are_taken_as_the_nearest_that_mean_something(told: int, taken: int) -> None:
    health = ServerHealth()
    health.told(told, 0, lambda: 0.0)
    assert health.health == taken
