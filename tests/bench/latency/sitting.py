"""One sitting: the real monitor before a film and a soundtrack, and what its journal then says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proctor_desktop.core.chain import Record
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.observation import (
    CameraOpened,
    FacesSeen,
    Health,
    SoundSignal,
    Source,
    SourceHealth,
)
from proctor_desktop.wire import eventlog
from tests.bench.not_measured import NotMeasured
from tests.fakes.journals import chain, newest
from tests.fakes.program import monitor_words, start, stop

_SPARE_S = 60.0


@dataclass(frozen=True)
class Sitting:
    """What the journal of a sitting holds.

    ``film_ns`` and ``sound_ns`` are the moments at which film and soundtrack began, ``exam_ns``
    the one from which on rules were evaluated. ``capture_ms`` is, for each picture that was
    analysed, how long after its time in the film it was taken and decoded.
    """

    starts: tuple[Record, ...]
    committed_ns: dict[int, int]
    film_ns: int
    sound_ns: int
    exam_ns: int
    capture_ms: tuple[float, ...]


def sit(exam: Path, film: Path, sound: Path, folder: Path, seconds: float) -> Sitting:
    """Play a film of so many seconds to the end; raises NotMeasured when nothing came of it."""
    folder.mkdir()
    data, log = folder / "data", folder / "log"
    process = start(monitor_words(exam, film, sound, data), log)
    try:
        process.wait(seconds + _SPARE_S)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"the sitting did not end: {log.read_text()[-300:]}") from None
    finally:
        stop(process)
    with newest(data) as reader:
        records, committed = chain(reader), reader.committed_ns()
    calibration = next((r.data for r in records if r.kind == "calibration"), {"outcome": "none"})
    if calibration["outcome"] != "done":
        raise NotMeasured(f"the candidate was not calibrated: {calibration}")
    return _read(records, committed)


def _read(records: list[Record], committed_ns: dict[int, int]) -> Sitting:
    events = list(_events(records))
    film_ns = next(e.moment.mono_ns for e in events if isinstance(e.what, CameraOpened))
    return Sitting(
        tuple(record for record in records if record.kind == "violation.start"),
        committed_ns,
        film_ns,
        _sound_began_ns(events),
        next(record.mono_ns for record in records if record.kind == "exam.start"),
        tuple(_capture_ms(events, film_ns)),
    )


def _events(records: list[Record]) -> Iterator[Event]:
    for record in records:
        if record.kind == "observations":
            lines: list[list[Any]] = record.data["events"]
            yield from map(eventlog.load, lines)


def _sound_began_ns(events: list[Event]) -> int:
    """When the file's first sample was played: each report is so many half seconds after it."""
    told_ns = next(
        event.moment.mono_ns
        for event in events
        if isinstance(event.what, SourceHealth)
        and event.what.source is Source.MICROPHONE
        and event.what.state is Health.OK
    )
    first = next(event for event in events if isinstance(event.what, SoundSignal))
    assert isinstance(first.what, SoundSignal)
    span_ns = round(first.what.span_s * NS_PER_S)
    return first.moment.mono_ns - round((first.moment.mono_ns - told_ns) / span_ns) * span_ns


def _capture_ms(events: list[Event], film_ns: int) -> Iterator[float]:
    every_ms = 1000 / FRAMES_PER_S
    for event in events:
        if isinstance(event.what, FacesSeen):
            yield float(np.mod((event.moment.mono_ns - film_ns) / 1e6, every_ms))
