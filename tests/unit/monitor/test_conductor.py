"""Taking a session through its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.core.event import Calibrated, ExamStarted
from proctor_desktop.core.observation import FacesSeen, HeadPose
from proctor_desktop.core.policy import Calibration as CalibrationSettings
from proctor_desktop.core.policy import Policy, Recording
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.recover import LeftBehind, read_back
from proctor_desktop.monitor.conductor import PHOTO_TIMEOUT_S, Conductor
from proctor_desktop.vision.calibration import (
    Calibration,
    CalibrationOutcome,
    CalibrationProgress,
)
from proctor_desktop.vision.eyes import eyes_of
from proctor_desktop.vision.screen import ASSUMED_ERROR_DEG, Screen
from proctor_desktop.wire import eventlog, stdio
from proctor_desktop.wire.fingerprint import fingerprint
from tests.fakes.faces import rotation
from tests.fakes.gazing import Face, gazing_mesh
from tests.fakes.journals import chain
from tests.fakes.sealing import INSTITUTION, public
from tests.fakes.sessions import BOOT
from tests.fakes.studio import ADA, CALIBRATED, STRAIGHT, Studio, studio
from tests.playbook import faces

NOTICE = digest(b"We record.")
AGREED = stdio.Consent(True, NOTICE, "en")
WITH_GAZE = replace(
    STRAIGHT,
    eyes=eyes_of(gazing_mesh(Face()), rotation()),
    screen=Screen(14.0, -14.0, 8.0, -9.0),
    gaze_error_deg=1.7,
)
TURNED = HeadPose(1, 60.0, 0.0, 0.0, 1.0)
FAILED = CalibrationOutcome(None, "no face was seen for long enough")


def photographed(desk: Studio, conductor: Conductor, count: int = 1) -> None:
    """A picture with so many faces comes in."""
    seen = desk.picture(count).what
    assert isinstance(seen, FacesSeen)
    conductor.faces(seen)


def led_to(desk: Studio, phase: Phase) -> Conductor:
    """A conductor whose candidate has come as far as this."""
    conductor = desk.conductor()
    conductor.open()
    steps = {
        Phase.CONSENTED: lambda: conductor.candidate(AGREED),
        Phase.IDENTIFIED: lambda: conductor.candidate(stdio.SkipStep("no photo")),
        Phase.CALIBRATED: lambda: conductor.calibrated(desk.now(), CALIBRATED),
        Phase.RUNNING: lambda: conductor.candidate(stdio.StartExam()),
    }
    for reached, step in steps.items():
        if conductor.phase is not phase:
            step()
            assert conductor.phase is reached
    return conductor


def events(desk: Studio) -> list[str]:
    """What the engine was told, by name."""
    desk.evidence.flush()
    return [line[1] for record in desk.records("observations") for line in record.data["events"]]


def data_of(desk: Studio, kind: str) -> dict[str, Any]:
    """The data of the only record of this kind."""
    (record,) = desk.records(kind)
    return dict(record.data)


# -- the beginning -------------------------------------------------------------------------------


def test_a_session_opens_with_who_what_by_which_rules_and_on_which_machine(desk: Studio) -> None:
    desk.conductor().open()
    assert desk.kinds() == ["session.open", "policy", "capabilities"]
    opened = data_of(desk, "session.open")
    assert opened["candidate"]["email"] == ADA
    assert opened["exam"]["id"] == "algebra-1"
    assert data_of(desk, "policy")["exam_sha256"] == desk.exam.sha256
    assert data_of(desk, "capabilities")["capabilities"][0]["level"] == "detected"


def test_what_happened_before_a_session_stands_behind_its_first_records(desk: Studio) -> None:
    desk.conductor(unattended=False).open(("gap", {"source": "monitor", "reason": "broke off"}))
    kinds = [record.kind for record in chain(desk.reader)]
    assert kinds == ["session.open", "policy", "capabilities", "gap"]


def test_the_candidate_first_sees_what_they_are_asked_to_agree_to(desk: Studio) -> None:
    desk.conductor().open()
    notice, phase = desk.said
    assert isinstance(notice, stdio.Notice)
    assert (notice.text, notice.sha256, notice.signer) == ("We record.", NOTICE, desk.exam.signer)
    assert phase == stdio.PhaseIs(Phase.OPENED)


def test_whom_evidence_is_sealed_to_is_recorded_and_shown(desk: Studio) -> None:
    key = public(INSTITUTION)
    desk.exam = replace(desk.exam, exam=replace(desk.exam.exam, seal_to=(key,)))
    desk.conductor().open()
    assert data_of(desk, "policy")["seal_to"] == [key]
    notice = desk.said[0]
    assert isinstance(notice, stdio.Notice)
    assert notice.sealed_to == [fingerprint(key)]


@pytest.mark.parametrize("what", ["window_titles", "clips", "voice_clips"])
@pytest.mark.parametrize("kept", [True, False])
def test_the_notice_says_what_more_is_kept(desk: Studio, what: str, *, kept: bool) -> None:
    policy = replace(desk.exam.exam.policy, recording=Recording(**{what: kept}))
    desk.exam = replace(desk.exam, exam=replace(desk.exam.exam, policy=policy))
    desk.conductor().open()
    notice = desk.said[0]
    assert isinstance(notice, stdio.Notice)
    assert getattr(notice, what) is kept


def test_nothing_is_watched_before_the_candidate_agreed(desk: Studio) -> None:
    conductor = led_to(desk, Phase.OPENED)
    for action in (stdio.TakePhoto(), stdio.Calibrate(), stdio.StartExam(), stdio.SkipStep("")):
        conductor.candidate(action)
    photographed(desk, conductor)
    assert conductor.phase is Phase.OPENED
    assert desk.done == []
    conductor.candidate(AGREED)
    assert desk.done == [("watch",)]
    assert data_of(desk, "consent") == {
        "given": True,
        "notice_sha256": NOTICE,
        "language": "en",
        "unattended": False,
    }


def test_agreeing_to_another_notice_is_no_consent(desk: Studio) -> None:
    conductor = led_to(desk, Phase.OPENED)
    conductor.candidate(stdio.Consent(True, digest(b"We record nothing."), "en"))
    assert desk.records("consent") == []
    assert conductor.phase is Phase.OPENED


def test_a_candidate_who_does_not_agree_ends_the_session(desk: Studio) -> None:
    conductor = led_to(desk, Phase.OPENED)
    conductor.candidate(stdio.Consent(False, NOTICE, "en"))
    assert not data_of(desk, "consent")["given"]
    assert desk.stop.reason is not None
    assert "did not agree" in desk.stop.reason
    assert conductor.phase is Phase.OPENED
    assert not conductor.agreed
    assert desk.done == []


# -- the photo -----------------------------------------------------------------------------------


def test_the_photo_is_the_next_picture_with_exactly_one_face(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CONSENTED)
    photographed(desk, conductor)
    conductor.candidate(stdio.TakePhoto())
    photographed(desk, conductor, 0)
    photographed(desk, conductor, 2)
    assert conductor.phase is Phase.CONSENTED
    photographed(desk, conductor)
    assert conductor.phase is Phase.IDENTIFIED
    (identity,) = desk.records("identity")
    assert (identity.data["outcome"], identity.blobs[0].type) == ("kept", "image/jpeg")
    assert desk.asked("photo") == [(identity.blobs[0].sha256,)]
    assert desk.reader.blob_path(identity.blobs[0].sha256) is not None
    kept = (4, identity.blobs[0].sha256)
    assert desk.asked("remember") == [kept], "the very picture that was kept"


def test_one_wish_takes_one_photo(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CONSENTED)
    conductor.candidate(stdio.TakePhoto())
    photographed(desk, conductor)
    photographed(desk, conductor)
    assert len(desk.records("identity")) == 1


def test_a_photo_that_cannot_be_kept_does_not_stop_anybody(
    desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    conductor = led_to(desk, Phase.CONSENTED)
    conductor.candidate(stdio.TakePhoto())
    event = faces(1, 1)
    conductor.faces(event)
    assert conductor.phase is Phase.IDENTIFIED
    identity = data_of(desk, "identity")
    assert identity["outcome"] == "skipped"
    assert identity["reason"].endswith("there was no camera picture at that moment")


def test_going_on_without_a_photo_is_recorded_with_the_reason(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CONSENTED)
    conductor.candidate(stdio.TakePhoto())
    conductor.candidate(stdio.SkipStep("my camera is covered"))
    assert data_of(desk, "identity") == {
        "kind": "face",
        "outcome": "skipped",
        "reason": "my camera is covered",
    }
    photographed(desk, conductor)
    assert len(desk.records("identity")) == 1
    assert desk.asked("remember") == []


# -- the calibration -----------------------------------------------------------------------------


def test_a_calibration_is_asked_for_shown_and_recorded(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.candidate(stdio.Calibrate())
    assert desk.asked("calibrate") == [(True,)]
    conductor.calibrating(CalibrationProgress(0.5, "Please hold still"))
    assert desk.said[-1] == stdio.CalibrationStep(0.5, "Please hold still")
    conductor.calibrated(desk.now(), CALIBRATED)
    assert stdio.CalibrationStep(1.0, "", done=True, error_deg=0.4, eyes_found=False) in desk.said
    told = data_of(desk, "calibration")
    assert (told["outcome"], told["error_deg"], told["samples"]) == ("done", 0.4, 24)
    assert "Calibrated" in events(desk)


def test_a_calibration_that_fails_is_recorded_and_the_exam_goes_on(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.calibrated(desk.now(), FAILED)
    assert conductor.phase is Phase.CALIBRATED
    assert data_of(desk, "calibration") == {"outcome": "failed", "reason": FAILED.reason}
    assert stdio.CalibrationStep(1.0, FAILED.reason, done=True) in desk.said
    assert "Calibrated" not in events(desk)


def test_a_calibration_can_be_left_out_and_done_again(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.candidate(stdio.SkipStep(""))
    assert data_of(desk, "calibration")["outcome"] == "skipped"
    assert desk.asked("cancel") == [()], "one that had begun must not be used when it ends"
    conductor.candidate(stdio.Calibrate())
    conductor.calibrated(desk.now(), CALIBRATED)
    assert [r.data["outcome"] for r in desk.records("calibration")] == ["skipped", "done"]
    assert conductor.phase is Phase.CALIBRATED


def test_a_calibration_says_how_sure_its_gaze_is(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.calibrated(desk.now(), CalibrationOutcome(WITH_GAZE))
    assert stdio.CalibrationStep(1.0, "", None, True, 0.4, 1.7) in desk.said
    told = data_of(desk, "calibration")
    assert (told["gaze_error_deg"], "reason" in told) == (1.7, False)
    assert Calibration.from_json(told["calibration"]) == WITH_GAZE
    desk.evidence.flush()
    lines = [line for record in desk.records("observations") for line in record.data["events"]]
    errors = [eventlog.load(line).what for line in lines if line[1] == "Calibrated"]
    assert errors == [Calibrated(0.4, 1.7)]


def test_a_calibration_without_its_gaze_says_why(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    half = CalibrationOutcome(STRAIGHT, "the eyes did not follow the dots")
    conductor.calibrated(desk.now(), half)
    told = data_of(desk, "calibration")
    assert (told["outcome"], told["gaze_error_deg"]) == ("done", None)
    assert told["reason"] == "the eyes did not follow the dots"
    desk.evidence.flush()
    lines = [line for record in desk.records("observations") for line in record.data["events"]]
    errors = [eventlog.load(line).what for line in lines if line[1] == "Calibrated"]
    assert errors == [Calibrated(0.4, ASSUMED_ERROR_DEG)]


def test_how_loud_the_room_was_stands_in_the_record(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.calibrated(desk.now(), CALIBRATED, room_dbfs=-61.5)
    conductor.calibrated(desk.now(), FAILED, room_dbfs=-48.0)
    conductor.calibrated(desk.now(), FAILED)
    rooms = [record.data.get("room_dbfs") for record in desk.records("calibration")]
    assert rooms == [-61.5, -48.0, None]


def test_dots_are_shown_only_if_the_exam_asks_for_gaze(tmp_path: Path) -> None:
    without = Policy(calibration=CalibrationSettings(gaze=False))
    with studio(tmp_path / "no gaze", without) as desk:
        led_to(desk, Phase.IDENTIFIED).candidate(stdio.Calibrate())
        assert desk.asked("calibrate") == [(False,)]


def test_a_calibration_that_comes_before_its_time_is_not_used(desk: Studio) -> None:
    """As when the candidate takes back what the vision thread had begun before a restart."""
    conductor = led_to(desk, Phase.CONSENTED)
    conductor.calibrated(desk.now(), CALIBRATED)
    assert desk.asked("use") == [(None,)]
    assert desk.records("calibration") == []


# -- an exam that offers no calibration ----------------------------------------------------------


@pytest.fixture
def not_offered(tmp_path: Path) -> Iterator[Studio]:
    """A session of an exam without calibration."""
    policy = Policy(calibration=CalibrationSettings(offered=False))
    with studio(tmp_path / "accommodated", policy) as made:
        yield made


def without_calibration(desk: Studio) -> Conductor:
    """A conductor that has come past the step that this exam does not have."""
    conductor = desk.conductor()
    conductor.open()
    conductor.candidate(AGREED)
    conductor.candidate(stdio.SkipStep("no photo"))
    return conductor


def test_a_calibration_that_is_not_offered_is_recorded_as_skipped(not_offered: Studio) -> None:
    conductor = without_calibration(not_offered)
    assert conductor.phase is Phase.CALIBRATED
    assert data_of(not_offered, "calibration") == {
        "outcome": "skipped",
        "reason": "this exam offers no calibration (an accommodation)",
    }
    shown = [said.phase for said in not_offered.said if isinstance(said, stdio.PhaseIs)]
    assert Phase.IDENTIFIED not in shown
    (notice, *_) = not_offered.said
    assert isinstance(notice, stdio.Notice)
    assert not notice.calibration


def test_what_is_not_offered_cannot_be_asked_for(not_offered: Studio) -> None:
    conductor = without_calibration(not_offered)
    conductor.candidate(stdio.Calibrate())
    conductor.candidate(stdio.StartExam())
    conductor.candidate(stdio.Calibrate())
    assert not_offered.asked("calibrate") == []


def test_without_calibration_no_rule_that_needs_one_is_evaluated(not_offered: Studio) -> None:
    """Even if vision were to tell angles, nobody is held to them."""
    conductor = without_calibration(not_offered)
    conductor.candidate(stdio.StartExam())
    for _ in range(40):
        not_offered.clock.advance(0.125)
        not_offered.evidence.observe(not_offered.picture(1))
        not_offered.evidence.observe(not_offered.event(TURNED))
    assert not_offered.records("violation.start") == []


def test_a_restart_in_between_does_not_wait_for_a_calibration(not_offered: Studio) -> None:
    """As when the computer fails between the photo's record and the next one."""
    conductor = not_offered.conductor(unattended=True)
    conductor.resume(LeftBehind(phase=Phase.IDENTIFIED), BOOT)
    assert conductor.phase is Phase.RUNNING
    assert data_of(not_offered, "calibration")["outcome"] == "skipped"


