from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from proctor_desktop.hosts.memory import give_back_freed, keep_memory_compact

_HELD = """
    import sys
    import threading
    import numpy as np
    import psutil
    from proctor_desktop.hosts.memory import keep_memory_compact

    if sys.argv[1] == "compact":
        keep_memory_compact()
    kept = []

    def work(number):
        blocks = [np.ones(4_000_000, np.uint8) for _ in range(10)]
        small = [bytes(100_000) for _ in range(50)]
        kept.append(small[-1])
        del blocks, small

    before = psutil.Process().memory_info().rss
    for number in range(6):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        thread.join()
    print(psutil.Process().memory_info().rss - before)
"""


def held_bytes(how: str) -> int:
    words = [sys.executable, "-c", textwrap.dedent(_HELD), how]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's settings")
def test_what_threads_used_is_not_kept_for_ever() -> None:
    assert held_bytes("compact") < 30_000_000
    assert held_bytes("compact") <= held_bytes("as it is")


def test_it_may_be_called_more_than_once() -> None:
    keep_memory_compact()
    keep_memory_compact()
    give_back_freed()


_HOLES = """
    import psutil
    from proctor_desktop.hosts.memory import give_back_freed

    blocks = [bytearray(50_000) for _ in range(1000)]
    last = bytearray(50_000)
    del blocks
    before = psutil.Process().memory_info().rss
    give_back_freed()
    print(before - psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's settings")
def test_holes_among_what_is_in_use_are_given_back() -> None:
    words = [sys.executable, "-c", textwrap.dedent(_HOLES)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert int(done.stdout) > 30_000_000
