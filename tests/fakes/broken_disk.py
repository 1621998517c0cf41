"""A disk that gives nothing back."""

from __future__ import annotations

import sqlite3
from typing import NoReturn


def refuse_to_read(*_: object) -> NoReturn:
    """What SQLite raises where reading fails."""
    problem = sqlite3.OperationalError("disk I/O error")
    problem.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise problem


class Unreadable:
    """A connection whose every query fails."""

    execute = staticmethod(refuse_to_read)

    def close(self) -> None:
        """Nothing is open."""
