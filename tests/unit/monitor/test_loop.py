"""The one consumer of the inbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.core.clock_watch import ClockReading
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.observation import FocusChanged, Health, Source, SourceHealth
from proctor_desktop.core.session import Phase
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor.conductor import Conductor
from proctor_desktop.monitor.loop import (
    FLUSH_S,
    HEARTBEAT_S,
    KIOSK_GRACE_S,
    ORPHANED_REASON,
    PHOTO,
    SessionLoop,
    StageFailed,
)
from proctor_desktop.recording.segment import Segment
from proctor_desktop.vision.calibration import CalibrationProgress
from proctor_desktop.wire import stdio
from tests.fakes.studio import CALIBRATED, Studio


@pytest.fixture
def conductor(desk: Studio) -> Conductor:
    """An unattended session that is running already."""
    made = desk.conductor(unattended=True, skip_preparation=True)
    made.open()
    return made


@pytest.fixture
def loop(desk: Studio, conductor: Conductor) -> SessionLoop:
    return desk.loop(conductor)


def beating(desk: Studio, loop: SessionLoop) -> None:
    """Set the loop's beats going, without running it."""
    desk.stop.ask("not yet")
    loop.run(None)
    desk.stop.reason = None


def after(desk: Studio, loop: SessionLoop, seconds: float) -> None:
    """Let time pass, a tenth of a second at a time, with something in the inbox each time."""
    for _ in range(round(seconds * 10)):
        desk.clock.advance(0.1)
        desk.inbox.put(items.Calibrating(CalibrationProgress(0.0, "")))
        loop.turn()


def segment(path: Path, desk: Studio, content: bytes = b"moving pictures") -> items.SegmentFinished:
    path.write_bytes(content)
    done = Segment(path, desk.now(), desk.now().later(10), 9, 1920, 1080)
    return items.SegmentFinished(done)


def test_what_is_observed_goes_to_status_and_evidence(desk: Studio, loop: SessionLoop) -> None:
    loop.handle(desk.picture(2))
    desk.clock.advance(0.125)
    loop.handle(desk.picture(2))
    assert desk.status.faces(desk.now()) == 2
    assert [r.data["rule"] for r in desk.records("violation.start")] == ["multiple_faces"]


def test_what_the_candidate_does_goes_to_the_conductor(desk: Studio, loop: SessionLoop) -> None:
    loop.handle(items.FromCandidate(desk.now(), stdio.FinishExam()))
    assert desk.stop.reason == "finished by the candidate"


def test_the_photo_that_the_kiosk_held_is_taken_and_its_end_told(desk: Studio) -> None:
    loop = desk.loop(desk.conductor())
    held = stdio.HeldPhoto("the photo", "AAAA")
    loop.handle(items.FromCandidate(desk.now(), held))
    loop.handle(items.KioskGone(desk.now()))
    assert desk.asked("photo held") == [(held,), (None,)]


def test_the_wish_for_previews_goes_to_the_stages(desk: Studio, loop: SessionLoop) -> None:
    loop.handle(items.FromCandidate(desk.now(), stdio.WantPreview(True)))
    assert desk.asked("preview") == [(True,)]


def test_a_picture_can_become_the_photo(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True)
    conductor.open()
    desk.loop(conductor).handle(desk.picture(1))
    assert conductor.phase is Phase.IDENTIFIED


def test_a_calibration_goes_to_the_conductor(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True)
    conductor.open()
    loop = desk.loop(conductor)
    loop.handle(desk.picture(1))
    loop.handle(items.Calibrating(CalibrationProgress(0.3, "still")))
    assert stdio.CalibrationStep(0.3, "still") in desk.said
    loop.handle(items.CalibrationEnded(desk.now(), CALIBRATED))
    assert conductor.phase is Phase.RUNNING


