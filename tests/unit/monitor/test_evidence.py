"""Carrying out what the engine wants."""

from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.core.effect import KeepStill
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, ExamEnded, ExamStarted
from proctor_desktop.core.observation import FocusChanged, Health, Source, SourceHealth
from proctor_desktop.core.policy import Policy
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.wire import eventlog, stdio
from tests.fakes.journals import chain
from tests.fakes.studio import Studio

JPEG = b"\xff\xd8\xff"


def start(desk: Studio) -> None:
    """Begin the exam, calibrated."""
    desk.evidence.observe(desk.event(Calibrated(0.5)))
    desk.evidence.observe(desk.event(ExamStarted()))


def without_face(desk: Studio, seconds: float) -> None:
    """Let time pass with nobody in the picture."""
    for _ in range(round(seconds * 8)):
        desk.clock.advance(0.125)
        desk.evidence.observe(desk.picture(0))


def test_a_violation_carries_the_picture_that_decided(desk: Studio) -> None:
    start(desk)
    without_face(desk, 5.25)
    (record,) = desk.records("violation.start")
    (still,) = record.blobs
    content = (desk.folder.blobs / still.sha256).read_bytes()
    assert still.type == "image/jpeg"
    assert content.startswith(JPEG)
    assert (digest(content), len(content)) == (still.sha256, still.size)


def test_the_candidate_is_told_and_that_is_recorded(desk: Studio) -> None:
    start(desk)
    without_face(desk, 5.25)
    assert desk.said == [stdio.Toast("face_missing", "We can't see your face.")]
    (warning,) = desk.records("warning")
    assert warning.data == {"rule": "face_missing", "text": "We can't see your face."}


def test_what_was_seen_is_committed_with_what_was_made_of_it(desk: Studio) -> None:
    start(desk)
    without_face(desk, 5.25)
    assert desk.kinds() == ["observations", "violation.start", "warning"]
    seen, begun, warned = desk.records()
    times = desk.reader.committed_ns()
    assert begun.seq == seen.seq + 1 == warned.seq - 1
    assert times[warned.seq] - times[seen.seq] < 10**9


def test_the_log_of_what_was_seen_gives_the_same_violations_again(desk: Studio) -> None:
    start(desk)
    desk.evidence.observe(desk.event(FocusChanged(False, "notes")))
    without_face(desk, 9)
    desk.evidence.observe(desk.event(ExamEnded()))
    desk.evidence.flush()
    engine, again = Engine(Policy()), []
    for record in desk.records("observations"):
        for line in record.data["events"]:
            again += [
                (effect.kind, effect.data)
                for effect in engine.step(eventlog.load(line))
                if hasattr(effect, "kind")
            ]
    kept = desk.records("violation.start", "violation.update", "violation.end")
    assert again == [(record.kind, record.data) for record in kept]
    assert len(again) >= 5


def test_before_the_exam_only_what_bears_on_it_is_logged(desk: Studio) -> None:
    desk.evidence.observe(desk.picture(1))
    desk.evidence.observe(desk.event(FocusChanged(True, "kiosk")))
    desk.evidence.observe(desk.event(Calibrated(0.5)))
    desk.evidence.flush()
    (log,) = desk.records("observations")
    assert [line[1] for line in log.data["events"]] == ["FocusChanged", "Calibrated"]


def test_nothing_new_needs_no_record(desk: Studio) -> None:
    desk.evidence.flush()
    start(desk)
    desk.evidence.flush()
    desk.evidence.flush()
    assert desk.kinds() == ["observations"]


def test_rules_are_evaluated_from_the_start_to_the_end_of_the_exam(desk: Studio) -> None:
    assert not desk.evidence.running
    start(desk)
    assert desk.evidence.running
    desk.evidence.observe(desk.event(ExamEnded()))
    assert not desk.evidence.running


def test_a_record_of_its_own_stands_behind_what_was_seen_before_it(desk: Studio) -> None:
    start(desk)
    head = desk.evidence.record(desk.now(), "heartbeat", {"n": 1})
    assert desk.kinds() == ["observations", "heartbeat"]
    assert head == desk.reader.head()


def test_several_records_are_one_commit(desk: Studio) -> None:
    with pytest.raises(ValueError, match="JSON"):
        desk.evidence.record_together(
            desk.now(), [("session.open", {}), ("policy", {"n": float("nan")})]
        )
    assert desk.kinds() == []
    desk.evidence.record_together(desk.now(), [("session.open", {}), ("policy", {})])
    assert desk.kinds() == ["session.open", "policy"]


def test_records_that_belong_together_stand_behind_what_was_seen_before_them(desk: Studio) -> None:
    start(desk)
    desk.evidence.record_together(desk.now(), [("x", {}), ("y", {})])
    assert desk.kinds() == ["observations", "x", "y"]


def test_starts_are_signed_at_once_updates_are_not(desk: Studio) -> None:
    start(desk)
    without_face(desk, 8)
    signed = {seq for seq, _ in desk.reader.checkpoints()}
    last = {record.kind: record.seq for record in desk.records()}
    begun = next(r.seq for r in desk.records("warning"))
    assert begun in signed
    assert last["violation.update"] not in signed


def test_without_a_picture_the_violation_is_recorded_all_the_same(desk: Studio) -> None:
    start(desk)
    without_face(desk, 5)
    desk.frames.clear()
    desk.clock.advance(0.125)
    event = desk.picture(0)
    desk.frames.clear()
    desk.evidence.observe(event)
    (begun,) = desk.records("violation.start")
    (missing,) = desk.records("not_captured")
    assert begun.blobs == ()
    assert missing.data == {
        "what": "still",
        "for": 1,
        "reason": "there was no camera picture at that moment",
    }


def test_a_picture_that_the_disk_refuses_is_named_as_missing(
    desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotKept(28, "No space left on device")

    monkeypatch.setattr(BlobStore, "keep", refuse)
    start(desk)
    without_face(desk, 5.25)
    (missing,) = desk.records("not_captured")
    assert missing.data["reason"] == "No space left on device"
    assert len(desk.records("violation.start")) == 1


def test_a_still_can_be_kept_for_itself(desk: Studio) -> None:
    with pytest.raises(NotKept, match="no camera picture"):
        desk.evidence.keep_still(KeepStill(None))
    desk.picture()
    kept = desk.evidence.keep_still(KeepStill(None))
    assert (desk.folder.blobs / kept.sha256).is_file()


def test_a_source_that_is_lost_and_found_leaves_its_records(desk: Studio) -> None:
    desk.evidence.observe(desk.event(SourceHealth(Source.CAMERA, Health.LOST, "unplugged")))
    desk.clock.advance(4)
    desk.evidence.observe(desk.event(SourceHealth(Source.CAMERA, Health.OK, "")))
    assert [k for k in desk.kinds() if k != "observations"] == ["source", "source", "gap"]


def test_the_engine_is_woken_when_it_asked_for_it(desk: Studio) -> None:
    start(desk)
    desk.evidence.observe(desk.event(FocusChanged(False, "notes")))
    desk.clock.advance(0.3)
    assert desk.timers.due(desk.now().mono_ns) == ["wake"]


def test_the_journal_is_whole_after_all_of_it(desk: Studio, tmp_path: Path) -> None:
    start(desk)
    without_face(desk, 12)
    desk.evidence.observe(desk.event(ExamEnded()))
    desk.evidence.flush()
    assert len(chain(desk.reader)) == desk.reader.head().seq
