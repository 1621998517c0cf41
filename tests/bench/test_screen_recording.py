"""That what happens on the scripted desktops can be told from the pictures of it."""

from __future__ import annotations

import pytest

from tests.bench.desktop_script import PART_S
from tests.bench.desktop_window import BITS
from tests.bench.screen_recording import DESKTOPS


@pytest.mark.parametrize("desktop", DESKTOPS)
def test_each_view_has_a_number_of_its_own_that_the_picture_can_show(desktop: str) -> None:
    steps = DESKTOPS[desktop][1](PART_S)
    numbers = [step.view.number for step in steps]
    assert numbers == list(range(len(steps)))
    assert numbers[-1] < 2**BITS


@pytest.mark.parametrize("desktop", DESKTOPS)
def test_views_follow_in_time_and_the_last_part_is_idle(desktop: str) -> None:
    times = [step.at_s for step in DESKTOPS[desktop][1](PART_S)]
    assert times == sorted(times)
    assert 2 * PART_S <= times[-1] < 3 * PART_S
    for part in range(3):
        assert any(part * PART_S <= at_s < (part + 1) * PART_S for at_s in times[1:])
