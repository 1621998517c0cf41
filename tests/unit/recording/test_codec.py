"""Which codec a machine can afford for its screen."""

from __future__ import annotations

import pytest

from proctor_desktop.recording.codec import LIGHT_SCREEN, SCREEN, Codec, Trial, affordable, timed_s


@pytest.mark.parametrize(
    ("trial", "frames_per_s", "codec"),
    [
        (Trial(0.3, 0.05), 1.0, SCREEN),
        (Trial(0.3, 0.05), 5.0, SCREEN),
        (Trial(0.3, 0.1), 5.0, LIGHT_SCREEN),
        (Trial(2.0, 0.4), 1.0, LIGHT_SCREEN),
        (Trial(2.0, 0.4), 0.2, SCREEN),
    ],
)
def test_a_slow_machine_or_a_high_rate_takes_the_lighter_codec(
    trial: Trial, frames_per_s: float, codec: Codec
) -> None:
    assert affordable(trial, frames_per_s, 10.0) is codec


def test_time_is_that_of_the_work() -> None:
    done: list[int] = []
    assert timed_s(lambda: done.append(1)) >= 0
    assert done == [1]
