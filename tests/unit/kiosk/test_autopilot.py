import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.autopilot import (
    CALIBRATION_PATIENCE_S,
    FAREWELL_S,
    LEAVE,
    PHOTO_PATIENCE_S,
    READING_S,
    Leave,
    next_move,
)
from proctor_desktop.kiosk.state import CandidateView, Link
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import ENDED, FATAL, NOTICE, view


def move(
    now: CandidateView, waited_s: float = READING_S, exam_s: float = 0.0
) -> stdio.Upward | Leave | None:
    return next_move(now, waited_s, exam_s, duration_s=60.0)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.OPENED, stdio.Consent(True, NOTICE.sha256, "en", unattended=True)),
        (Phase.CONSENTED, stdio.TakePhoto()),
        (Phase.IDENTIFIED, stdio.Calibrate()),
        (Phase.CALIBRATED, stdio.StartExam()),
    ],
)
def test_each_button_is_pressed_after_a_short_wait(phase: Phase, expected: stdio.Upward) -> None:
    assert move(view(phase), waited_s=READING_S - 0.1) is None
    assert move(view(phase)) == expected
    assert move(view(phase, asked=frozenset({expected.type}))) is None


@pytest.mark.parametrize(
    ("phase", "patience_s"),
    [(Phase.CONSENTED, PHOTO_PATIENCE_S), (Phase.IDENTIFIED, CALIBRATION_PATIENCE_S)],
)
def test_a_step_that_does_not_come_about_is_skipped(phase: Phase, patience_s: float) -> None:
    asked = view(phase, asked=frozenset({stdio.TakePhoto.type, stdio.Calibrate.type}))
    assert move(asked, waited_s=patience_s) is None
    assert isinstance(move(asked, waited_s=patience_s + 1), stdio.SkipStep)


def test_the_exam_is_finished_after_its_duration() -> None:
    assert move(view(Phase.RUNNING), exam_s=59.9) is None
    assert move(view(Phase.RUNNING), exam_s=60.0) == stdio.FinishExam()
    assert next_move(view(Phase.RUNNING), 1e6, 1e6, duration_s=None) is None


@pytest.mark.parametrize(
    "over",
    [
        view(Phase.CLOSED, ended=ENDED),
        view(Phase.RUNNING, fatal=FATAL),
        view(Phase.CLOSED, link=Link.STOPPED),
    ],
)
def test_it_leaves_when_there_is_nothing_left_to_do(over: CandidateView) -> None:
    assert move(over, waited_s=FAREWELL_S - 0.1) is None
    assert move(over, waited_s=FAREWELL_S) is LEAVE


def test_it_waits_while_monitor_closes_the_session() -> None:
    assert move(view(Phase.CLOSED), waited_s=1e6) is None
