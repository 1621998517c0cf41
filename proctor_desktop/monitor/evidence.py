"""Carries out what the engine wants: records, stills, and the log that lets it be replayed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proctor_desktop.core import media_type
from proctor_desktop.core.chain import BlobRef, Head
from proctor_desktop.core.disk_budget import Savings
from proctor_desktop.core.effect import Effect, KeepClip, KeepSound, KeepStill, Record, WakeAt, Warn
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import (
    CameraOpened,
    FocusChanged,
    Gap,
    Source,
    SourceHealth,
)
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.journal.recover import missing_clip
from proctor_desktop.journal.writer import Entry
from proctor_desktop.monitor.clips import Clips
from proctor_desktop.monitor.patient_writer import Journal
from proctor_desktop.monitor.recent_frames import RecentFrames, SeenPicture
from proctor_desktop.recording import still
from proctor_desktop.recording.overlay import overlaid
from proctor_desktop.wire import eventlog

OVERLAY_QUALITY = 70
"""Better than the untouched still's: thin lines and small letters suffer first."""

_ALWAYS_LOGGED = (
    SourceHealth,
    Gap,
    FocusChanged,
    CameraOpened,
    Calibrated,
    ExamStarted,
    ExamEnded,
)


class Evidence:
    """Feeds one session's engine and keeps what comes out of it.

    ``warn`` tells the candidate; ``wake`` is told when the engine wants a tick. Not thread-safe:
    the session's one loop owns it. ``clips`` is None where the exam asks for none: then the engine
    does not either.
    """

    def __init__(
        self,
        engine: Engine,
        writer: Journal,
        blobs: BlobStore,
        frames: RecentFrames,
        warn: Callable[[str, str], None],
        wake: Callable[[int], None],
        clips: Clips | None = None,
    ) -> None:
        self.engine = engine
        self._writer = writer
        self._blobs = blobs
        self._frames = frames
        self._warn = warn
        self._wake = wake
        self._clips = clips
        self._log: list[list[Any]] = []
        self._logged_at: Moment | None = None
        self._running = False
        self._savings = Savings()

    def save(self, savings: Savings) -> None:
        """Leave out what the disk has no room for: each item is recorded as not captured."""
        self._savings = savings

    @property
    def running(self) -> bool:
        """Whether rules are being evaluated."""
        return self._running

    def observe(self, event: Event) -> None:
        """Let the engine see an event and do what it asks for, all in one commit.

        What the engine saw is committed with what it made of it, so that a violation never stands
        in the journal without the observations that explain it.
        """
        if isinstance(event.what, (ExamStarted, ExamEnded)):
            self._running = isinstance(event.what, ExamStarted)
        if self._running or isinstance(event.what, _ALWAYS_LOGGED):
            self._log.append(eventlog.dump(event))
            self._logged_at = event.moment
        self.carry_out(self.engine.step(event))

    def flush(self) -> None:
        """Commit the observations that have gathered."""
        entries = self._gathered()
        if entries:
            self._writer.append(*entries)

    def record(
        self,
        moment: Moment,
        kind: str,
        data: dict[str, Any],
        blobs: tuple[BlobRef, ...] = (),
        urgent: bool = True,
    ) -> Head:
        """Append a record of the session's own, behind what has been observed so far."""
        return self._writer.append(*self._gathered(), Entry(moment, kind, data, blobs, urgent))

    def record_together(self, moment: Moment, records: list[tuple[str, dict[str, Any]]]) -> Head:
        """Append several records in one commit: after a crash either all are there or none."""
        entries = [Entry(moment, kind, data, urgent=True) for kind, data in records]
        return self._writer.append(*self._gathered(), *entries)

    def keep_still(self, wanted: KeepStill) -> BlobRef:
        """Make a camera picture durable; raises NotKept when there is none or the disk refuses."""
        return self._untouched(self._frames.seen(wanted.frame))

    def keep_clips(self, now: Moment) -> None:
        """Cut the clips whose time has come, and record those that are ready.

        To be called about once a second.
        """
        if self._clips is not None:
            self._append(self._clips.due(now))

    def finish_clips(self, now: Moment) -> None:
        """Cut all clips at what there is by ``now``, wait for them and record them.

        To be called once the sources have stopped, before the session is closed or left.
        """
        if self._clips is not None:
            self._append(self._clips.finish(now))

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the engine asks for; its records are one commit."""
        entries: list[Entry] = []
        for effect in effects:
            match effect:
                case Record():
                    entries.extend(self._entries(effect))
                case KeepClip() | KeepSound() if self._clips is not None:
                    if self._savings.without_video:
                        entries.append(self._left_out(effect, self._savings.without_video))
                    else:
                        self._clips.want(effect)
                case Warn(moment, rule, text):
                    entries.append(Entry(moment, "warning", {"rule": rule, "text": text}))
                    self._warn(rule, text)
                case WakeAt(mono_ns):
                    self._wake(mono_ns)
        self._append(entries)

    def _left_out(self, effect: KeepClip | KeepSound, reason: str) -> Entry:
        source = Source.CAMERA if isinstance(effect, KeepClip) else Source.MICROPHONE
        lost = missing_clip(effect.violation, source, reason)
        return Entry(effect.moment, "not_captured", lost, urgent=True)

    def _append(self, entries: list[Entry]) -> None:
        if entries:
            self._writer.append(*self._gathered(), *entries)

    def _entries(self, effect: Record) -> list[Entry]:
        """The record with its pictures, and one more for each picture that could not be kept."""
        urgent = effect.kind != "violation.update"
        if effect.still is None:
            return [Entry(effect.moment, effect.kind, effect.data, urgent=urgent)]
        pictures, missing = self._pictures(self._frames.seen(effect.still.frame), effect.data)
        data = effect.data
        if pictures:
            data = data | {"pictures": {name: blob.sha256 for name, blob in pictures.items()}}
        blobs = tuple(pictures.values())
        lost = (Entry(effect.moment, "not_captured", one, urgent=urgent) for one in missing)
        return [Entry(effect.moment, effect.kind, data, blobs, urgent), *lost]

    def _pictures(
        self, seen: SeenPicture | None, data: Mapping[str, Any]
    ) -> tuple[dict[str, BlobRef], list[dict[str, Any]]]:
        """The pictures that were kept, by name, and what is to be said of those that were not."""
        kept: dict[str, BlobRef] = {}
        missing: list[dict[str, Any]] = []

        def keep(name: str, what: str, make: Callable[[], BlobRef]) -> None:
            try:
                kept[name] = make()
            except NotKept as problem:
                number = data["violation"]
                missing.append({"what": what, "for": number, "reason": str(problem)})

        keep("untouched", "still", lambda: self._untouched(seen))
        if seen is not None and seen.observations:
            keep("overlay", "still with overlays", lambda: self._overlay(seen, str(data["reason"])))
        return kept, missing

    def _untouched(self, seen: SeenPicture | None) -> BlobRef:
        if seen is None:
            raise NotKept(0, "there was no camera picture at that moment")
        return self._blobs.keep(still.jpeg(seen.picture.image), media_type.JPEG)

    def _overlay(self, seen: SeenPicture, words: str) -> BlobRef:
        if self._savings.without_overlays:
            raise NotKept(0, self._savings.without_overlays)
        still_after_s = self.engine.policy.rules.multiple_faces.still_after_s
        drawn = overlaid(seen.picture.image, seen.observations, still_after_s, words)
        return self._blobs.keep(still.jpeg(drawn, OVERLAY_QUALITY), media_type.JPEG)

    def _gathered(self) -> list[Entry]:
        if not self._log or self._logged_at is None:
            return []
        events, self._log = self._log, []
        return [Entry(self._logged_at, "observations", {"events": events})]