def test_a_finished_segment_becomes_a_blob_and_a_record(
    desk: Studio, loop: SessionLoop, tmp_path: Path
) -> None:
    loop.handle(segment(tmp_path / "a.part", desk))
    (record,) = desk.records("segment")
    (blob,) = record.blobs
    assert (blob.sha256, blob.type) == (digest(b"moving pictures"), "video/mp4")
    assert (record.data["frames"], record.data["width"]) == (9, 1920)
    assert desk.reader.blob_path(blob.sha256) is not None


def test_a_segment_that_is_gone_is_recorded_as_not_captured(
    desk: Studio, loop: SessionLoop, tmp_path: Path
) -> None:
    item = segment(tmp_path / "a.part", desk)
    (tmp_path / "a.part").unlink()
    loop.handle(item)
    (record,) = desk.records("not_captured")
    assert record.data["what"] == "screen segment"
    assert "No such file" in record.data["reason"]
    assert record.data["frames"] == 9


def test_a_stage_that_died_of_a_bug_is_recorded_and_ends_the_run(
    desk: Studio, loop: SessionLoop
) -> None:
    with pytest.raises(StageFailed, match="vision") as caught:
        loop.handle(items.StageCrashed("vision", ZeroDivisionError("oops")))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    (record,) = desk.records("not_captured")
    assert record.data["what"] == "vision"
    assert "ZeroDivisionError('oops')" in record.data["reason"]


def test_the_session_goes_on_without_the_upload(desk: Studio, loop: SessionLoop) -> None:
    loop.handle(items.StageCrashed("upload", ZeroDivisionError("oops")))
    (record,) = desk.records("not_captured")
    assert record.data["what"] == "upload"
    assert desk.stop.reason is None


def test_a_heartbeat_is_written_and_sent_every_five_seconds(
    desk: Studio, loop: SessionLoop
) -> None:
    beating(desk, loop)
    after(desk, loop, 2 * HEARTBEAT_S + 1)
    beats = desk.records("heartbeat")
    assert len(beats) == len(desk.asked("beat")) == 2
    assert beats[0].data["pending"] == 3
    assert beats[0].data["phase"] == "running"


def test_observations_are_on_disk_after_a_second(desk: Studio, loop: SessionLoop) -> None:
    beating(desk, loop)
    loop.handle(desk.picture(1))
    after(desk, loop, FLUSH_S + 0.1)
    names = [line[1] for r in desk.records("observations") for line in r.data["events"]]
    assert "FacesSeen" in names


def test_the_kiosk_is_shown_how_things_stand_four_times_a_second(
    desk: Studio, loop: SessionLoop
) -> None:
    beating(desk, loop)
    after(desk, loop, 2)
    assert 7 <= len(desk.asked("snapshot")) <= 8


def test_a_window_that_stays_away_is_noticed_without_any_further_event(
    desk: Studio, loop: SessionLoop
) -> None:
    loop.handle(desk.event(FocusChanged(False, "notes")))
    after(desk, loop, 0.5)
    assert [r.data["rule"] for r in desk.records("violation.start")] == ["focus_lost"]


def test_a_photo_that_is_overdue_is_gone_without(desk: Studio) -> None:
    conductor = desk.conductor(unattended=True)
    conductor.open()
    loop = desk.loop(conductor)
    desk.timers.at(PHOTO, desk.now().mono_ns)
    loop.turn()
    assert conductor.phase is Phase.IDENTIFIED


def test_a_kiosk_that_is_gone_is_recorded_and_waited_for_a_while(
    desk: Studio, loop: SessionLoop
) -> None:
    loop.handle(items.KioskGone(desk.now()))
    (record,) = desk.records("source")
    assert (record.data["source"], record.data["state"]) == ("kiosk", "lost")
    after(desk, loop, KIOSK_GRACE_S - 0.5)
    assert desk.stop.reason is None
    after(desk, loop, 1)
    assert desk.stop.reason == ORPHANED_REASON


