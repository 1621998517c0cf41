"""Looking at a session's journal from outside the process that writes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proctor_desktop.core.chain import EMPTY, Record, decode, follow
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import existing


@contextmanager
def newest(data: Path) -> Iterator[Reader]:
    """The newest session of a data folder, open for reading."""
    with Reader(existing(data)[-1].path) as reader:
        yield reader


def head_seq(data: Path) -> int:
    """How many records the newest session has; 0 while there is none."""
    try:
        with newest(data) as reader:
            return reader.head().seq
    except (IndexError, EnvironmentProblem):
        return 0


def chain(reader: Reader) -> list[Record]:
    """All records, after checking that each follows the one before it."""
    head, records = EMPTY, []
    for raw in reader.records():
        record = decode(raw)
        head = follow(head, record)
        records.append(record)
    return records
