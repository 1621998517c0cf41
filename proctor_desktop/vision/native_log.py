"""Takes what native libraries write to standard error into our own log.

MediaPipe and TensorFlow Lite write to file descriptor 2 and know no switch for it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
_NATIVE = re.compile(rb"[IWEF]\d{4} |INFO: |WARNING: |ERROR: ")

logger = logging.getLogger(__name__)


@contextmanager
def native_log_routed() -> Iterator[None]:
    """While inside, lines that look like a native library's go to our log at debug level.

    All other lines, whoever wrote them, come out on standard error when the block ends, so nothing
    is lost. Python's own ``sys.stderr`` goes on writing to the real one at once. A program without
    a standard error (a windowed one) has nothing to route.
    """
    own_stderr = sys.stderr
    if own_stderr is None:
        yield
        return
    own_stderr.flush()
    real = os.dup(_STDERR)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), _STDERR)
        try:
            with os.fdopen(os.dup(real), "w", buffering=1, errors="backslashreplace") as direct:
                if own_stderr is sys.__stderr__:
                    sys.stderr = direct
                yield
        finally:
            sys.stderr = own_stderr
            os.dup2(real, _STDERR)
            caught.seek(0)
            _sort_out(caught.read(), real)
            os.close(real)


def _sort_out(written: bytes, real: int) -> None:
    for line in written.splitlines(keepends=True):
        if _NATIVE.match(line):
            logger.debug("native: %s", line.decode("utf-8", "replace").rstrip())
        else:
            os.write(real, line)
