"""The system refuses single calls that SQLite makes: strace answers them in the disk's place."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.mend import mend
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from tests.bench.not_measured import NotMeasured
from tests.chaos import refused_sitting
from tests.chaos.disk_sitting import unexplained
from tests.chaos.journal_child import Acknowledged
from tests.chaos.refused_sitting import CRASHED, ENDED, TOLD
from tests.fakes.sessions import new_session
from tests.fakes.studio import signed_exam

CALLS = ("openat", "pwrite64", "fdatasync", "fsync", "ftruncate")
ERRORS = ("ENOSPC", "EIO", "EROFS")
LASTS = {"once": "", "from then on": "+"}
LONG, SHORT = 5, 97
"""Of the six ways in which a call can be refused, one after the other, every so-manieth is tried.

Neither has a divisor in common with six, so that all of them have their turn, and with the first
each call is refused at least once.
"""

_LONGEST_S = 60
_CALL = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)


def measure(step: int = LONG) -> dict[str, Any]:
    """Refuse calls one sitting at a time; raises NotMeasured where nothing can trace."""
    context = get_context("forkserver")
    context.set_forkserver_preload([refused_sitting.__name__])
    figures: dict[str, Any] = dict.fromkeys(("sittings", "refused", ENDED, TOLD, CRASHED), 0)
    figures |= {"silent": 0, "lost": 0, "not_captured": 0, "acknowledged": 0, "step": step}
    figures["calls"] = calls = _counted(context)
    trials = [
        (call, f"error={error}:when={number}{lasts}")
        for call, many in calls.items()
        for number in range(1, many + 1)
        for error in ERRORS
        for lasts in LASTS.values()
    ]
    for call, fault in trials[::step]:
        _try(context, call, fault, figures)
    return figures


def _counted(context: ForkServerContext) -> dict[str, int]:
    """How many calls of each kind one thread makes at most when nothing is refused."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls"
        said = _held(context, Path(folder), f"trace={','.join(CALLS)}", log)[1]
        assert said == (ENDED, ""), said
        per_thread = Counter(_CALL.findall(log.read_text()))
    most = {
        call: max((n for (_, c), n in per_thread.items() if c == call), default=0) for call in CALLS
    }
    assert most["pwrite64"], "the database is written without a call that is known here"
    return most


def _try(context: ForkServerContext, call: str, fault: str, figures: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as here:
        log = Path(here) / "calls"
        folder, (how, why), known = _held(context, Path(here), f"inject={call}:{fault}", log)
        figures["sittings"] += 1
        figures["refused"] += log.read_text().count("(INJECTED)")
        figures[how] += 1
        figures["acknowledged"] += len(known.records)
        problem = why if how == CRASHED else _recovered(folder, known, how, figures)
    if problem:
        print(f"{call} {fault}, {how}: {problem}", file=sys.stderr)


def _recovered(
    folder: SessionFolder, known: Acknowledged, how: str, figures: dict[str, Any]
) -> str:
    """What is wrong when the session is taken up again on a disk that is well."""
    mend(folder.path)
    Writer(folder, "boot-2").close()
    missing = known.missing(folder)
    figures["lost"] += bool(missing)
    if missing or how == TOLD:
        return f"lost: {missing[:3]}" if missing else ""
    problem, told = unexplained(folder)
    figures["silent"] += bool(problem)
    figures["not_captured"] += told
    return problem


def _held(
    context: ForkServerContext, here: Path, what: str, log: Path
) -> tuple[SessionFolder, tuple[str, str], Acknowledged]:
    """Hold a sitting under strace: its folder, how it ended, what it said was safe."""
    folder = new_session(here / "data", signed_exam().envelope)
    talk, its_end = context.Pipe()
    child = context.Process(target=refused_sitting.sitting, args=(folder, here, its_end))
    child.start()
    its_end.close()
    known = Acknowledged()
    try:
        assert talk.recv() == "here"
        with _traced(child.pid or 0, folder.path / FILE_NAME, what, log):
            talk.send("go")
            while isinstance(said := talk.recv(), str):
                known.take(said.encode())
            child.join(_LONGEST_S)
    finally:
        child.kill()
        child.join()
        talk.close()
    return folder, said, known


@contextmanager
def _traced(pid: int, database: Path, what: str, log: Path) -> Iterator[None]:
    """Trace or refuse the calls of a process that concern the database; raises NotMeasured."""
    strace = shutil.which("strace")
    if strace is None:
        raise NotMeasured("strace is not installed")
    paths = [word for end in ("", "-wal", "-shm") for word in ("-P", f"{database}{end}")]
    tracer = subprocess.Popen(
        [strace, "-f", "-p", str(pid), *paths, "-e", what, "-o", str(log)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    try:
        for line in tracer.stderr:
            if "attached" in line:
                break
            if "Requested path" not in line:  # the files that are yet to be made
                raise NotMeasured(f"strace may not trace here ({line.strip()})")
        else:
            raise NotMeasured("strace does not trace here")
        yield
        tracer.wait(_LONGEST_S)
    finally:
        tracer.kill()
        tracer.wait()
        tracer.stderr.close()


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    calls = ", ".join(f"{n} {name}" for name, n in figures["calls"].items() if n)
    which = "each of them" if figures["step"] <= LONG else "a part of them"
    return f"""## A disk that refuses SQLite

The same sitting in a process of its own. Of its calls that concern the database, its log and its
index of the log (in the busiest thread: {calls}), {which} was answered by strace in the
disk's place, with {", ".join(ERRORS)} in turn, once or from then on to the end; where two threads
make a call of that number, both were. Then the session was taken up again on a disk that is well.

| sittings | crashed | missing without a word | acknowledged and lost | recorded as not captured \
| refused to the end, and told so |
|---|---|---|---|---|---|
| {figures["sittings"]} | {figures[CRASHED]} | {figures["silent"]} | {figures["lost"]} \
| {figures["not_captured"]} | {figures[TOLD]} |

{figures["refused"]:,} calls were refused, {figures["acknowledged"]:,} commits acknowledged.

Not shown: what SQLite keeps in memory that is shared between processes cannot be refused.
""".replace("\\\n", "")
