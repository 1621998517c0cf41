"""A disk of two megabytes that a sitting fills up by itself."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal.mend import mend
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from tests.chaos.disk_sitting import Saying, sit, unexplained
from tests.chaos.journal_child import Acknowledged
from tests.chaos.own_mount import run_on_small_disk
from tests.fakes.studio import studio

SIZE = "2m"
VIOLATIONS = 40
BALLAST_BYTES = 600_000
FREED, FULL = "freed", "full to the end"


def measure() -> dict[str, Any]:
    """Fill it twice: space is freed just before the end, or never.

    Raises NotMeasured where this user may not mount.
    """
    return {ending: _filled(ending) for ending in (FREED, FULL)}


def _filled(ending: str) -> dict[str, Any]:
    figures: dict[str, Any] = run_on_small_disk(__name__, SIZE, ending)
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