# -- the exam ------------------------------------------------------------------------------------


def test_the_exam_starts_on_the_candidates_word_once(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CALIBRATED)
    assert conductor.exam_started is None
    for _ in range(2):
        conductor.candidate(stdio.StartExam())
    assert len(desk.records("exam.start")) == 1
    assert conductor.exam_started == desk.now()
    assert desk.evidence.running
    assert desk.said[-1] == stdio.PhaseIs(Phase.RUNNING)


@pytest.mark.parametrize("phase", [Phase.OPENED, Phase.CONSENTED, Phase.IDENTIFIED])
def test_no_step_before_the_exam_can_be_jumped(desk: Studio, phase: Phase) -> None:
    conductor = led_to(desk, phase)
    conductor.candidate(stdio.StartExam())
    assert conductor.phase is phase


def test_steps_before_the_exam_cannot_be_taken_in_it(desk: Studio) -> None:
    conductor = led_to(desk, Phase.RUNNING)
    before = desk.kinds()
    for action in (AGREED, stdio.TakePhoto(), stdio.SkipStep("x")):
        conductor.candidate(action)
    assert desk.kinds() == before
    assert conductor.phase is Phase.RUNNING


def test_a_calibration_can_be_repeated_in_the_exam(desk: Studio) -> None:
    conductor = led_to(desk, Phase.RUNNING)
    desk.said.clear()
    conductor.candidate(stdio.Calibrate())
    assert desk.asked("calibrate") == [(True,)]
    conductor.calibrated(desk.now(), CalibrationOutcome(WITH_GAZE))
    assert conductor.phase is Phase.RUNNING
    assert [r.data["gaze_error_deg"] for r in desk.records("calibration")] == [None, 1.7]
    assert not any(isinstance(said, stdio.PhaseIs) for said in desk.said)
    assert events(desk).count("Calibrated") == 2
    assert len(desk.records("exam.start")) == 1


