"""The npm package of MediaPipe's web build: fetched with npm, checked by its hash, unpacked.

Nothing of it is installed, and none of its scripts is run.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.bench.not_measured import NotMeasured

PACKAGE = "@mediapipe/tasks-vision@1.1.0"
INTEGRITY = (
    "sha512-ZJqh0wMKOINorfSffvDAxzyO1//c+FiG3IkzOdNDnLqvBB3DbMfj0"
    "bB/tys2SNf9S914sgoIbIpF4HTOi336cg=="
)


def unpack(folder: Path) -> None:
    """Put the package into ``folder`` as ``package``; raises NotMeasured where that cannot be."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotMeasured("no npm here (Debian, Ubuntu: apt install npm)")
    done = subprocess.run(
        [npm, "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMeasured(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
    archive = folder / done.stdout.strip().splitlines()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise NotMeasured(f"{PACKAGE} is not the package that was measured before")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
