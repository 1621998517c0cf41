"""Carrying out what the engine wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.core.disk_budget import SAVINGS, Level
from proctor_desktop.core.effect import KeepClip, KeepSound, KeepStill
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, ExamEnded, ExamStarted
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.observation import (
    FaceBox,
    FacesSeen,
    FocusChanged,
    Health,
    Source,
    SourceHealth,
)
from proctor_desktop.core.policy import MultipleFaces, Policy, Recording, Rules
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.monitor.clips import Clips, ring_s
from proctor_desktop.monitor.evidence import OVERLAY_QUALITY, Evidence
from proctor_desktop.monitor.footage import CameraFootage
from proctor_desktop.recording import still
from proctor_desktop.recording.overlay import overlaid
from proctor_desktop.recording.ring import CameraRing
from proctor_desktop.wire import eventlog, stdio
from tests.fakes.journals import chain
from tests.fakes.sessions import store
from tests.fakes.studio import Studio, studio
from tests.playbook import faces

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


def _decided(data: dict[str, Any]) -> dict[str, Any]:
    """What the engine said, without what was kept of it."""
    return {name: value for name, value in data.items() if name != "pictures"}


def seen_without_face(desk: Studio, seconds: float) -> None:
    """The same, remembering what was seen in each picture."""
    for number in range(1, round(seconds * 8) + 1):
        desk.clock.advance(0.125)
        image = np.full((480, 640, 3), 100, np.uint8)
        desk.frames.add(Frame(number, desk.now(), image), (faces(number, 0),))
        desk.evidence.observe(desk.event(faces(number, 0)))


def test_a_second_picture_shows_what_the_program_saw_in_the_first(desk: Studio) -> None:
    start(desk)
    seen_without_face(desk, 5.25)
    (record,) = desk.records("violation.start")
    untouched, overlay = record.blobs
    assert record.data["pictures"] == {"untouched": untouched.sha256, "overlay": overlay.sha256}
    plain, drawn = (
        cv2.imdecode(np.frombuffer((desk.folder.blobs / one.sha256).read_bytes(), np.uint8), 1)
        for one in record.blobs
    )
    assert np.ptp(plain) < 4
    assert np.ptp(drawn) > 100


def test_without_a_look_at_the_picture_only_the_picture_is_kept(desk: Studio) -> None:
    start(desk)
    without_face(desk, 5.25)
    (record,) = desk.records("violation.start")
    (still,) = record.blobs
    assert record.data["pictures"] == {"untouched": still.sha256}
    assert desk.records("not_captured") == []


def test_an_overlay_that_cannot_be_kept_does_not_cost_the_still(
    desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bytes] = []
    really = BlobStore.keep

    def once(self: BlobStore, content: bytes, media_type: str) -> BlobRef:
        if kept:
            raise NotKept(28, "No space left on device")
        kept.append(content)
        return really(self, content, media_type)

    monkeypatch.setattr(BlobStore, "keep", once)
    start(desk)
    seen_without_face(desk, 5.25)
    (record,) = desk.records("violation.start")
    (missing,) = desk.records("not_captured")
    assert list(record.data["pictures"]) == ["untouched"]
    assert len(record.blobs) == 1
    assert missing.data == {
        "what": "still with overlays",
        "for": 1,
        "reason": "No space left on device",
    }


def test_a_face_counts_as_still_in_the_second_picture_when_it_does_in_the_exam(
    tmp_path: Path,
) -> None:
    rules = Rules(multiple_faces=MultipleFaces(still_after_s=60.0))
    seen = FacesSeen(1, (FaceBox(0.4, 0.35, 0.2, 0.3, 0.9, still_s=40.0),))
    image = np.full((480, 640, 3), 100, np.uint8)
    with studio(tmp_path, Policy(rules=rules)) as desk:
        start(desk)
        desk.frames.add(Frame(1, desk.now(), image), (seen,))
        desk.evidence.observe(desk.event(seen))
        (record,) = desk.records("violation.start")
        content = (desk.folder.blobs / record.data["pictures"]["overlay"]).read_bytes()
    assert record.data["rule"] == "pictured_face"
    drawn = overlaid(image, [seen], 60.0, record.data["reason"])
    assert content == still.jpeg(drawn, OVERLAY_QUALITY)


def clipping(desk: Studio) -> tuple[Evidence, CameraRing]:
    """The desk's evidence, with clips."""
    ring = CameraRing(ring_s(5.0))
    crashes: list[BaseException] = []
    store_ = store(desk.folder)
    clips = Clips({Source.CAMERA: CameraFootage(ring)}, store_.keep, crashes.append)
    made = Evidence(
        desk.engine, desk.writer, store_, desk.frames, lambda *_: None, lambda _: None, clips
    )
    return made, ring


