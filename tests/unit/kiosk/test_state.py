import pytest

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import (
    CandidateView,
    Link,
    Stage,
    covering_step,
    dismissed,
    reduce,
    sent,
    silenced,
    stage,
    told,
    troubled,
    wants_preview,
)
from proctor_desktop.wire import stdio
from tests.fakes.kiosk_views import (
    CALIBRATED,
    CORNER,
    ENDED,
    FATAL,
    HOLD,
    NO_DOT,
    NOTICE,
    calibrating,
    snapshot,
    view,
)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (None, Stage.STARTING),
        (Phase.OPENED, Stage.NOTICE),
        (Phase.CONSENTED, Stage.PHOTO),
        (Phase.IDENTIFIED, Stage.CALIBRATION),
        (Phase.CALIBRATED, Stage.READY),
        (Phase.RUNNING, Stage.EXAM),
        (Phase.CLOSED, Stage.END),
    ],
)
def test_each_phase_has_its_screen(phase: Phase | None, expected: Stage) -> None:
    assert stage(view(phase)) is expected


def test_the_notice_screen_waits_for_the_notice() -> None:
    assert stage(CandidateView(phase=Phase.OPENED)) is Stage.STARTING


def test_a_fatal_trouble_shows_over_any_phase_but_not_over_a_finished_exam() -> None:
    assert stage(view(Phase.RUNNING, fatal=FATAL)) is Stage.TROUBLE
    assert stage(view(Phase.CLOSED, fatal=FATAL, ended=ENDED)) is Stage.END


def test_a_candidate_who_declined_stays_on_the_way_out() -> None:
    answered = sent(view(Phase.OPENED), stdio.Consent(False, NOTICE.sha256, "en"))
    closed = reduce(answered, stdio.PhaseIs(Phase.CLOSED), 0.0)
    assert stage(closed) is Stage.DECLINED


def test_the_camera_picture_is_wanted_only_where_it_is_shown() -> None:
    wanted = {phase for phase in Phase if wants_preview(view(phase))}
    assert wanted == {Phase.CONSENTED, Phase.IDENTIFIED}


def test_every_message_says_that_monitor_is_there() -> None:
    after = reduce(CandidateView(link=Link.RESTARTING), snapshot(), 0.0)
    assert after.link is Link.TALKING


def test_a_new_phase_voids_what_was_asked_in_the_last_one() -> None:
    asked = sent(view(Phase.CONSENTED), stdio.TakePhoto())
    assert stdio.TakePhoto.type in asked.asked
    after = reduce(asked, stdio.PhaseIs(Phase.IDENTIFIED), 0.0)
    assert after.asked == frozenset()


def test_the_same_phase_again_changes_the_detail_only() -> None:
    asked = sent(view(Phase.CONSENTED), stdio.TakePhoto())
    after = reduce(asked, stdio.PhaseIs(Phase.CONSENTED, "almost"), 0.0)
    assert after.asked == asked.asked
    assert after.detail == "almost"


def test_asking_for_the_picture_is_no_request_of_the_candidate() -> None:
    before = view(Phase.CONSENTED)
    assert sent(before, stdio.WantPreview(on=True)) == before


def test_starting_the_calibration_again_empties_the_ring() -> None:
    half = view(Phase.IDENTIFIED, calibration=stdio.CalibrationStep(0.5, "Stay"))
    assert sent(half, stdio.Calibrate()).calibration is None


def test_a_rule_speaks_once_a_minute_and_the_rest_is_counted() -> None:
    toast = stdio.Toast("face_missing", "We can't see your face.")
    now = view(Phase.RUNNING, snapshot=snapshot(elapsed_s=30.0))
    for moment_s in (0.0, 20.0, 59.0, 60.0):
        now = reduce(now, toast, moment_s)
    assert [(m.times, m.at_s, m.elapsed_s) for m in now.messages] == [
        (3, 0.0, 30.0),
        (1, 60.0, 30.0),
    ]


def test_another_rule_may_speak_at_once() -> None:
    now = told(told(view(Phase.RUNNING), "a", "A", 0.0), "b", "B", 0.0)
    assert [m.text for m in now.messages] == ["A", "B"]