def test_a_monitor_without_a_window_gives_way_to_the_one_that_waits(
    desk: Studio, loop: SessionLoop
) -> None:
    loop.handle(items.KioskGone(desk.now()))
    after(desk, loop, 3)
    assert desk.stop.reason is None
    desk.takeover_wanted = True
    after(desk, loop, 1)
    assert desk.stop.reason == ORPHANED_REASON


def test_a_monitor_with_a_window_gives_way_to_nobody(desk: Studio, loop: SessionLoop) -> None:
    desk.takeover_wanted = True
    after(desk, loop, 3)
    assert desk.stop.reason is None


def test_the_planned_duration_counts_from_the_start_of_the_exam(
    desk: Studio, loop: SessionLoop
) -> None:
    desk.clock.advance(60)
    assert loop.run(60) == "the planned duration is over"


def test_without_an_exam_no_duration_runs(desk: Studio) -> None:
    conductor = desk.conductor()
    conductor.open()
    desk.clock.advance(1000)
    desk.inbox.put(items.FromCandidate(desk.now(), stdio.FinishExam()))
    assert desk.loop(conductor).run(1) == "finished by the candidate"


def test_a_stop_that_was_asked_for_before_is_the_end(desk: Studio, loop: SessionLoop) -> None:
    desk.stop.ask("ended by SIGTERM")
    assert loop.run(None) == "ended by SIGTERM"


def test_draining_handles_what_the_sources_left(desk: Studio, loop: SessionLoop) -> None:
    for state in (Health.LOST, Health.OK):
        desk.inbox.put(desk.event(SourceHealth(Source.CAMERA, state, "")))
    loop.drain()
    assert len(desk.records("source")) == 2
    assert desk.inbox.get(0) is None


def test_observations_that_had_to_wait_long_leave_a_gap(
    desk: Studio, loop: SessionLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = [items.LONG_WAIT_S + 0.5, items.LONG_WAIT_S]
    monkeypatch.setattr(desk.inbox, "take_longest_wait_s", lambda: waits.pop(0))
    beating(desk, loop)
    after(desk, loop, 2 * HEARTBEAT_S + 0.5)
    (gap,) = desk.records("gap")
    assert (gap.data["source"], gap.data["seconds"]) == ("monitor", 1.5)


@pytest.mark.parametrize("jump_s", [2.5, -2.5, 86_400.0, -86_400.0, 631_152_000.0, -631_152_000.0])
def test_a_clock_that_jumps_is_recorded_and_nothing_else_changes(
    desk: Studio, loop: SessionLoop, jump_s: float
) -> None:
    beating(desk, loop)
    after(desk, loop, 1)
    desk.clock.set_by(jump_s)
    after(desk, loop, HEARTBEAT_S)
    (jump,) = desk.records("clock_jump")
    assert jump.data["seconds"] == pytest.approx(jump_s, abs=0.2)
    assert len(desk.records("heartbeat")) == 1


def test_a_clock_that_is_set_by_a_little_is_not(desk: Studio, loop: SessionLoop) -> None:
    after(desk, loop, 1)
    desk.clock.set_by(1.0)
    after(desk, loop, 1)
    assert desk.records("clock_jump") == []


def test_a_suspended_computer_is_told_as_a_gap_and_not_as_a_jump(
    desk: Studio, conductor: Conductor
) -> None:
    slept_ns = 0

    def clocks() -> ClockReading:
        now = desk.now()
        return ClockReading(now, now.mono_ns - slept_ns, now.mono_ns)

    loop = desk.loop(conductor, clocks)
    after(desk, loop, 1)
    desk.clock.advance(3600)
    slept_ns = 3600 * NS_PER_S
    after(desk, loop, 1)
    (gap,) = [r for r in desk.records("gap") if "suspended" in r.data["reason"]]
    assert gap.data["seconds"] == pytest.approx(3600)
    assert desk.records("clock_jump") == []


def test_the_disk_is_looked_at_every_five_seconds(desk: Studio, loop: SessionLoop) -> None:
    beating(desk, loop)
    after(desk, loop, 11)
    assert len(desk.asked("disk")) == 2
