"""A sitting whose disk fails, and what is missing of it without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proctor_desktop.core.chain import Head, Record
from proctor_desktop.core.event import Event
from proctor_desktop.core.frame import Frame
from proctor_desktop.journal import twin_log
from proctor_desktop.journal.reserve import LOG, STILL, Pieces, Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor import inbox as items
from proctor_desktop.monitor.disk_watch import DiskWatch
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.patient_writer import Journal, PatientWriter
from proctor_desktop.recording.segment import Segment
from tests.fakes.journals import chain
from tests.fakes.sessions import reading, store
from tests.fakes.studio import Studio
from tests.playbook import faces

VIOLATIONS, SEGMENTS = 3, 2
RESERVE = (Pieces(LOG, 2, 1 << 15), Pieces(STILL, 4, 1 << 14))
_PICTURES = {"still", "still with overlays"}


@dataclass
class Saying:
    """The journal's writer; what it has acknowledged is said aloud."""

    journal: Writer
    say: Callable[[str], None]

    @property
    def head(self) -> Head:
        """The end of the chain as committed."""
        return self.journal.head

    def append(self, *entries: Entry) -> Head:
        """Commit and say so."""
        before = self.journal.head.seq
        head = self.journal.append(*entries)
        blobs = " ".join(blob.sha256 for entry in entries for blob in entry.blobs)
        if head.seq > before:
            self.say(f"{head.seq} {head.hash} {blobs}\n")
        return head

    def settle(self) -> None:
        """Let readers see all of it."""
        self.journal.settle()


def sit(
    desk: Studio,
    here: Path,
    before_end: Callable[[], None] = lambda: None,
    journal: Journal | None = None,
    violations: int = VIOLATIONS,
) -> None:
    """Violations with two pictures each, two pieces of screen video, and the end."""
    patient = PatientWriter(journal or desk.writer, lambda now: watch.full(now))  # noqa: PLW0108
    reserve = Reserve(desk.folder.path, RESERVE)
    desk.evidence = Evidence(
        desk.engine,
        patient,
        store(desk.folder, reserve),
        desk.frames,
        warn=_nothing,
        wake=_nothing,
    )
    watch = DiskWatch(
        lambda: 10**12,
        reserve,
        (desk.evidence,),
        desk.evidence.record,
        _nothing,
    )
    conductor = desk.conductor(unattended=True, skip_preparation=True)
    conductor.open()
    loop = desk.loop(conductor)
    for number in range(violations):
        for count in (2, 2, 1, 1):
            loop.handle(_seen(desk, 100 * number + int(desk.now().mono_ns / 1e9), count))
            desk.clock.advance(3.0)
        if number < SEGMENTS:
            loop.handle(_finished(desk, here, number))
        desk.evidence.record(desk.now(), "heartbeat", {"n": number}, urgent=False)
        watch.look(desk.now())
    before_end()
    conductor.close("over")
    reserve.give_up()
    patient.settle()


def _nothing(*_: object) -> None:
    """Nobody sits there."""


def _seen(desk: Studio, number: int, count: int) -> Event:
    image = np.random.default_rng(number).integers(0, 256, (120, 160, 3), np.uint8)
    desk.frames.add(Frame(number, desk.now(), image), (faces(number, count),))
    return desk.event(faces(number, count))


def _finished(desk: Studio, here: Path, number: int) -> items.SegmentFinished:
    path = here / f"{number}.part"
    path.write_bytes(b"moving pictures %d" % number)
    done = Segment(path, desk.now(), desk.now().later(10), 9, 1920, 1080)
    return items.SegmentFinished(done)


def unexplained(folder: SessionFolder, violations: int = VIOLATIONS) -> tuple[str, int]:
    """What neither a record nor a ``not_captured`` tells of, after another start."""
    Writer(folder, "boot-2").close()
    with reading(folder) as reader:
        records = chain(reader)
        gone = [name for name in reader.named_blobs() if reader.blob_path(name) is None]
    lost = [record for record in records if record.kind == "not_captured"]
    starts = [record for record in records if record.kind == "violation.start"]
    segments = sum(record.kind == "segment" for record in records)
    segments += sum(record.data["what"] == "screen segment" for record in lost)
    twin = [line.content for line in twin_log.read(folder.path).lines()][: len(records)]
    faults = {
        "a named file is gone": bool(gone),
        "a violation is missing": len(starts) != violations,
        "a picture is missing": any(_pictures(one, lost) != _PICTURES for one in starts),
        "a segment is missing": segments != SEGMENTS,
        "the end is missing": records[-1].kind not in ("session.close", "journal_late"),
        "the twin differs": twin != [record.raw for record in records],
    }
    return ", ".join(what for what, is_so in faults.items() if is_so), len(lost)


def _pictures(start: Record, lost: list[Record]) -> set[str]:
    names = {"untouched": "still", "overlay": "still with overlays"}
    kept = {names[name] for name in start.data.get("pictures", {})}
    told = {one.data["what"] for one in lost if one.data.get("for") == start.data["violation"]}
    return kept | told
