"""A disk of two megabytes that a sitting fills up by itself, in a mount of its own.

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
from pathlib import Path
from typing import Any

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.mend import mend
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from tests.bench.not_measured import NotMeasured
from tests.chaos.disk_sitting import Saying, sit, unexplained
from tests.chaos.journal_child import Acknowledged
from tests.fakes.studio import studio

SIZE = "2m"
VIOLATIONS = 40
BALLAST_BYTES = 600_000
FREED, FULL = "freed", "full to the end"
_NOT_HERE = 77
_IN_NAMESPACE = f"""mount -t tmpfs -o size={SIZE} tmpfs "$1" || exit {_NOT_HERE}
shift; exec "$@" """


def measure() -> dict[str, Any]:
    """Fill it twice: space is freed just before the end, or never.

    Raises NotMeasured where this user may not mount.
    """
    return {ending: _filled(ending) for ending in (FREED, FULL)}


def _filled(ending: str) -> dict[str, Any]:
    unshare = shutil.which("unshare")
    if unshare is None:
        raise NotMeasured("there is no unshare (util-linux), so that no small disk can be mounted")
    namespace = ["-m"] if os.geteuid() == 0 else ["-rm"]
    with tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory() as elsewhere:
        words = [sys.executable, "-m", __name__, disk, elsewhere, ending]
        done = subprocess.run(
            [unshare, *namespace, "sh", "-c", _IN_NAMESPACE, "sh", disk, *words],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if not done.stdout and ("unshare" in done.stderr or done.returncode == _NOT_HERE):
        raise NotMeasured(f"a small disk cannot be mounted here ({done.stderr.strip()})")
    if done.returncode:
        raise AssertionError(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def fill(disk: Path, elsewhere: Path, ending: str) -> dict[str, Any]:
    """Hold a sitting on ``disk`` that needs more than there is; take it up again ``elsewhere``."""
    known, ballast = Acknowledged(), disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    least, told = [_free(disk)], ""

    def take(said: str) -> None:
        known.take(said.encode())
        least.append(_free(disk))

    def free() -> None:
        if ending == FREED:
            ballast.unlink()

    try:
        with studio(disk / "data") as desk:
            sit(desk, elsewhere, free, Saying(desk.writer, take), VIOLATIONS)
    except EnvironmentProblem as problem:
        told = str(problem)
    folder = SessionFolder(elsewhere / desk.folder.session)
    shutil.copytree(desk.folder.path, folder.path)
    mend(folder.path)
    Writer(folder, "boot-2").close()
    silent, lost = unexplained(folder, VIOLATIONS) if not told else ("", 0)
    return {
        "told": told,
        "silent": silent,
        "not_captured": lost,
        "acknowledged": len(known.records),
        "lost": known.missing(folder),
        "least_free_bytes": min(least),
    }


def _free(disk: Path) -> int:
    return shutil.disk_usage(disk).free


def failed(figures: dict[str, Any]) -> int:
    """How much was lost, or is missing without a word."""
    return sum(bool(one["silent"]) + len(one["lost"]) for one in figures.values())


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    rows = "\n".join(
        f"| {ending} | {one['least_free_bytes']:,} | {one['acknowledged']} | {len(one['lost'])} "
        f"| {one['not_captured']} | {one['silent'] or 'nothing'} "
        f"| {'with an error that says so' if one['told'] else 'in order'} |"
        for ending, one in figures.items()
    )
    return f"""## A small disk that fills up

A sitting with {VIOLATIONS} violations and two pictures of each on a real disk of {SIZE} in memory,
which it filled by itself. In one run space was freed just before the end, in the other never. What
was left was copied to a disk that is well and taken up again there.

| space | bytes free at the least | commits acknowledged | of them lost | items recorded as not \
captured | missing without a word | the program ended |
|---|---|---|---|---|---|---|
{rows}
""".replace("\\\n", "")


if __name__ == "__main__":
    print(json.dumps(fill(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
