"""Nothing to be heard for a long time."""

from __future__ import annotations

import pytest

from proctor_desktop.core import policy
from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import FacesSeen, SoundLevel, Source
from proctor_desktop.core.rules.prolonged_silence import ProlongedSilence
from tests.playbook import Playbook, nothing, started

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


def quiet(since_s: float, active: bool = False) -> SoundLevel:
    """The level falls with a lag: it may still be active while it has been quiet for a while."""
    return SoundLevel(-40.0 if active else -60.0, -50.0, active, 0.5, since_s)


def test_it_began_where_the_sound_before_it_ended() -> None:
    play = Playbook().until(10).tell(quiet(1.0, active=True)).until(10.5, sound=None)
    play.tell(quiet(1.5)).until(30, sound=False)
    play.expects(started("prolonged_silence", at=19, within=0.5))
    assert play.start_of("prolonged_silence")["duration_s"] == pytest.approx(10, abs=0.5)


def test_a_sound_between_two_reports_ends_it() -> None:
    play = Playbook().until(10).tell(quiet(0.5, active=True)).until(10.5, sound=None)
    for report in range(1, 15):
        play.tell(quiet(0.5 + report / 2)).until(10.5 + report / 2, sound=None)
    play.tell(quiet(0.5)).until(18, sound=None)
    for report in range(1, 30):
        play.tell(quiet(0.5 + report / 2)).until(18 + report / 2, sound=None)
    play.expects(started("prolonged_silence", at=27, within=0.6))


def test_quiet_from_before_the_exam_is_not_counted() -> None:
    play = Playbook(running=False).tell(quiet(60.0)).tell(ExamStarted())
    play.tell(quiet(60.5)).until(9, sound=False).expects(nothing)


def test_quiet_from_before_the_microphone_was_lost_is_not_counted() -> None:
    play = Playbook().until(10).tell(quiet(0.0, active=True)).lose(Source.MICROPHONE)
    play.until(40, sound=None).restore(Source.MICROPHONE).tell(quiet(8.0)).until(48, sound=False)
    assert "prolonged_silence" not in play.started()


def test_it_keeps_no_picture_and_other_observations_say_nothing() -> None:
    assert not RULE.keeps_still
    assert RULE.read(FacesSeen(1, ())) is None