def test_one_that_fails_in_the_exam_is_recorded_and_the_earlier_one_holds(desk: Studio) -> None:
    conductor = led_to(desk, Phase.RUNNING)
    conductor.calibrated(desk.now(), FAILED)
    assert conductor.phase is Phase.RUNNING
    assert [r.data["outcome"] for r in desk.records("calibration")] == ["done", "failed"]
    assert events(desk).count("Calibrated") == 1
    assert desk.asked("use") == [], "vision keeps what it has"
    assert resumed(desk).phase is Phase.RUNNING
    assert desk.asked("use") == [(STRAIGHT,)]


def test_one_that_was_left_out_before_can_be_made_in_the_exam(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.candidate(stdio.SkipStep("it takes too long"))
    conductor.candidate(stdio.StartExam())
    conductor.candidate(stdio.Calibrate())
    conductor.calibrated(desk.now(), CALIBRATED)
    assert [r.data["outcome"] for r in desk.records("calibration")] == ["skipped", "done"]
    assert "Calibrated" in events(desk)


def test_one_that_is_stopped_in_the_exam_changes_and_records_nothing(desk: Studio) -> None:
    conductor = led_to(desk, Phase.RUNNING)
    conductor.candidate(stdio.Calibrate())
    conductor.candidate(stdio.SkipStep("I go on"))
    assert desk.asked("cancel") == [()]
    assert len(desk.records("calibration")) == 1
    assert desk.asked("use") == []
    assert conductor.phase is Phase.RUNNING


def test_the_candidate_may_finish(desk: Studio) -> None:
    led_to(desk, Phase.RUNNING).candidate(stdio.FinishExam())
    assert desk.stop.reason == "finished by the candidate"


@pytest.mark.parametrize("phase", [Phase.OPENED, Phase.IDENTIFIED, Phase.RUNNING])
def test_closing_writes_the_last_record_signed(desk: Studio, phase: Phase) -> None:
    conductor = led_to(desk, phase)
    head = conductor.close("finished by the candidate")
    assert desk.kinds()[-1] == "session.close"
    assert desk.records()[-1].data == {"reason": "finished by the candidate"}
    assert head == desk.reader.head()
    assert [seq for seq, _ in desk.reader.checkpoints()][-1] == head.seq
    assert desk.said[-1] == stdio.PhaseIs(Phase.CLOSED, "finished by the candidate")
    assert events(desk)[-1] == "ExamEnded"


def test_closing_ends_what_is_open(desk: Studio) -> None:
    conductor = led_to(desk, Phase.RUNNING)
    for _ in range(45):
        desk.clock.advance(0.125)
        desk.evidence.observe(desk.picture(0))
    conductor.close("done")
    assert desk.records("violation.end")[0].data["ended"] == "session closed"


# -- with nobody there ---------------------------------------------------------------------------


def test_unattended_it_moves_on_by_itself_and_says_so(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True)
    conductor.open()
    assert conductor.phase is Phase.CONSENTED
    assert data_of(desk, "consent")["unattended"]
    assert desk.asked("alarm") == [(PHOTO_TIMEOUT_S,)]
    photographed(desk, conductor)
    assert desk.asked("alarm") == [(PHOTO_TIMEOUT_S,), (None,)]
    assert desk.asked("calibrate") == [(False,)], "nobody is there to look at dots"
    conductor.calibrated(desk.now(), CALIBRATED)
    assert conductor.phase is Phase.RUNNING


def test_unattended_it_goes_on_without_a_photo_when_nobody_comes(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True)
    conductor.open()
    conductor.photo_overdue()
    conductor.photo_overdue()
    assert data_of(desk, "identity")["outcome"] == "skipped"
    assert conductor.phase is Phase.IDENTIFIED


def test_preparation_can_be_left_out_and_the_evidence_says_so(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True, skip_preparation=True)
    conductor.open()
    assert conductor.phase is Phase.RUNNING
    assert data_of(desk, "identity")["reason"] == "left out on the command line"
    assert data_of(desk, "calibration")["outcome"] == "skipped"
    assert desk.asked("calibrate") == []


# -- after a crash -------------------------------------------------------------------------------


def resumed(desk: Studio, *, unattended: bool = False) -> Conductor:
    """Another conductor on what the first one left."""
    desk.done.clear()
    desk.said.clear()
    conductor = desk.conductor(unattended=unattended)
    conductor.resume(read_back(desk.reader.records()), BOOT)
    return conductor


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.CLOSED])
def test_a_session_goes_on_in_the_phase_it_was_left_in(desk: Studio, phase: Phase) -> None:
    led_to(desk, phase)
    conductor = resumed(desk)
    assert conductor.phase is phase
    assert desk.said[-1] == stdio.PhaseIs(phase, "The session goes on where it stopped.")
    assert conductor.agreed == (phase is not Phase.OPENED)
    assert desk.asked("watch") == ([()] if conductor.agreed else [])