def test_the_upload_counts_come_from_the_newest_word() -> None:
    closing = reduce(view(Phase.CLOSED), snapshot(pending=7, delivered=3), 0.0)
    done = reduce(closing, ENDED, 0.0)
    assert (closing.pending, closing.delivered) == (7, 3)
    assert (done.pending, done.delivered) == (0, 3)


def test_a_trouble_that_does_not_stop_the_session_can_be_put_away() -> None:
    trouble = stdio.Trouble("The camera", "It is busy.", "Close the other program.")
    shown = troubled(view(Phase.RUNNING), trouble)
    assert stage(shown) is Stage.EXAM
    assert shown.trouble == trouble
    assert dismissed(shown).trouble is None


def test_monitors_death_keeps_the_place_and_the_messages() -> None:
    running = told(
        view(Phase.RUNNING, preview="x", asked=frozenset({"finish_exam"})), "a", "A", 0.0
    )
    gone = silenced(running, Link.RESTARTING)
    assert stage(gone) is Stage.EXAM
    assert gone.messages == running.messages
    assert (gone.preview, gone.asked) == ("", frozenset())


@pytest.mark.parametrize("phase", [Phase.IDENTIFIED, Phase.CALIBRATED, Phase.RUNNING])
def test_a_dot_takes_the_whole_screen_wherever_the_candidate_asked_to_calibrate(
    phase: Phase,
) -> None:
    asked = sent(view(phase), stdio.Calibrate())
    assert covering_step(asked) is None
    assert covering_step(reduce(asked, HOLD, 0.0)) is HOLD
    assert covering_step(reduce(asked, CORNER, 0.0)) is CORNER


def test_words_alone_take_the_screen_only_where_there_is_no_other_place_for_them() -> None:
    assert covering_step(calibrating(Phase.IDENTIFIED, NO_DOT)) is None
    assert covering_step(calibrating(Phase.CALIBRATED, NO_DOT)) is NO_DOT
    assert covering_step(calibrating(Phase.RUNNING, NO_DOT)) is NO_DOT


def test_the_end_of_a_calibration_is_kept_and_gives_the_screen_back() -> None:
    over = reduce(calibrating(Phase.RUNNING), CALIBRATED, 0.0)
    assert covering_step(over) is None
    assert over.calibration is None
    assert over.calibrated is CALIBRATED
    assert stdio.Calibrate.type not in over.asked


def test_another_calibration_leaves_the_last_end_standing_until_its_own() -> None:
    again = sent(view(Phase.RUNNING, calibrated=CALIBRATED), stdio.Calibrate())
    assert reduce(again, HOLD, 0.0).calibrated is CALIBRATED


def test_the_end_of_the_one_before_does_not_end_the_one_just_asked_for() -> None:
    replaced = stdio.CalibrationStep(1.0, "it was started again", done=True)
    again = sent(calibrating(Phase.RUNNING, HOLD), stdio.Calibrate())
    going = reduce(reduce(again, replaced, 0.0), CORNER, 0.0)
    assert covering_step(going) is CORNER


def test_late_steps_of_a_calibration_that_was_skipped_do_not_take_the_screen() -> None:
    skipped = sent(calibrating(Phase.IDENTIFIED), stdio.SkipStep("stopped"))
    ready = reduce(skipped, stdio.PhaseIs(Phase.CALIBRATED), 0.0)
    assert covering_step(reduce(ready, CORNER, 0.0)) is None


def test_monitors_death_gives_the_screen_back() -> None:
    gone = silenced(calibrating(Phase.RUNNING), Link.RESTARTING)
    assert covering_step(gone) is None
    assert covering_step(reduce(gone, CORNER, 0.0)) is None


@pytest.mark.parametrize(
    "over",
    [
        calibrating(Phase.RUNNING, fatal=FATAL),
        calibrating(Phase.RUNNING, ended=ENDED),
        calibrating(Phase.CLOSED),
    ],
)
def test_a_dot_never_hides_the_end_or_a_trouble(over: CandidateView) -> None:
    assert covering_step(over) is None
