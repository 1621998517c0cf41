"""Sound from a microphone, or from a WAV file in its place, in blocks of 100 ms."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import NS_PER_S, Clock, Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.core.sound import BLOCK_S
from proctor_desktop.hosts.worker import Crashed, Worker
from proctor_desktop.sources.outage import Outage, Report
from proctor_desktop.sources.pacing import wait_s
from proctor_desktop.sources.resample import Blocks, Resampler, Samples
from proctor_desktop.sources.sound_device import OpenStream, SoundStream, open_stream
from proctor_desktop.sources.sound_file import SoundFile

Deliver = Callable[[Moment, Samples], None]

_QUEUE_PIECES = 50
_FIRST_SOUND_NS = 5 * NS_PER_S
_NEXT_SOUND_NS = 2 * NS_PER_S
_RETRY_S = 1.0
_LOOK_S = 0.5
_SKIP_REPORT_NS = 10 * NS_PER_S


class Microphone:
    """Calls ``deliver`` with the end and the 1600 ``float32`` samples (16 kHz, mono) of each block.

    ``device`` is ``"default"``, a device's number or a part of its name, or the path of a WAV file,
    which is played in real time. ``open`` raises EnvironmentProblem; after ``start``, trouble is
    reported as health, and a device that went away is opened again every second. Sound that was
    lost on the way is counted and reported every ten seconds.
    """

    def __init__(
        self,
        device: str | Path,
        deliver: Deliver,
        clock: Clock,
        report: Report,
        crashed: Crashed,
        open_device: OpenStream = open_stream,
    ) -> None:
        self._device = device
        self._deliver = deliver
        self._clock = clock
        self._open_device = open_device
        self._outage = Outage(Source.MICROPHONE, clock, report)
        self._pieces: queue.Queue[tuple[Moment, Samples]] = queue.Queue(_QUEUE_PIECES)
        self._lost_pieces = 0
        self._lost_told = 0
        self._next_skip_report_ns = 0
        self._file: SoundFile | None = None
        self._stream: SoundStream | None = None
        # PortAudio can hang in a driver; that must not keep the program from ending.
        self._worker = Worker("microphone", self._run, crashed, daemon=True)

    def open(self) -> None:
        """Open the device or file; raises EnvironmentProblem."""
        if isinstance(self._device, Path):
            self._file = SoundFile(self._device)
        else:
            self._open_stream()

    def start(self) -> None:
        """Begin to deliver what is heard from now on; ``open`` came before."""
        self._forget_pieces()
        self._lost_told = self._lost_pieces
        self._worker.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End and wait; False when the driver did not let go within ``timeout_s``."""
        stopped = self._worker.stop(timeout_s)
        if stopped:
            self._release()
        return stopped

    def _run(self, stopping: threading.Event) -> None:
        try:
            if self._file is not None:
                self._play(self._file, stopping)
            else:
                self._listen(stopping)
        finally:
            self._outage.close()
            self._release()

    def _release(self) -> None:
        self._close_stream()
        if self._file is not None:
            self._file.close()

    def _play(self, sound: SoundFile, stopping: threading.Event) -> None:
        started = self._clock.now()
        for number, block in enumerate(sound.blocks(), start=1):
            ends = started.later(number * BLOCK_S)
            if stopping.wait(wait_s(ends.mono_ns, self._clock.now().mono_ns)):
                return
            self._outage.over("sound comes in")
            self._deliver(ends, block)
        self._outage.ended("the file ended")

    def _listen(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            if self._stream is None:
                self._reopen(stopping)
            else:
                self._hear(self._stream, stopping)
                self._close_stream()

    def _hear(self, stream: SoundStream, stopping: threading.Event) -> None:
        """Deliver until the stream runs dry or the session ends."""
        blocks, resampler = Blocks(), Resampler(self._rate_hz)
        patience_ns, last_ns = _FIRST_SOUND_NS, self._clock.now().mono_ns
        while not stopping.is_set():
            try:
                moment, samples = self._pieces.get(timeout=_LOOK_S)
            except queue.Empty:
                if not stream.active:
                    self._outage.begin("the device went away")
                    return
                if self._clock.now().mono_ns - last_ns >= patience_ns:
                    self._outage.begin("the microphone gives no more sound")
                    return
                continue
            patience_ns, last_ns = _NEXT_SOUND_NS, moment.mono_ns
            self._outage.over("sound comes in")
            for block in blocks.feed(resampler.feed(samples)):
                self._deliver(moment, block)
            self._tell_losses(moment)

    def _forget_pieces(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._pieces.get_nowait()

    def _reopen(self, stopping: threading.Event) -> None:
        if stopping.wait(_RETRY_S):
            return
        try:
            self._open_stream()
        except EnvironmentProblem as problem:
            self._outage.begin(problem.why)

    def _open_stream(self) -> None:
        self._stream, self._rate_hz = self._open_device(str(self._device), self._heard)

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.abort()
            self._stream.close()
        self._stream = None
        self._forget_pieces()

    def _heard(self, samples: Any, _count: int, _time: Any, status: Any) -> None:
        """PortAudio's callback, in its own thread: copy, and be gone."""
        if status.input_overflow:
            self._lost_pieces += 1
        try:
            self._pieces.put_nowait((self._clock.now(), samples[:, 0].copy()))
        except queue.Full:
            self._lost_pieces += 1

    def _tell_losses(self, now: Moment) -> None:
        if now.mono_ns < self._next_skip_report_ns:
            return
        self._next_skip_report_ns = now.mono_ns + _SKIP_REPORT_NS
        lost = self._lost_pieces
        self._outage.skipped(lost - self._lost_told, "blocks of sound were lost on the way")
        self._lost_told = lost
