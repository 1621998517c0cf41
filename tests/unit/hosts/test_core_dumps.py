from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

_LIMIT = """
    import resource
    from proctor_desktop.hosts.core_dumps import forbid_core_dumps

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    forbid_core_dumps()
    forbid_core_dumps()
    print(*resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_process_that_crashes_leaves_no_core_dump() -> None:
    words = [sys.executable, "-c", textwrap.dedent(_LIMIT)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["0", "0"]
