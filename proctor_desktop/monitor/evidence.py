"""Carries out what the engine wants: records, stills, and the log that lets it be replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proctor_desktop.core.chain import BlobRef, Head
from proctor_desktop.core.effect import Effect, KeepStill, Record, WakeAt, Warn
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FocusChanged, Gap, SourceHealth
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor.recent_frames import RecentFrames
from proctor_desktop.recording import still
from proctor_desktop.wire import eventlog

JPEG = "image/jpeg"
_ALWAYS_LOGGED = (SourceHealth, Gap, FocusChanged, Calibrated, ExamStarted, ExamEnded)


class Evidence:
    """Feeds one session's engine and keeps what comes out of it.

    ``warn`` tells the candidate; ``wake`` is told when the engine wants a tick. Not thread-safe:
    the session's one loop owns it.
    """

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        blobs: BlobStore,
        frames: RecentFrames,
        warn: Callable[[str, str], None],
        wake: Callable[[int], None],
    ) -> None:
        self.engine = engine
        self._writer = writer
        self._blobs = blobs
        self._frames = frames
        self._warn = warn
        self._wake = wake
        self._log: list[list[Any]] = []
        self._logged_at: Moment | None = None
        self._running = False

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
        self._carry_out(self.engine.step(event))

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
        frame = self._frames.find(wanted.frame)
        if frame is None:
            raise NotKept(0, "there was no camera picture at that moment")
        return self._blobs.keep(still.jpeg(frame.image), JPEG)

    def _carry_out(self, effects: list[Effect]) -> None:
        entries: list[Entry] = []
        for effect in effects:
            match effect:
                case Record():
                    entries.extend(self._entries(effect))
                case Warn(moment, rule, text):
                    entries.append(Entry(moment, "warning", {"rule": rule, "text": text}))
                    self._warn(rule, text)
                case WakeAt(mono_ns):
                    self._wake(mono_ns)
        if entries:
            self._writer.append(*self._gathered(), *entries)

    def _entries(self, effect: Record) -> list[Entry]:
        urgent = effect.kind != "violation.update"
        if effect.still is None:
            return [Entry(effect.moment, effect.kind, effect.data, urgent=urgent)]
        try:
            blob = self.keep_still(effect.still)
        except NotKept as problem:
            reason = {"what": "still", "for": effect.data["violation"], "reason": str(problem)}
            return [
                Entry(effect.moment, effect.kind, effect.data, urgent=urgent),
                Entry(effect.moment, "not_captured", reason, urgent=urgent),
            ]
        return [Entry(effect.moment, effect.kind, effect.data, (blob,), urgent)]

    def _gathered(self) -> list[Entry]:
        if not self._log or self._logged_at is None:
            return []
        events, self._log = self._log, []
        return [Entry(self._logged_at, "observations", {"events": events})]
