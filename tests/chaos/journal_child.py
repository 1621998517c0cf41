"""A process that does nothing but keep evidence, as the monitor does, and says what is safe.

It is forked, so that a thousand of them take minutes: Writer, twin log and blob store are the
product's own, and so is the way in which a session that was left is taken up again.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import digest
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.blobs import hash_file
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.monitor.recovery import take_over, unfinished
from tests.fakes.journals import chain
from tests.fakes.sessions import store

EXAM = b"an exam"
BOOT = "boot-1"
CANDIDATE: Any = {"name": "Ada", "email": "ada@example.edu"}
JPEG = b"\xff\xd8\xff"


@dataclass
class Acknowledged:
    """What was said to be safe: records by their number, and blobs."""

    records: dict[int, str] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)

    def take(self, said: bytes) -> None:
        """Read what a child wrote; a line that it was killed in says nothing."""
        for line in said.split(b"\n")[:-1]:
            seq, record, *blobs = line.decode().split()
            self.records[int(seq)] = record
            self.blobs.update(blobs)

    def missing(self, folder: SessionFolder) -> list[str]:
        """What is not there, or not as it was; raises BrokenChain when the chain does not hold."""
        with Reader(folder.path) as reader:
            there = {record.seq: record.hash for record in chain(reader)}
        lost = [f"record {n}" for n, name in self.records.items() if there.get(n) != name]
        for name in sorted(self.blobs):
            path = folder.blobs / name
            if not path.is_file() or hash_file(path)[0] != name:
                lost.append(f"blob {name}")
        return lost


def work(data: Path, said: int, seed: int) -> None:
    """Take up the session in ``data`` and add to it until the process is killed."""
    clock, draw = SystemClock(), random.Random(seed)
    folder = (session_folder.existing(data) or [None])[-1] or session_folder.create(data, EXAM)
    found = unfinished(folder, digest(EXAM), CANDIDATE)
    assert found is not None, "a session without an end was taken for ended"
    writer = Writer(folder, BOOT, check=False)
    blobs = store(folder)
    with Reader(folder.path, check=False) as reader:
        take_over(found, reader, writer, blobs, clock.now(), BOOT)
    if found.left.last is None:
        writer.append(Entry(clock.now(), "session.open", {"candidate": CANDIDATE}))
    while True:
        kept = ()
        if draw.random() < 0.4:
            kept = (blobs.keep(JPEG + draw.randbytes(draw.randint(10, 60_000)), "image/jpeg"),)
        entries = [
            Entry(clock.now(), "warning", {"n": draw.random()}, kept, urgent=draw.random() < 0.3)
            for _ in range(draw.randint(1, 4))
        ]
        head = writer.append(*entries)
        names = " ".join(blob.sha256 for blob in kept)
        os.write(said, f"{head.seq} {head.hash} {names}\n".encode())
        if draw.random() < 0.1:
            writer.receipt(head.seq, b"receipt of %d" % head.seq)