def test_a_clip_that_is_asked_for_becomes_a_record_with_its_file(desk: Studio) -> None:
    evidence, ring = clipping(desk)
    begun = desk.now()
    for number in range(24):
        image = np.full((480, 640, 3), 100, np.uint8)
        ring.add(Frame(number, begun.later(number * 0.5), image))
    evidence.carry_out([KeepClip(begun.later(6), 3, 5.0)])
    evidence.keep_clips(begun.later(11))
    assert desk.records("clip") == []
    evidence.keep_clips(begun.later(12))
    evidence.finish_clips(begun.later(13))
    (record,) = desk.records("clip")
    assert (record.data["violations"], record.data["frames"]) == ([3], 21)
    (clip,) = record.blobs
    assert clip.type == "video/mp4"
    assert (desk.folder.blobs / clip.sha256).stat().st_size == clip.size


def test_an_exam_that_asks_for_clips_gets_one_around_each_violation(tmp_path: Path) -> None:
    with studio(tmp_path, Policy(recording=Recording(clips=True))) as desk:
        evidence, ring = clipping(desk)
        evidence.observe(desk.event(ExamStarted()))
        for number in range(1, 97):
            desk.clock.advance(0.125)
            image = np.full((480, 640, 3), 100, np.uint8)
            ring.add(Frame(number, desk.now(), image))
            evidence.observe(desk.event(faces(number, 0)))
            if number % 8 == 0:
                evidence.keep_clips(desk.now())
        evidence.finish_clips(desk.now())
        (begun,) = desk.records("violation.start")
        (clip,) = desk.records("clip")
    assert clip.data["violations"] == [begun.data["violation"]]
    assert clip.data["frames"] == 81
    assert clip.data["started"] < begun.wall < clip.data["ended"]


def test_a_clip_of_nothing_is_named_as_missing(desk: Studio) -> None:
    evidence, _ = clipping(desk)
    evidence.carry_out([KeepClip(desk.now(), 3, 5.0), KeepSound(desk.now(), 3, 5.0)])
    evidence.finish_clips(desk.now())
    reasons = {r.data["source"]: r.data["reason"] for r in desk.records("not_captured")}
    assert reasons == {
        "camera": "there was no camera picture in these seconds",
        "microphone": "there is no microphone",
    }


def test_a_session_without_clips_has_nothing_to_finish(desk: Studio) -> None:
    desk.evidence.keep_clips(desk.now())
    desk.evidence.finish_clips(desk.now())
    assert desk.kinds() == []


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
    assert again == [(record.kind, _decided(record.data)) for record in kept]
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


def test_without_room_for_video_a_clip_is_told_as_missing_and_not_cut(tmp_path: Path) -> None:
    recording = Recording(clips=True)
    with studio(tmp_path / "data", Policy(recording=recording)) as desk:
        desk.evidence._clips = Clips({}, store(desk.folder).keep, lambda _: None)
        desk.evidence.save(SAVINGS[Level.NO_VIDEO])
        start(desk)
        without_face(desk, 5.25)
        (missing,) = desk.records("not_captured")
        assert (missing.data["what"], missing.data["for"]) == ("clip", 1)
        assert "nearly full" in missing.data["reason"]
        (started,) = desk.records("violation.start")
        assert len(started.blobs) == 1


def test_at_the_last_level_one_picture_of_a_violation_is_kept_and_the_other_told(
    desk: Studio,
) -> None:
    desk.evidence.save(SAVINGS[Level.LAST])
    start(desk)
    seen_without_face(desk, 5.25)
    (started,) = desk.records("violation.start")
    assert list(started.data["pictures"]) == ["untouched"]
    (missing,) = desk.records("not_captured")
    assert missing.data["what"] == "still with overlays"
    assert "the disk is full" in missing.data["reason"]


def test_with_room_again_all_is_kept_again(desk: Studio) -> None:
    desk.evidence.save(SAVINGS[Level.LAST])
    desk.evidence.save(SAVINGS[Level.AMPLE])
    start(desk)
    seen_without_face(desk, 5.25)
    (started,) = desk.records("violation.start")
    assert list(started.data["pictures"]) == ["untouched", "overlay"]
