"""How fast an export of four hours is verified."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Outcome, Trust, verify
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import INSTITUTION_KEY, SERVER_KEY, SealedSession

HOURS = 4
RECORDS_PER_S = 3.5
"""50,000 records in four hours."""

SEGMENT_S, SEGMENT_BYTES = 10, 100_000
"""The screen at about 0.6 MB a minute."""

STILL_EVERY_S, STILL_BYTES = 60, 60_000
CHECKPOINT_EVERY_S = 10
ROUNDS = 5
TRUST = Trust((dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),))


def measure(folder: Path, hours: float = HOURS) -> dict[str, Any]:
    """Make the export, verify it a few times, and tell the median."""
    path, records = _export(folder, hours)
    size_mb = path.stat().st_size / 1e6
    times_s: list[float] = []
    worked_s = time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        verdict = verify(path, TRUST)
        times_s.append(time.perf_counter() - began)
        if verdict.outcome is not Outcome.VALID:
            raise AssertionError("\n".join(verdict.lines()))
    worked_s = time.process_time() - worked_s
    median_s = sorted(times_s)[ROUNDS // 2]
    return {
        "export_mb": round(size_mb, 1),
        "records": records,
        "seconds": round(median_s, 3),
        "mb_per_s": round(size_mb / median_s, 1),
        "mb_per_s_of_processor": round(size_mb * ROUNDS / worked_s, 1),
        "ms_per_mb": round(1000 * median_s / size_mb, 2),
    }


def _export(folder: Path, hours: float) -> tuple[Path, int]:
    folder.mkdir(parents=True)
    blobs = folder / "blobs"
    blobs.mkdir()
    sitting, draw = SealedSession(blobs), random.Random(4)
    sitting.open()
    sitting.record("exam.start")
    for second in range(1, round(hours * 3600) + 1):
        _second(sitting, second, draw)
    sitting.close()
    path = folder / "session.evidence"
    write_package(sitting, path, datetime(2026, 11, 21, tzinfo=UTC))
    return path, len(sitting.log)


def _second(sitting: SealedSession, second: int, draw: random.Random) -> None:
    """Observations three times, a heartbeat every other second, and the files that are due."""
    start = len(sitting.log)
    for _ in range(3):
        sitting.record("observations", {"events": _observations(draw)}, after_s=1 / RECORDS_PER_S)
    if second % 2:
        sitting.record("heartbeat", {"phase": "running", "faces": 1}, after_s=1 / RECORDS_PER_S)
    if second % SEGMENT_S == 0:
        video = sitting.blob(os.urandom(SEGMENT_BYTES), "video/mp4")
        sitting.record("segment", {"source": "screen", "frames": SEGMENT_S}, video, after_s=0)
    if second % STILL_EVERY_S == 0:
        still = sitting.blob(os.urandom(STILL_BYTES))
        sitting.record("violation.start", {"violation": second, "rule": "x"}, still, after_s=0)
    if second % CHECKPOINT_EVERY_S == 0:
        sitting.witness()
    assert len(sitting.log) > start


def _observations(draw: random.Random) -> list[list[Any]]:
    """As much as the monitor logs for one analysed picture."""
    return [
        [draw.getrandbits(50), "FacesSeen", 1, [[draw.random() for _ in range(6)]]],
        [draw.getrandbits(50), "HeadPose", *(round(draw.gauss(0, 9), 3) for _ in range(3))],
        [draw.getrandbits(50), "Gaze", True, round(draw.random(), 4)],
    ]
