"""The one consumer of the inbox: hands each item to whom it concerns, and keeps the beat."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from proctor_desktop.core import media_type
from proctor_desktop.core.clock_watch import Asleep, ClockJump, ClockReading, ClockWatch
from proctor_desktop.core.event import Event, Tick
from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import (
    FacesSeen,
    FocusChanged,
    Gap,
    Health,
    Source,
    SourceHealth,
)
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor.active_names import ActiveNames
from proctor_desktop.monitor.conductor import Conductor
from proctor_desktop.monitor.disk_watch import LOOK_S
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.segment_record import segment_data
from proctor_desktop.monitor.status import Status
from proctor_desktop.monitor.stop_request import StopRequest
from proctor_desktop.monitor.timers import Timers
from proctor_desktop.recording.segment import Segment
from proctor_desktop.wire.stdio import HeldPhoto, WantPreview

UPLOAD = "upload"
"""The one stage that the session goes on without."""

HEARTBEAT_S = 5.0
FLUSH_S = 1.0
SNAPSHOT_S = 0.25
KIOSK_GRACE_S = 300.0
"""How long to go on recording without an exam window, unless the candidate comes back before."""

TAKEOVER_LOOK_S = 0.5
LONGEST_WAIT_S = 0.5

WAKE, HEARTBEAT, FLUSH, SNAPSHOT = "wake", "heartbeat", "flush", "snapshot"
DISK = "disk"
PHOTO, DURATION, ORPHANED, TAKEOVER = "photo", "duration", "orphaned", "takeover"

ORPHANED_REASON = "the exam window is gone"
"""The one end that leaves the session open: the candidate may come back and go on."""


log = logging.getLogger(__name__)


class StageFailed(Exception):
    """A stage died of a bug; its exception is the cause."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """What the loop calls at its own pace.

    ``wanted`` tells whether another monitor waits to take the session over; ``photo`` takes the one
    that the kiosk held in memory, or None once the kiosk is gone; ``clocks`` reads all the clocks
    there are, where there is more than the loop's own; ``disk`` looks at how much room there is.
    """

    snapshot: Callable[[], None]
    beat: Callable[[], int]
    preview: Callable[[bool], None]
    wanted: Callable[[], bool]
    photo: Callable[[HeldPhoto | None], None]
    clocks: Callable[[], ClockReading] | None = None
    disk: Callable[[Moment], None] = lambda _: None


class SessionLoop:
    """Runs until somebody asks it to stop."""

    def __init__(
        self,
        inbox: items.Inbox,
        timers: Timers,
        evidence: Evidence,
        conductor: Conductor,
        blobs: BlobStore,
        status: Status,
        clock: Clock,
        outlets: Outlets,
        stop: StopRequest,
    ) -> None:
        self._inbox = inbox
        self._timers = timers
        self._evidence = evidence
        self._conductor = conductor
        self._blobs = blobs
        self._status = status
        self._clock = clock
        self._outlets = outlets
        self._stop = stop
        self._clock_watch = ClockWatch()
        self._programs = ActiveNames()

    def run(self, duration_s: float | None) -> str:
        """Handle items and timers; returns why it stopped.

        Raises StageFailed after recording it when a stage died of a bug.
        """
        now_ns = self._clock.now().mono_ns
        self._timers.every(HEARTBEAT, HEARTBEAT_S, now_ns)
        self._timers.every(FLUSH, FLUSH_S, now_ns)
        self._timers.every(SNAPSHOT, SNAPSHOT_S, now_ns)
        self._timers.every(DISK, LOOK_S, now_ns)
        while self._stop.reason is None:
            self.turn()
            self._watch_duration(duration_s)
        return self._stop.reason

    def turn(self) -> None:
        """Handle one item, if one comes in time, and whatever is due."""
        wait_s = self._timers.wait_s(self._clock.now().mono_ns, LONGEST_WAIT_S)
        item = self._inbox.get(wait_s)
        self._watch_clock()
        if item is not None:
            self.handle(item)
        for name in self._timers.due(self._clock.now().mono_ns):
            self._ring(name)

    def drain(self) -> None:
        """Handle what is in the inbox already, once the sources have stopped."""
        while (item := self._inbox.get(0)) is not None:
            self.handle(item)

    def handle(self, item: items.Item) -> None:
        """Hand one item to whom it concerns."""
        match item:
            case Event():
                self._observe(item)
            case items.FromCandidate(_, WantPreview(on)):
                self._outlets.preview(on)
            case items.FromCandidate(_, HeldPhoto() as held):
                self._outlets.photo(held)
            case items.FromCandidate(_, message):
                self._conductor.candidate(message)
            case items.KioskGone(moment):
                health = SourceHealth(Source.KIOSK, Health.LOST, "the exam window is gone")
                self._observe(Event(moment, health))
                self._outlets.photo(None)
                self._timers.at(ORPHANED, moment.later(KIOSK_GRACE_S).mono_ns)
                self._timers.every(TAKEOVER, TAKEOVER_LOOK_S, moment.mono_ns)
            case items.Calibrating(progress):
                self._conductor.calibrating(progress)
            case items.CalibrationEnded(moment, outcome, room_dbfs):
                self._conductor.calibrated(moment, outcome, room_dbfs)
            case items.SegmentFinished(segment):
                self._adopt(segment)
            case items.StageCrashed(stage, problem):
                self._crashed(stage, problem)

    def _observe(self, event: Event) -> None:
        self._status.take(event)
        self._evidence.observe(event)
        if isinstance(event.what, FacesSeen):
            self._conductor.faces(event.what)
        elif isinstance(event.what, FocusChanged):
            self._programs.active(event.moment, event.what.application)

    def _adopt(self, segment: Segment) -> None:
        programs = self._programs.between(segment.started, segment.ended)
        data, now = segment_data(segment, programs), self._clock.now()
        try:
            blob = self._blobs.adopt(segment.path, media_type.MP4, segment.seals)
        except NotKept as problem:
            data |= {"what": "screen segment", "reason": str(problem)}
            self._evidence.record(now, "not_captured", data)
            return
        self._evidence.record(now, "segment", data, (blob,))

    def _crashed(self, stage: str, problem: BaseException) -> None:
        data = {"what": stage, "reason": f"the {stage} stage stopped: {problem!r}"}
        self._evidence.record(self._clock.now(), "not_captured", data)
        if stage == UPLOAD:
            # Evidence comes first: it is kept here, and can be sent after the exam.
            log.error("the upload stopped", exc_info=problem)
            return
        raise StageFailed(f"the {stage} stage stopped") from problem

    def _ring(self, name: str) -> None:
        now = self._clock.now()
        match name:
            case "wake":
                self._evidence.observe(Event(now, Tick()))
            case "flush":
                self._evidence.flush()
                self._evidence.keep_clips(now)
            case "snapshot":
                self._outlets.snapshot()
            case "heartbeat":
                self._heartbeat()
            case "disk":
                self._outlets.disk(now)
            case "photo":
                self._conductor.photo_overdue()
            case "duration":
                self._stop.ask("the planned duration is over")
            case "orphaned":
                self._stop.ask(ORPHANED_REASON)
            case "takeover" if self._outlets.wanted():
                self._stop.ask(ORPHANED_REASON)

    def _watch_clock(self) -> None:
        """Record what a person did to the clock, or a lid to the computer.

        Before anything else that this turn records, so that the times behind it are explained.
        """
        for change in self._clock_watch.look(self._clocks()):
            now = self._clock.now()
            match change:
                case Asleep(seconds):
                    reason = "the computer was suspended"
                    gap = Gap(Source.MONITOR, round(seconds, 3), reason)
                    self._evidence.observe(Event(now, gap))
                case ClockJump():
                    self._evidence.record(now, "clock_jump", change.to_json())

    def _clocks(self) -> ClockReading:
        if self._outlets.clocks is not None:
            return self._outlets.clocks()
        now = self._clock.now()
        return ClockReading(now, now.mono_ns, now.mono_ns)

    def _heartbeat(self) -> None:
        now = self._clock.now()
        waited_s = self._inbox.take_longest_wait_s()
        if waited_s > items.LONG_WAIT_S:
            reason = "the computer was too busy to take in observations as they came"
            self._evidence.observe(Event(now, Gap(Source.MONITOR, round(waited_s, 3), reason)))
        pending = self._outlets.beat()
        data = self._status.heartbeat(now, self._conductor.phase, pending)
        self._evidence.record(now, "heartbeat", data, urgent=False)

    def _watch_duration(self, duration_s: float | None) -> None:
        started = self._conductor.exam_started
        if duration_s is None or started is None or self._conductor.phase is not Phase.RUNNING:
            return
        self._timers.at(DURATION, started.later(duration_s).mono_ns)
