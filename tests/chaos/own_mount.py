"""Runs a program on a small disk in memory, in a mount of its own.

As root the mount is made in a new mount namespace, otherwise in a user namespace as well, so that
it is gone with the process and nobody else ever sees it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from typing import Any

from tests.bench.not_measured import NotMeasured

_NOT_HERE = 77
_IN_NAMESPACE = f"""mount -t tmpfs -o size="$1" tmpfs "$2" || exit {_NOT_HERE}
shift 2; exec "$@" """


def run_on_small_disk(module: str, size: str, *words: str, timeout_s: float = 120) -> Any:
    """What ``module`` prints, as JSON, when it is given the disk, a folder elsewhere and ``words``.

    Raises NotMeasured where this user may not mount.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        raise NotMeasured("there is no unshare (util-linux), so that no small disk can be mounted")
    namespace = ["-m"] if os.geteuid() == 0 else ["-rm"]
    with tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory() as elsewhere:
        program = [sys.executable, "-m", module, disk, elsewhere, *words]
        done = subprocess.run(
            [unshare, *namespace, "sh", "-c", _IN_NAMESPACE, "sh", size, disk, *program],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    if not done.stdout and ("unshare" in done.stderr or done.returncode == _NOT_HERE):
        raise NotMeasured(f"a small disk cannot be mounted here ({done.stderr.strip()})")
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)
