"""Another program eats every free byte of the disk, and then the monitor is killed.

The monitor's own command, on a video, on a disk of its own; the other program takes whatever is
freed within milliseconds. What the monitor had recorded by then must be there when there is space
again, and what it says of the time in between must be true.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import Record, decode
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.journal import twin_log
from proctor_desktop.journal.session_folder import find
from tests.chaos.own_mount import run_on_small_disk
from tests.fakes.footage import AWAY, HERE, candidate, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, head_seq, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, start, wait_until

SIZE = "200m"
LONG, SHORT = (25.0, 5.0, 60.0, 12.5, 40.0, 1.0, 25.0), (12.0,)
"""For how many seconds the disk is full before each kill."""

STARTS_WITHIN_S = 120.0
AGE_S = 3.0
"""Observations are written once a second; the rest is for a machine that has other work."""

_AGAIN_S = 4.0
_EATER = 'while :; do cat /dev/zero >> "$0" 2>/dev/null; sleep 0.005; done'


def measure(full_s: tuple[float, ...] = LONG) -> dict[str, Any]:
    """A session for each time. Raises NotMeasured where this user may not mount."""
    candidate()  # says here, not in another process, when weights are missing
    runs = [
        run_on_small_disk(__name__, SIZE, str(seconds), timeout_s=seconds + 3 * STARTS_WITHIN_S)
        for seconds in full_s
    ]
    return {"runs": runs}


def eat(disk: Path, elsewhere: Path, full_s: float) -> dict[str, Any]:
    """One session: begun, the disk eaten, killed, the disk freed, taken up again."""
    words, log = _words(disk, elsewhere), elsewhere / "monitor.log"
    process = start(words, log)
    with _ending(process):
        wait_until(lambda: head_seq(disk / "d") > 3, STARTS_WITHIN_S, "no records")
        time.sleep(2.0)
        before = len(_twin(disk))
        with _eaten(disk):
            time.sleep(full_s)
            least = shutil.disk_usage(disk).free
            known = _twin(disk)
            killed_ns = time.monotonic_ns()
            process.send_signal(signal.SIGKILL)
            process.wait()
            known = max(known, _twin(disk), key=len)
    began_ns = time.monotonic_ns()
    again = start(words, log)
    with _ending(again):
        wait_until(lambda: head_seq(disk / "d") > len(known) + 2, STARTS_WITHIN_S, log.read_text())
        time.sleep(_AGAIN_S)
    return _judged(disk, known, before, killed_ns, began_ns) | {
        "full_s": full_s,
        "free_bytes": least,
    }


def _judged(
    disk: Path, known: list[bytes], before: int, killed_ns: int, began_ns: int
) -> dict[str, Any]:
    with newest(disk / "d") as reader:
        records = chain(reader)
        gone = [name for name in reader.named_blobs() if reader.blob_path(name) is None]
    told = [record for record in records if record.kind == "gap"][-1]
    last = decode(known[-1])
    eaten = records[before : len(known)]
    return {
        "records": len(known),
        "on_full_disk": len(eaten),
        "stills_on_full_disk": sum(len(record.blobs) for record in eaten),
        "not_captured": sum(record.kind == "not_captured" for record in eaten),
        "lost": sum(records[at].raw != raw for at, raw in enumerate(known)),
        "files_gone": len(gone),
        "last_record_age_s": round((killed_ns - last.mono_ns) / NS_PER_S, 2),
        "longest_silence_s": round(_longest_silence_s(eaten), 2),
        "gap_told_s": told.data["seconds"],
        "gap_is_true": _is_true(told, last, killed_ns, began_ns),
    }


def _is_true(told: Record, last: Record, killed_ns: int, began_ns: int) -> bool:
    """It reaches from the last record to the restart, and does not say that nobody looked."""
    seconds = float(told.data["seconds"])
    since_last_s = (told.mono_ns - last.mono_ns) / NS_PER_S
    was_down_s = (began_ns - killed_ns) / NS_PER_S
    words = str(told.data["reason"])
    return (
        abs(seconds - since_last_s) < 1.0
        and seconds > was_down_s
        and words.startswith("nothing is on record")
    )


def _longest_silence_s(records: list[Record]) -> float:
    times = [record.mono_ns for record in records]
    return max((b - a for a, b in pairwise(times)), default=0) / NS_PER_S


def _twin(disk: Path) -> list[bytes]:
    """What another process sees in the twin log; a new file may just be on its way."""
    with suppress(FileNotFoundError):
        twin = twin_log.read(find(disk / "d").path)
        return [line.content for line in twin.lines() if line.kind is twin_log.Kind.RECORD]
    return []


def _words(disk: Path, elsewhere: Path) -> list[str]:
    camera = write_footage(elsewhere / "camera.mp4", [(1.5, HERE), (2.5, AWAY)] * 20)
    sound = write_wav(elsewhere / "sound.wav", tone(220, 60, 16_000))
    strict = {"face_missing": {"after_s": 0.0, "cooldown_s": 0.0}}
    exam = Institution(elsewhere).exam("http://127.0.0.1:9", rules=strict)
    return [*monitor_words(exam, camera, sound, disk / "d"), "--skip-preparation"]


@contextmanager
def _eaten(disk: Path) -> Iterator[None]:
    """Not a byte is free, whatever is freed; afterwards all of it is."""
    fill = disk / "fill"
    eater = subprocess.Popen(["/bin/sh", "-c", _EATER, str(fill)])
    try:
        wait_until(lambda: shutil.disk_usage(disk).free == 0, 30, "the disk does not fill up")
        yield
    finally:
        eater.kill()
        eater.wait()
        time.sleep(0.2)  # its last cat
        fill.unlink()


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


def failed(figures: dict[str, Any]) -> int:
    """How much was lost, came too late, or was told untruly."""
    return sum(
        one["lost"]
        + one["files_gone"]
        + (one["last_record_age_s"] > AGE_S)
        + (not one["gap_is_true"])
        for one in figures["runs"]
    )


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    rows = "\n".join(
        f"| {one['full_s']:g} s | {one['free_bytes']:,} | {one['on_full_disk']} "
        f"| {one['stills_on_full_disk']} | {one['not_captured']} | {one['lost']} "
        f"| {one['last_record_age_s']} s | {one['longest_silence_s']} s "
        f"| {one['gap_told_s']:.1f} s, {'true' if one['gap_is_true'] else 'UNTRUE'} |"
        for one in figures["runs"]
    )
    return f"""## A disk that another program eats

The monitor's own command, on a video, on a disk of {SIZE} in memory. Once it recorded, another
program took every free byte, and again whatever was freed. After a while the monitor was killed
with -9, the space freed, and the monitor started again. All that its twin log held at the kill had
to be in the database then, and the last record to be no older than {AGE_S:g} s at the kill.

| full for | bytes free | records made meanwhile | stills kept meanwhile | recorded as not \
captured | records lost | age of the last one | longest time between two | the gap as told |
|---|---|---|---|---|---|---|---|---|
{rows}

Not shown: a disk that is still full at the restart; a file system that copies on write.
""".replace("\\\n", "")


def main() -> None:
    """Print the figures of one session."""
    print(json.dumps(eat(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))))


if __name__ == "__main__":
    main()
