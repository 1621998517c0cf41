"""The power goes behind every single step of a session: what was acknowledged is there."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import digest
from proctor_desktop.journal import session_folder, twin_log
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.reserve import LOG, STILL, Pieces, Reserve
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor.recovery import unfinished
from tests.bench.not_measured import NotMeasured
from tests.chaos.journal_child import CANDIDATE, EXAM, Acknowledged
from tests.chaos.power_model import Step, Survives, states
from tests.chaos.recorder import recorded, traced
from tests.chaos.spoken_session import record, work
from tests.fakes.full_disk import full_disk

SEED = 20261121
LONG, SHORT = 60, 6
RESERVE = (Pieces(LOG, 12, 8192), Pieces(STILL, 80, 4096))


def measure(rounds: int = LONG, every: int = 1) -> dict[str, Any]:
    """Figures of the twin log and the blobs alone, and of all files where strace is here."""
    figures: dict[str, Any] = {
        "twin_and_blobs": _modelled(work, rounds, every),
        "full_disk": _modelled(on_full_disk, rounds, every),
    }
    try:
        figures["all_files"] = _traced(rounds, every)
    except NotMeasured as problem:
        figures["all_files"] = {"not_measured": str(problem)}
    return figures


def on_full_disk(data: Path, rounds: int, acknowledge: Any) -> None:
    """The same once the disk is full: all goes into the reserve, and most of that is used."""
    folder = session_folder.create(data, EXAM)
    reserve = Reserve(folder.path, RESERVE)
    assert reserve.take()
    with full_disk():
        record(folder, rounds, acknowledge, reserve)
    assert len(twin_log.files(folder.path)) > min(rounds // 20, 3)


def _modelled(work: Callable[..., None], rounds: int, every: int) -> dict[str, int]:
    """By what Python code does; the database, which is C, is taken for lost each time."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with recorded(data) as steps:
            work(data, rounds, lambda said: steps.append(Step("ack", "", content=said)))
        return _replayed(steps, data, every)


def _traced(rounds: int, every: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        words = ["-m", "tests.chaos.spoken_session", str(data), str(rounds)]
        steps = traced(words, data, Path(folder) / "trace.log")
        return _replayed(steps, data, every)


def _replayed(steps: list[Step], data: Path, every: int) -> dict[str, int]:
    """Put back what each cut leaves, start as a monitor does, and look for what was promised."""
    draw = random.Random(SEED)
    promised = _promised(steps)
    figures = {"steps": len(steps), "states": 0, "lost": 0, "broken": 0, "acknowledged": 0}
    figures["acknowledged"] = len(promised[-1].records)
    for number, survives, files in states(steps, draw, every):
        figures["states"] += 1
        with _restored(files, data) as there:
            problem = _problem(there, promised[number], survives)
        if problem:
            print(f"step {number} ({steps[number].what}), {survives}: {problem}", file=sys.stderr)
            figures[problem.split(":")[0]] += 1
    return figures


def _promised(steps: list[Step]) -> list[Acknowledged]:
    """What had been acknowledged by each step."""
    promised, now = [], Acknowledged()
    for step in steps:
        if step.what == "ack":
            now = Acknowledged(dict(now.records), set(now.blobs))
            now.take(step.content)
        promised.append(now)
    return promised


@contextmanager
def _restored(files: dict[str, bytes], data: Path) -> Iterator[Path]:
    here = Path(tempfile.mkdtemp(dir=_in_memory()))
    try:
        for path, content in files.items():
            target = here / Path(path).relative_to(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        for session in here.iterdir():
            for name in ("blobs", "incoming", "segments"):
                if session.is_dir():
                    (session / name).mkdir(exist_ok=True)
        yield here
    finally:
        shutil.rmtree(here)


def _in_memory() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


def _problem(data: Path, promised: Acknowledged, survives: Survives) -> str:
    found = session_folder.existing(data)
    if not found:
        return "lost: there is no session" if promised.records else ""
    if not promised.records and not (found[0].path / FILE_NAME).exists():
        return ""  # nothing was promised, and nothing but a new session's name is there
    try:
        assert unfinished(found[0], digest(EXAM), CANDIDATE) is not None
        Writer(found[0], "boot-2").close()
        missing = promised.missing(SessionFolder(found[0].path))
    except Exception as bug:
        return f"broken: {bug!r}"
    return f"lost: {missing[:3]}" if missing else ""


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    lines = [
        "## Power cuts",
        "",
        "Every write, sync, rename and removal of a session was written down, and the power was "
        "cut behind each of them. Content counts once its file was synced, a name once its folder "
        "was; of what was not synced nothing, all, or a random part with a torn end was left. Each "
        "state was started as a monitor starts, and searched for all that had been acknowledged "
        "by then.",
        "",
        "| files | steps | states | acknowledgements | lost | not usable |",
        "|---|---|---|---|---|---|",
    ]
    for name, words in (
        ("all_files", "database, twin log and blobs (strace)"),
        ("twin_and_blobs", "twin log and blobs, the database always gone"),
        ("full_disk", "the same in the reserve of a full disk"),
    ):
        part = figures[name]
        if "not_measured" in part:
            lines.append(f"| {words} | not measured: {part['not_measured']} | | | | |")
            continue
        cells = [part[key] for key in ("steps", "states", "acknowledged", "lost", "broken")]
        lines.append(f"| {words} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    lines += [
        "",
        "Not shown: a disk that claims to have synced what it has not; the order in which one "
        "write's sectors arrive is only tried as a torn end.",
    ]
    return "\n".join(lines) + "\n"
