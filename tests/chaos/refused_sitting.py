"""A sitting in a process of its own, whose disk is taken away from outside.

It says over a pipe what is safe, as it goes, and how it ended.
"""

from __future__ import annotations

import ctypes
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from traceback import format_exc

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.session_folder import SessionFolder
from tests.chaos.disk_sitting import Saying, sit
from tests.fakes.studio import studio

ENDED, TOLD, CRASHED = "ended", "told", "crashed"
_MAY_BE_TRACED, _BY_ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


def sitting(folder: SessionFolder, here: Path, talk: Connection) -> None:
    """Wait until somebody says go, hold the sitting, say how it ended; never raises."""
    if sys.platform == "linux":  # else only a parent may trace, and strace is none
        ctypes.CDLL(None).prctl(_MAY_BE_TRACED, _BY_ANYBODY)
    talk.send("here")
    talk.recv()
    try:
        with studio(folder.path.parent, folder=folder) as desk:
            sit(desk, here, journal=Saying(desk.writer, talk.send))
    except EnvironmentProblem as problem:
        talk.send((TOLD, str(problem)))
    except Exception:
        talk.send((CRASHED, format_exc()))
    else:
        talk.send((ENDED, ""))
