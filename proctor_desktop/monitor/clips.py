"""Clips around violations: what half of has yet to happen when they are asked for.

A clip waits until its last second has passed, is then cut out of the ring that holds the last
pictures or sound, is encoded and made durable in a thread of its own, and becomes a record.
Violations that follow each other closely share one clip, so that a restless quarter of an hour
costs no more than it lasts.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.core.effect import KeepClip, KeepSound
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.journal.blobs import NotKept
from proctor_desktop.journal.recover import CLIP, missing_clip
from proctor_desktop.journal.writer import Entry

LAG_S = 0.5
"""How long the last picture of a clip may take to reach the ring."""

WAITING_AT_MOST = 8
"""Clips that may wait for the encoder: a computer that is slower than that must be left alone."""

FINISH_WITHIN_S = 20.0

_TOO_BUSY = "the computer was too busy to encode it"
_NOT_READY = "it was not ready when the session ended"
_OFF = {
    Source.CAMERA: "the camera's pictures are not held for clips",
    Source.MICROPHONE: "there is no microphone",
}


def ring_s(seconds_each_way: float) -> float:
    """How many seconds a ring must hold so that every clip finds its first one there."""
    return 3 * seconds_each_way + 2 * LAG_S + 3


@dataclass(frozen=True, slots=True)
class Made:
    """A clip that is ready to be kept: a whole file, and what its record says about it."""

    content: bytes
    media_type: str
    data: Mapping[str, Any]


class NotMade(Exception):
    """No clip can be made of a span; says why."""


class Footage(Protocol):
    """Something that holds the last seconds of a source."""

    def take(self, start: Moment, end: Moment) -> Callable[[], Made]:
        """Hold on to this span at once; what is returned makes the clip, in any thread.

        It raises NotMade when there is nothing to make it of.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A clip that is asked for, and the violations it is for."""

    source: Source
    violations: tuple[int, ...]
    start: Moment
    end: Moment
    joins_until: Moment


@dataclass(frozen=True, slots=True)
class _Job:
    wanted: _Wanted
    make: Callable[[], Made]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A record to be."""

    kind: str
    data: dict[str, Any]
    blobs: tuple[BlobRef, ...] = ()


class Clips:
    """The clips of one session, from the engine's wish to the entry for the journal.

    ``keep`` makes a file durable (``BlobStore.keep``); it is called in the clips' own thread, which
    only lives while there is something to encode. All methods belong to the session's loop.
    """

    def __init__(
        self,
        footage: Mapping[Source, Footage],
        keep: Callable[[bytes, str], BlobRef],
        crashed: Crashed,
    ) -> None:
        self._footage = footage
        self._keep = keep
        self._crashed = crashed
        self._wanted: list[_Wanted] = []
        self._outcomes: deque[_Outcome] = deque()
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._in_hand: _Job | None = None
        self._worker: Worker | None = None

    def want(self, effect: KeepClip | KeepSound) -> None:
        """Remember what the engine wants; nothing is done before its time has come."""
        source = Source.CAMERA if isinstance(effect, KeepClip) else Source.MICROPHONE
        end = effect.moment.later(effect.seconds_each_way)
        for at, other in enumerate(self._wanted):
            if other.source is source and effect.moment.mono_ns <= other.joins_until.mono_ns:
                together = (*other.violations, effect.violation)
                self._wanted[at] = replace(other, violations=together, end=end)
                return
        start = effect.moment.later(-effect.seconds_each_way)
        self._wanted.append(_Wanted(source, (effect.violation,), start, end, joins_until=end))

    def due(self, now: Moment) -> list[Entry]:
        """Cut what is over by ``now``; the entries of what has been made since the last call.

        To be called about once a second.
        """
        over_ns = now.later(-LAG_S).mono_ns
        over = [wanted for wanted in self._wanted if wanted.end.mono_ns <= over_ns]
        self._wanted = [wanted for wanted in self._wanted if wanted.end.mono_ns > over_ns]
        for wanted in over:
            self._cut(wanted)
        return self._entries(now)

    def finish(self, now: Moment, timeout_s: float = FINISH_WITHIN_S) -> list[Entry]:
        """Cut everything at what there is by ``now``, wait for it, and give the last entries.

        What is not ready in time is among them as not captured.
        """
        wanted, self._wanted = self._wanted, []
        for one in wanted:
            self._cut(one)
        worker = self._worker
        if worker is not None:
            worker.join(timeout_s)
        for job in self._left_over():
            self._fail(job.wanted, _NOT_READY)
        return self._entries(now)

    def _cut(self, wanted: _Wanted) -> None:
        footage = self._footage.get(wanted.source)
        if footage is None:
            self._fail(wanted, _OFF[wanted.source])
        elif not self._start(_Job(wanted, footage.take(wanted.start, wanted.end))):
            self._fail(wanted, _TOO_BUSY)

    def _start(self, job: _Job) -> bool:
        """Let the clip be made as soon as those before it are; False when too many wait."""
        with self._lock:
            if len(self._waiting) >= WAITING_AT_MOST:
                return False
            self._waiting.append(job)
            if self._worker is None:
                self._worker = Worker("clips", self._work, self._crashed)
                self._worker.start()
        return True

    def _work(self, _stopping: threading.Event) -> None:
        while (job := self._next()) is not None:
            try:
                made = job.make()
                blob = self._keep(made.content, made.media_type)
            except (NotMade, NotKept) as problem:
                self._fail(job.wanted, str(problem))
            else:
                self._outcomes.append(_Outcome(CLIP, _data(job.wanted, made), (blob,)))

    def _next(self) -> _Job | None:
        with self._lock:
            self._in_hand = self._waiting.popleft() if self._waiting else None
            if self._in_hand is None:
                self._worker = None
            return self._in_hand

    def _left_over(self) -> list[_Job]:
        """What will not be made any more; nothing unless the encoder hangs or died of a bug."""
        with self._lock:
            left = [*([self._in_hand] if self._in_hand else []), *self._waiting]
            self._waiting.clear()
            return left

    def _fail(self, wanted: _Wanted, reason: str) -> None:
        for number in wanted.violations:
            self._outcomes.append(
                _Outcome("not_captured", missing_clip(number, wanted.source, reason))
            )

    def _entries(self, now: Moment) -> list[Entry]:
        made: list[_Outcome] = []
        while self._outcomes:
            made.append(self._outcomes.popleft())
        return list(_as_entries(now, made))


def _data(wanted: _Wanted, made: Made) -> dict[str, Any]:
    return {
        "violations": list(wanted.violations),
        "source": wanted.source.value,
        **made.data,
    }


def _as_entries(now: Moment, outcomes: Iterable[_Outcome]) -> Iterable[Entry]:
    for one in outcomes:
        yield Entry(now, one.kind, one.data, one.blobs, urgent=True)
