"""``kill -9`` again and again: nothing that was acknowledged may be lost."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import BrokenChain
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.reader import Reader
from tests.chaos.journal_child import Acknowledged, work
from tests.fakes.footage import AWAY, HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, head_seq, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, start, wait_until

SEED = 20261121
LONG, SHORT = 1000, 50
MONITOR_LONG, MONITOR_SHORT = 40, 0
_PER_SESSION = 100
_DAMAGED_EVERY = 10
_PIECE = 1 << 20


def measure(kills: int = LONG, monitor_kills: int = MONITOR_LONG) -> dict[str, Any]:
    """Figures of both: the journal by itself, and the monitor as a candidate runs it."""
    figures = _journal(kills)
    if monitor_kills:
        figures |= _monitor(monitor_kills)
    return figures


def _journal(kills: int) -> dict[str, Any]:
    draw = random.Random(SEED)
    figures = dict.fromkeys(
        ("kills", "sessions", "records", "blobs", "lost", "broken_chains", "manual_repairs"), 0
    )
    figures["databases_destroyed"] = figures["found_at_a_restart"] = 0
    while figures["kills"] < kills:
        with tempfile.TemporaryDirectory() as data:
            many = min(_PER_SESSION, kills - figures["kills"])
            _one_session(Path(data), many, draw, figures)
    return {"journal": figures}


def _one_session(data: Path, kills: int, draw: random.Random, figures: dict[str, int]) -> None:
    known, destroyed = Acknowledged(), False
    for number in range(kills):
        known.take(_killed(data, draw))
        figures["kills"] += 1
        if not session_folder.existing(data):
            continue
        folder = session_folder.find(data)
        if number % _DAMAGED_EVERY == _DAMAGED_EVERY - 1 and known.records:
            _destroy(folder.path / FILE_NAME, draw)
            figures["databases_destroyed"] += 1
            destroyed = True
        # A start that is let live has to put it right; then all of it is looked for.
        destroyed = not _look(folder, known, figures, destroyed)
    known.take(_killed(data, draw, at_least_s=2.0))
    _look(session_folder.find(data), known, figures, destroyed=False)
    with Reader(session_folder.find(data).path) as reader:
        restarts = [record for record in chain(reader) if record.kind == "restart"]
    figures["found_at_a_restart"] += sum(int(r.data["adopted"]) for r in restarts)
    figures["sessions"] += 1
    figures["records"] += len(known.records)
    figures["blobs"] += len(known.blobs)


def _look(
    folder: session_folder.SessionFolder,
    known: Acknowledged,
    figures: dict[str, int],
    destroyed: bool,
) -> bool:
    """Look for all that was acknowledged; False while the database is as we destroyed it."""
    try:
        figures["lost"] += len(known.missing(folder))
    except BrokenChain:
        figures["broken_chains"] += 1
    except EnvironmentProblem:
        if destroyed:
            return False
        figures["manual_repairs"] += 1
    return True


def _killed(data: Path, draw: random.Random, at_least_s: float = 0.0) -> bytes:
    """Let a child work for a moment, kill it, and return what it said was safe.

    Often it has not even taken the session up when it is killed.
    """
    reading, writing = os.pipe()
    seed, after_s = draw.randrange(1 << 30), at_least_s + draw.expovariate(1 / 0.15)
    child = os.fork()
    if not child:
        os.close(reading)
        _work_and_leave(data, writing, seed)
    os.close(writing)
    said, until = b"", time.monotonic() + after_s
    os.set_blocking(reading, False)
    while time.monotonic() < until:
        said += _available(reading)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    os.set_blocking(reading, True)
    while piece := os.read(reading, _PIECE):
        said += piece
    os.close(reading)
    return said


def _work_and_leave(data: Path, writing: int, seed: int) -> None:
    """In the child: never return into what the parent was doing."""
    try:
        work(data, writing, seed)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def _available(reading: int) -> bytes:
    try:
        return os.read(reading, _PIECE)
    except BlockingIOError:
        return b""


def _destroy(path: Path, draw: random.Random) -> None:
    """Put nonsense into the database, here or there."""
    with path.open("rb+") as file:
        file.seek(draw.choice((0, 100, 4096)))
        file.write(draw.randbytes(4096))


def _monitor(kills: int) -> dict[str, Any]:
    """The command itself, on a video; what another process saw committed must stay."""
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        camera = write_footage(here / "camera.mp4", [(1.5, HERE), (1.5, AWAY)] * 20)
        sound = write_wav(here / "sound.wav", tone(220, 60, 16_000))
        institution = Institution(here)
        strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
        exam = institution.exam("http://127.0.0.1:9", rules=strict)
        data, log = here / "data", here / "monitor.log"
        words = [*monitor_words(exam, camera, sound, data), "--skip-preparation"]
        known: list[bytes] = []
        lost = 0
        for _ in range(kills):
            process = start(words, log)
            before = len(known)
            wait_until(lambda n=before: head_seq(data) > n, 60, log.read_text())
            time.sleep(draw.uniform(0.0, 1.5))
            with newest(data) as reader:
                seen = list(reader.records())
            process.send_signal(signal.SIGKILL)
            process.wait()
            with newest(data) as reader:
                chain(reader)
                kept = list(reader.records())
            lost += sum(kept[at : at + 1] != [raw] for at, raw in enumerate(seen))
            known = kept
    return {"monitor": {"kills": kills, "records": len(known), "lost": lost}}


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    journal, monitor = figures["journal"], figures.get("monitor")
    lines = [
        "## Killed without warning",
        "",
        f"A process that keeps records and stills was killed with -9 {journal['kills']:,} times, "
        f"in {journal['sessions']} sessions, at moments that are drawn: while it worked, while it "
        "took the session up again, before it had begun. It said which records and blobs were "
        f"safe: {journal['records']:,} acknowledgements and {journal['blobs']:,} blobs. After "
        f"every tenth kill the database was overwritten in part "
        f"({journal['databases_destroyed']} times), so that the next start had to write it again "
        "from the twin log.",
        "",
        "| acknowledged and lost | broken chains | manual repairs |",
        "|---|---|---|",
        f"| {journal['lost']} | {journal['broken_chains']} | {journal['manual_repairs']} |",
        "",
        f"{journal['found_at_a_restart']} stills that no record named yet were adopted by the "
        "restarts.",
    ]
    if monitor:
        lines += [
            "",
            f"The monitor's own command was killed {monitor['kills']} times while it watched a "
            f"video: of what another process had seen committed, {monitor['lost']} of "
            f"{monitor['records']} records were lost, and the chain held each time.",
        ]
    lines += [
        "",
        "Not shown: a kill does not lose what the system holds in memory; see the power cuts.",
    ]
    return "\n".join(lines) + "\n"
