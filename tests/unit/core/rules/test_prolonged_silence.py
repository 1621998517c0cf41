"""Nothing to be heard for a long time."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, SoundLevel
from proctor_desktop.core.rules.prolonged_silence import ProlongedSilence

RULE = ProlongedSilence(policy.ProlongedSilence())


@pytest.mark.parametrize("active", [True, False])
def test_it_is_suspicious_while_nothing_is_active(active: bool) -> None:
    reading = RULE.read(SoundLevel(-60, -50, active, 0.5))
    assert reading is not None
    assert reading.suspicious is not active


@pytest.mark.parametrize(("below_db", "sure"), [(0, 0.5), (1, 0.5), (4.5, 0.75), (6, 1), (40, 1)])
def test_it_is_as_sure_as_the_level_is_below_the_threshold(below_db: float, sure: float) -> None:
    reading = RULE.read(SoundLevel(-50 - below_db, -50, False, 0.5))
    assert reading is not None
    assert reading.confidence == pytest.approx(sure)


def test_it_keeps_no_picture_and_other_observations_say_nothing() -> None:
    assert not RULE.keeps_still
    assert RULE.read(FacesSeen(1, ())) is None
