"""Turns a stream of screen frames into segments, whatever the disk and the encoder do."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.hosts.memory import give_back_freed
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.recording.canvas import ALL_CHANGED, NO_CHANGE, Canvas, Change
from proctor_desktop.recording.codec import SCREEN, Trial, affordable, timed_s
from proctor_desktop.recording.conversion import Patches, patches
from proctor_desktop.recording.encoder import SegmentFull
from proctor_desktop.recording.intake import Intake, Report
from proctor_desktop.recording.missing import MissingFrames
from proctor_desktop.recording.pace import Pace
from proctor_desktop.recording.pause_request import PauseRequest
from proctor_desktop.recording.segment import OpenSegment, Segment, ShownFrame
from proctor_desktop.recording.segment_file import SegmentFile, Sink
from proctor_desktop.wire.seal import Recipients

ScreenFrame: TypeAlias = Frame[NDArray[np.uint8]]
"""A picture of the screen: ``uint8``, height x width x 4, in BGRA order."""

_LOOK_S = 1.0
_RETRY_S = 5.0
_OVERDUE_S = 2.0
_PROVEN_FRAMES = 2
_TRIED_PICTURES = 2
_TOO_LARGE = "a single picture is larger than a segment may be"


class Segmenter:
    """Writes ``<folder>/<uuid>.part`` files and hands each to ``finished`` when it is complete.

    A segment ends after ``segment_s`` or somewhat later (``OpenSegment.is_over``), when it is
    nearly as large as a blob may be, or when the screen changes its size. ``finished`` is called in
    the segmenter's thread; the file is then on disk and belongs to whoever is called. A full or
    broken disk is reported as health; what had been written is handed over, frames are dropped for
    five seconds, and it is tried again: each span without frames becomes one Gap. ``put`` may be
    called before ``start`` and never blocks.

    Files are sealed if there is anybody to seal them ``to``. What the first two pictures take
    decides whether AV1 is affordable here, else H.264 follows at once. ``limit`` is told a lower
    rate while encoding takes too much of the time, and None when it does no longer.
    """

    def __init__(
        self,
        folder: Path,
        segment_s: float,
        frames_per_s: float,
        finished: Callable[[Segment], None],
        clock: Clock,
        report: Report,
        crashed: Crashed,
        open_file: Callable[[Path], Sink] = SegmentFile,
        to: Recipients | None = None,
        timed: Callable[[Callable[[], None]], float] = timed_s,
        limit: Callable[[float | None], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._segment_s = segment_s
        self._frames_per_s = frames_per_s
        self._jitter_s = 0.5 / frames_per_s  # a frame due at the end may come a little early
        self._finished = finished
        self._clock = clock
        self._report = report
        self._open_file = open_file
        self._to = to or Recipients("")
        self._timed = timed
        self._codec = SCREEN
        self._trial: list[float] = []
        self._pace = Pace(frames_per_s, limit, report)
        self._canvas: Canvas | None = None
        self._pause = PauseRequest()
        self._paused = False
        self._intake: Intake[Patches | None] = Intake(frames_per_s, report)
        self._missing = MissingFrames()
        self._failure = ""
        self._retry_at: Moment | None = None
        self._segment: OpenSegment | None = None
        self._done: list[Segment] = []
        self._worker = Worker("segmenter", self._run, crashed)

    def open(self) -> None:
        """Make the folder, private to its owner; raises EnvironmentProblem."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise EnvironmentProblem(
                str(self._folder),
                f"the folder for screen video cannot be made ({problem.strerror or problem})",
                "Choose a data folder that you may write to.",
            ) from problem

    def put(self, frame: ScreenFrame, changed: Sequence[range] | None = None) -> bool:
        """Take a frame (BGRA); False when it was dropped because the encoder is behind.

        Only the rows ``changed`` since the last frame that was taken are looked at; all of them if
        it is None. They are made ready for the encoder here and copied, so the picture may change
        afterwards.
        """
        return self._intake.put(Frame(frame.number, frame.moment, patches(frame.image, changed)))

    def unchanged(self, moment: Moment) -> None:
        """Nothing on the screen has changed up to ``moment``: take that for the same picture."""
        self._intake.put(Frame(0, moment, None))

    def pause(self, reason: str) -> None:
        """End the segment and keep nothing until ``resume``; from any thread.

        The span becomes one Gap with this reason; while paused, another reason changes nothing.
        """
        self._pause.ask(reason)

    def resume(self) -> None:
        """Go on with a new segment; from any thread."""
        self._pause.ask("")

    def start(self) -> None:
        """Begin to encode; ``open`` came before."""
        self._worker.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Encode what waits, finish the segment and end; no more frames are put by now."""
        self._worker.stopping.set()
        self._intake.close()
        return self._worker.join(timeout_s)

    def _run(self, stopping: threading.Event) -> None:
        while self._next(stopping):
            continue
        self._guarded(self._finish)
        now = self._clock.now()
        self._intake.end_gap(now)
        self._end_gap(now)

    def _next(self, stopping: threading.Event) -> bool:
        """Deal with one frame, not holding on to it afterwards; False when none will come."""
        frame = self._intake.take(_LOOK_S)
        self._heed_pause()
        if frame is not None:
            self._take(frame)
        elif stopping.is_set():
            return False
        elif self._overdue():
            self._guarded(self._finish)
        return True

    def _take(self, frame: Frame[Patches | None]) -> None:
        """Paint what is new, after a segment that ends with what is there, and take the whole.

        Where nothing is new, or a picture was not taken, what is there stands for it; and what
        cannot be written now is kept for later: the screen may stand still then.
        """
        new, canvas = frame.image, self._canvas
        if new is not None:
            change = ALL_CHANGED if canvas is None else canvas.change(new)
            self._end_if_over(frame.moment, new.size_px, change)
            if canvas is None or canvas.size_px != new.size_px:
                canvas = self._canvas = Canvas(new)
            else:
                canvas.paint(new, change)
        elif canvas is not None:
            self._end_if_over(frame.moment, canvas.size_px, NO_CHANGE)
        if canvas is not None:
            self._accept(Frame(frame.number, frame.moment, canvas))

    def _end_if_over(self, moment: Moment, size_px: tuple[int, int], change: Change) -> None:
        over_s = self._segment_s - self._jitter_s
        if self._segment is not None and self._segment.is_over(moment, size_px, change, over_s):
            self._guarded(self._finish)

    def _heed_pause(self) -> None:
        reason = self._pause.reason
        now = self._clock.now()
        if reason and not self._paused:
            self._paused = True
            self._guarded(self._finish)
            self._missing.miss(now, reason, frames=0)
        elif self._paused and not reason:
            self._paused = False
            self._end_gap(now)

    def _accept(self, frame: ShownFrame) -> None:
        if self._paused:
            self._missing.miss(frame.moment, self._pause.reason, frames=0)
        elif self._retry_at is not None and frame.moment.mono_ns < self._retry_at.mono_ns:
            self._missing.miss(frame.moment, self._failure)
        else:
            took_s = self._timed(lambda: self._guarded(lambda: self._write(frame)))
            self._pace.encoded(frame.moment, took_s)
            self._try_codec(took_s)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Do what the disk may refuse, then hand over what got finished by it."""
        try:
            step()
        except OSError as problem:
            self._fail(problem)
        done, self._done = self._done, []
        for segment in done:
            self._finished(segment)

    def _write(self, frame: ShownFrame) -> None:
        if not self._add(frame):
            self._missing.miss(frame.moment, _TOO_LARGE)
        elif not self._failure:
            self._end_gap(frame.moment)
        elif self._segment is not None and self._segment.frames >= _PROVEN_FRAMES:
            self._recover(frame.moment)

    def _overdue(self) -> bool:
        """Whether neither pictures nor news that there are none have come for too long."""
        limit_s = self._segment_s + _OVERDUE_S
        return (
            self._segment is not None
            and self._clock.now().since_s(self._segment.last_seen) >= limit_s
        )

    def _try_codec(self, took_s: float) -> None:
        """Decide once, by the first segment's first two pictures, what this machine can afford."""
        if len(self._trial) == _TRIED_PICTURES or self._failure:
            return
        self._trial.append(took_s)
        if len(self._trial) < _TRIED_PICTURES:
            return
        trial = Trial(*self._trial)
        self._codec = affordable(trial, self._frames_per_s, self._segment_s)
        if self._codec is not SCREEN:
            self._guarded(self._finish)
            share = trial.share(self._frames_per_s, self._segment_s)
            told = f"AV1 would take {share:.0%} of a core here: recorded as {self._codec.name}"
            self._report(self._clock.now(), SourceHealth(Source.SCREEN, Health.OK, told))

    def _add(self, frame: ShownFrame) -> bool:
        """Add to this segment or, when it is full, to a new one; False when neither has room."""
        for _ in range(2):
            if self._segment is None:
                self._segment = OpenSegment(
                    self._folder,
                    frame,
                    self._frames_per_s,
                    self._open_file,
                    self._to,
                    self._codec,
                )
            try:
                self._segment.add(frame)
            except SegmentFull:
                self._finish()
            else:
                if self._segment.frames == 1:  # the last encoder went, the next has its memory
                    give_back_freed()
                return True
        return False

    def _finish(self) -> None:
        if self._segment is None:
            return
        if self._segment.frames:
            self._done.append(self._segment.finish())
            self._segment = None
        else:
            self._salvage()

    def _fail(self, problem: OSError) -> None:
        now = self._clock.now()
        self._retry_at = now.later(_RETRY_S)
        lost_since = self._salvage() or now
        if not self._failure:
            self._failure = _reason(problem)
            self._report(now, SourceHealth(Source.SCREEN, Health.LOST, self._failure))
        self._missing.miss(lost_since, self._failure)

    def _salvage(self) -> Moment | None:
        """Keep what the broken segment's file holds; the moment of the last picture in it."""
        segment, self._segment = self._segment, None
        kept = segment.salvage() if segment is not None else None
        if kept is None:
            return segment.started if segment is not None else None
        self._done.append(kept)
        return kept.ended

    def _recover(self, moment: Moment) -> None:
        self._failure, self._retry_at = "", None
        self._report(
            moment, SourceHealth(Source.SCREEN, Health.OK, "screen video is written again")
        )
        self._end_gap(moment)

    def _end_gap(self, moment: Moment) -> None:
        gap = self._missing.end(moment)
        if gap is not None:
            self._report(moment, gap)


def _reason(problem: OSError) -> str:
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "the disk is full"
    return f"screen video cannot be written ({problem.strerror or problem})"