def test_a_running_exam_goes_on_with_its_pose_and_its_time(desk: Studio) -> None:
    led_to(desk, Phase.RUNNING)
    started = desk.now()
    desk.evidence.flush()
    desk.clock.advance(90)
    conductor = resumed(desk)
    assert conductor.exam_started is not None
    assert abs(conductor.exam_started.since_s(started)) < 1e-3
    assert desk.asked("use") == [(STRAIGHT,)]
    assert events(desk)[-2:] == ["Calibrated", "ExamStarted"]


def test_the_pose_that_counts_is_the_last_one_that_was_found(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CALIBRATED)
    conductor.candidate(stdio.Calibrate())
    conductor.calibrated(desk.now(), FAILED)
    resumed(desk)
    assert desk.asked("use") == [(STRAIGHT,)]


def test_a_resumed_session_compares_with_the_photo_it_had(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CONSENTED)
    conductor.candidate(stdio.TakePhoto())
    photographed(desk, conductor)
    (identity,) = desk.records("identity")
    resumed(desk)
    assert [name for name, *_ in desk.done] == ["watch", "recall"]
    assert desk.asked("recall") == [(identity.blobs[0].sha256, identity.data)]
    assert identity.data["held"] == desk.held


def test_without_a_photo_none_is_recalled(desk: Studio) -> None:
    led_to(desk, Phase.RUNNING)
    resumed(desk)
    assert desk.asked("recall") == []


