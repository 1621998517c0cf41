"""A journal that can be read from its first record to its last, mended first where it has to be."""

from __future__ import annotations

from pathlib import Path

from proctor_desktop.core.chain import EMPTY, BrokenChain, Head, decode, digest, follow
from proctor_desktop.core.chain import kind_at_a_glance as kind_of
from proctor_desktop.journal.database import FILE_NAME, Damaged
from proctor_desktop.journal.mend import mend, rebuild
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder, exclusive


def make_whole(folder: Path) -> None:
    """Mend the journal in ``folder``, also where only its chain does not hold.

    For whoever holds the data folder alone. Raises EnvironmentProblem when it cannot be mended.
    """
    mend(folder)
    try:
        with Reader(folder, check=False) as reader:
            _follow_all(reader)
    except BrokenChain as problem:
        rebuild(folder, str(problem))


def open_whole(data: Path, folder: SessionFolder) -> Reader:
    """The journal of a session in ``data``, which is mended only if it cannot be read as it is.

    So one that is being written can be read, too. Raises EnvironmentProblem when it would have to
    be mended, and that is not possible or another process uses the data folder.
    """
    if _can_be_read(folder.path):
        return Reader(folder.path, check=False)
    with exclusive(data):
        make_whole(folder.path)
    return Reader(folder.path, check=False)


def _can_be_read(folder: Path) -> bool:
    if not (folder / FILE_NAME).is_file():
        return False
    try:
        with Reader(folder) as reader:
            _follow_all(reader)
    except (Damaged, BrokenChain):
        return False
    return True


def _follow_all(reader: Reader) -> None:
    """Walk the chain; raises BrokenChain where it does not hold. Most records are not parsed."""
    head, session = EMPTY, ""
    for raw in reader.records():
        if session and kind_of(session, head, raw) is not None:
            head = Head(head.seq + 1, digest(raw))
            continue
        record = decode(raw)
        head, session = follow(head, record), record.session
    if head != reader.head():
        raise BrokenChain(f"record {head.seq} is not the one that was written")
