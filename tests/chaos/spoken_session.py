"""A session from its beginning to its end that says what is safe, as it goes.

It is a process of its own so that its calls to the system can be traced.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.reserve import Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry, Writer
from tests.chaos.journal_child import BOOT, CANDIDATE, EXAM, JPEG
from tests.fakes.sessions import store

SEED = 20261121


def work(data: Path, rounds: int, acknowledge: Any) -> None:
    """A session in three runs, each closed, so that the database is checkpointed in between."""
    record(session_folder.create(data, EXAM), rounds, acknowledge)


def record(
    folder: SessionFolder, rounds: int, acknowledge: Any, reserve: Reserve | None = None
) -> None:
    """What such a session records."""
    clock, draw = SystemClock(), random.Random(SEED)
    for run in range(3):
        writer, blobs = Writer(folder, BOOT), store(folder, reserve)
        if run == 0:
            writer.append(Entry(clock.now(), "session.open", {"candidate": CANDIDATE}))
        for number in range(rounds // 3):
            kept = (blobs.keep(JPEG + draw.randbytes(3000), "image/jpeg"),)[: number % 2]
            entries = [
                Entry(clock.now(), "warning", {"n": number}, kept, urgent=number % 4 == 0)
                for _ in range(1 + number % 3)
            ]
            head = writer.append(*entries)
            names = " ".join(blob.sha256 for blob in kept)
            acknowledge(f"{head.seq} {head.hash} {names}\n".encode())
        writer.close()


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]), lambda said: os.write(1, said))