def test_without_a_pose_none_is_used(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.calibrated(desk.now(), FAILED)
    resumed(desk)
    assert desk.asked("use") == []


def test_unattended_it_takes_up_the_step_that_was_interrupted(desk: Studio) -> None:
    led_to(desk, Phase.IDENTIFIED)
    resumed(desk, unattended=True)
    assert desk.asked("calibrate") == [(False,)]


def test_the_notice_is_shown_again_when_it_was_not_answered(desk: Studio) -> None:
    led_to(desk, Phase.OPENED)
    resumed(desk)
    assert isinstance(desk.said[0], stdio.Notice)


def test_the_start_of_the_exam_can_be_replayed(desk: Studio) -> None:
    led_to(desk, Phase.RUNNING)
    desk.evidence.flush()
    lines = [line for record in desk.records("observations") for line in record.data["events"]]
    assert isinstance(eventlog.load(lines[-1]).what, ExamStarted)


def test_a_calibration_that_failed_is_not_called_calibrated(desk: Studio) -> None:
    conductor = led_to(desk, Phase.IDENTIFIED)
    conductor.calibrated(desk.now(), FAILED)
    said = [message for message in desk.said if isinstance(message, stdio.PhaseIs)][-1]
    assert said.phase is Phase.CALIBRATED
    assert said.detail == f"Not calibrated ({FAILED.reason}): head, eyes and gaze are not judged."


def test_a_second_one_that_fails_leaves_the_first_and_says_so(desk: Studio) -> None:
    conductor = led_to(desk, Phase.CALIBRATED)
    conductor.calibrated(desk.now(), FAILED)
    said = [message for message in desk.said if isinstance(message, stdio.PhaseIs)][-1]
    assert said.detail.endswith("the calibration before it still holds.")
