from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

_PRIVATE = """
    import ctypes
    import resource
    import sys
    from proctor_desktop.hosts.core_dumps import forbid_core_dumps

    forbid_core_dumps()
    forbid_core_dumps()
    marked = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0
    print(*resource.getrlimit(resource.RLIMIT_CORE), marked)
"""

_ABORTED = """
    import os
    import sys
    from proctor_desktop.hosts.core_dumps import forbid_core_dumps

    os.chdir(sys.argv[2])
    if sys.argv[1] == "forbidden":
        forbid_core_dumps()
    os.abort()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_neither_file_nor_collector_gets_a_dump() -> None:
    words = [sys.executable, "-c", textwrap.dedent(_PRIVATE)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["0", "0", "0"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux says whether it dumped")
def test_a_crash_leaves_no_picture_of_the_memory(tmp_path: Path) -> None:
    assert not _dumped("forbidden", tmp_path)
    if not _dumped("as it is", tmp_path):
        pytest.skip("nobody leaves a core dump on this computer")


def _dumped(how: str, folder: Path) -> bool:
    """Whether the kernel says of a process that aborts that it dumped its memory."""
    words = [sys.executable, "-c", textwrap.dedent(_ABORTED), how, str(folder)]
    words = ["/bin/sh", "-c", 'ulimit -c "$(ulimit -H -c)"; exec "$@"', "sh", *words]
    pid = os.posix_spawn(words[0], words, os.environ)
    return os.WCOREDUMP(os.waitpid(pid, 0)[1])
