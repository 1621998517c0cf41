"""What durability costs, and how soon a session goes on after a crash.

The journal is a long exam's: 50,000 records over four hours, most of them observations as eight
pictures a second and a microphone make them. Everything is on the disk that the checkout is on; the
files are in the system's memory when recovery begins, as they are when a monitor died.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import digest
from proctor_desktop.core.event import Event
from proctor_desktop.core.observation import EyesSeen, Gaze, HeadPose, SoundLevel
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor.recovery import take_over, unfinished
from proctor_desktop.wire import eventlog
from tests.bench.figures import percentiles
from tests.fakes.sessions import store
from tests.playbook import faces, moment

RECORDS = 50_000
LASTS_S = 4 * 3600
TIMES = 5
COMMITS = 500
STILLS = 200
BOOT = "boot-1"
EXAM = b"an exam"
CANDIDATE: Any = {"name": "Ada", "email": "ada@example.edu"}
_TOGETHER = 500


def measure(folder: Path) -> dict[str, Any]:
    """Commits and stills first, then recovery, of a journal in order and of one that is lost."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as here:
        session = written(Path(here))
        size_mb = (session.path / FILE_NAME).stat().st_size / 1e6
        return {
            "records": RECORDS,
            "journal_mb": round(size_mb, 1),
            "commit": commits(session),
            "still": stills(session),
            "recovery": _spread([_recovered(session, Path(here), "") for _ in range(TIMES)]),
            "rebuilding": _spread([_recovered(session, Path(here), "lost") for _ in range(TIMES)]),
        }


def commits(session: SessionFolder) -> dict[str, float]:
    """Milliseconds from an urgent record to its being safe in both places, checkpoint included."""
    writer = Writer(session, BOOT)
    try:
        return _latency([_commit(writer, number) for number in range(COMMITS)])
    finally:
        writer.close()


def stills(session: SessionFolder) -> dict[str, float]:
    """Milliseconds until 200 kB are safe under their hash."""
    draw, blobs = random.Random(4), store(session)
    return _latency([_kept(blobs, draw.randbytes(200_000)) for _ in range(STILLS)])


def written(data: Path, records: int = RECORDS) -> SessionFolder:
    """A session that nobody closed."""
    session = session_folder.create(data, EXAM)
    writer = Writer(session, BOOT)
    entries = _entries(records)
    while some := list(islice(entries, _TOGETHER)):
        writer.append(*some)
    writer.close()
    return session


def _entries(records: int) -> Iterator[Entry]:
    """Mostly observations; now and then a heartbeat, now and then a violation."""
    draw = random.Random(4)
    yield Entry(moment(0), "session.open", {"candidate": CANDIDATE})
    yield Entry(moment(0), "exam.start", {})
    for number in range(records - 2):
        now = moment(number * LASTS_S / records)
        if number % 10 == 0:
            yield Entry(now, "heartbeat", {"phase": "running", "faces": 1, "pending": 3})
        elif number % 50 in (7, 8):
            turn = "start" if number % 50 == 7 else "end"
            data = {"violation": number // 50 + 1, "rule": "face_missing", "duration_s": 5.0}
            yield Entry(now, f"violation.{turn}", data, urgent=True)
        else:
            yield Entry(now, "observations", {"events": _observed(number, draw)})


def _observed(number: int, draw: random.Random) -> list[Any]:
    """What is seen and heard in 0.3 s."""
    events = []
    for frame in range(2):
        at = moment(number * LASTS_S / RECORDS + frame / 8)
        yaw, pitch = draw.uniform(-20, 20), draw.uniform(-9, 9)
        pose = HeadPose(frame, yaw, pitch, 0.0, 0.9)
        eyes = EyesSeen(frame, draw.random(), draw.random(), False)
        seen = (faces(frame, 1), pose, eyes, Gaze(frame, yaw, pitch, 0.0, 0.8))
        events += [eventlog.dump(Event(at, one)) for one in seen]
    events.append(eventlog.dump(Event(at, SoundLevel(-40.0, -50.0, False, 0.5))))
    return events


def _recovered(session: SessionFolder, here: Path, state: str) -> float:
    """Seconds until a new monitor has written that it took the session over."""
    copy = SessionFolder(Path(shutil.copytree(session.path, here / "copy" / session.session)))
    if state:
        (copy.path / FILE_NAME).write_bytes(b"no database")
    began = time.perf_counter()
    found = unfinished(copy, digest(EXAM), CANDIDATE)
    assert found is not None
    writer = Writer(copy, "boot-2", check=False)
    with Reader(copy.path, check=False) as reader, Reader(copy.path, check=False):
        take_over(found, reader, writer, store(copy), moment(LASTS_S + 9), "boot-2")
        seconds = time.perf_counter() - began
        assert reader.head().seq > RECORDS
    writer.close()
    shutil.rmtree(here / "copy")
    return seconds


def _commit(writer: Writer, number: int) -> float:
    entry = Entry(moment(LASTS_S), "warning", {"rule": "x", "text": f"{number}"}, urgent=True)
    began = time.perf_counter()
    writer.append(entry)
    return (time.perf_counter() - began) * 1000


def _kept(blobs: Any, content: bytes) -> float:
    began = time.perf_counter()
    blobs.keep(content, "image/jpeg")
    return (time.perf_counter() - began) * 1000


def _latency(values_ms: list[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    return {**percentiles(values_ms), "p99_ms": round(p99, 2)}


def _spread(values_s: list[float]) -> dict[str, float]:
    ordered = sorted(values_s)
    return {"median_s": round(ordered[len(ordered) // 2], 2), "worst_s": round(ordered[-1], 2)}
