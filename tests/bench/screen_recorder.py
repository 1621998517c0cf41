"""The product's own screen recording and nothing else, until stdin ends.

python -m tests.bench.screen_recorder FOLDER PUBLIC_KEY      the CPU seconds it took come out
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from proctor_desktop.core.policy import Recording
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.hosts.memory import keep_memory_compact
from proctor_desktop.recording.segmenter import Segmenter
from proctor_desktop.sources.screen import ScreenGrabber, open_screen
from proctor_desktop.wire.seal import Recipients


def main() -> None:
    """Record with the policy's own defaults, sealed."""
    keep_memory_compact()
    host, clock, policy = this_host(), SystemClock(), Recording()

    def told(*what: object) -> None:
        print(*what, file=sys.stderr)

    segmenter = Segmenter(
        Path(sys.argv[1]),
        policy.segment_s,
        policy.screen_frames_per_s,
        lambda _: None,
        clock,
        told,
        told,
        to=Recipients("a session", (sys.argv[2],)),
        limit=lambda rate: grabber.limit(rate),  # noqa: PLW0108 - it is made below
    )
    grabber = ScreenGrabber(
        policy.screen_frames_per_s,
        segmenter.put,
        clock,
        told,
        told,
        lambda: open_screen(host),
        segmenter.unchanged,
        host.open_screen_changes,
    )
    segmenter.open()
    grabber.open()
    print("ready", flush=True)
    before_s = time.process_time()
    segmenter.start()
    grabber.start()
    sys.stdin.read()
    grabber.stop()
    segmenter.stop()
    print(time.process_time() - before_s, flush=True)


if __name__ == "__main__":
    main()
