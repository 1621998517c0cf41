"""Honest exports of every kind: whole, crashed, restarted, unfinished, excerpts, erased ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.export.package import write_package
from proctor_desktop.wire.seal import Recipients, sealed
from tests.fakes.sealed_session import SealedSession

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TEXTS = ("no face", "Prüfung ✓ \u2028", 'a "quoted" \\ word', "\u202e\u0000\x7f", "語" * 40, "")
KINDS = ("whole", "crashed", "restarted", "unfinished", "excerpt", "erased", "offline", "jumpy")
_RECIPIENT = "2fe57da347cd62431528daac5fbb290730fff684afc4cfc2ed90995f58cb3b74"
"""Somebody's public X25519 key; nobody opens these files."""


def kind_of(number: int) -> str:
    """Which kind of honest export has this number."""
    return KINDS[number % len(KINDS)]


def write_honest(number: int, folder: Path) -> Path:
    """Make the session with this number and export it; the same number gives the same records."""
    draw = random.Random(number)
    folder.mkdir()
    blobs = folder / "blobs"
    blobs.mkdir()
    sitting = SealedSession(blobs, session=f"{draw.getrandbits(128):032x}")
    kind = kind_of(number)
    sitting.open(note=draw.choice(TEXTS))
    if draw.random() < 0.9:
        sitting.record("exam.start", after_s=draw.uniform(0, 40))
    for _ in range(draw.randrange(25)):
        _happening(sitting, draw, jumpy=kind == "jumpy")
        if kind != "offline" and draw.random() < 0.3:
            sitting.witness()
        elif draw.random() < 0.2:
            sitting.checkpoint()
    _end(sitting, draw, kind)
    path = folder / "session.evidence"
    write_package(sitting, path, NOW, _only(sitting, draw) if kind == "excerpt" else None)
    return path


def _happening(sitting: SealedSession, draw: random.Random, *, jumpy: bool) -> None:
    if jumpy and draw.random() < 0.3:
        jump = timedelta(seconds=draw.choice([-86400, -3, -1, 1, 3, 86400, 20 * 365 * 86400]))
        sitting.now = replace(sitting.now, wall_utc=sitting.now.wall_utc + jump)
    number, after_s = draw.randrange(1, 9), draw.choice([0, 0.2, 1, 5, 29.9, 30.1, 200])
    text = draw.choice(TEXTS)
    still = {"violation": number, "rule": "face_missing", "reason": text, "measured": draw.random()}
    happenings: list[Callable[[], None]] = [
        lambda: sitting.record("heartbeat", {"n": number, "text": text}, after_s=after_s),
        lambda: sitting.record("violation.start", still, _blob(sitting, draw), after_s=after_s),
        lambda: sitting.record("clip", {"violations": [number]}, _blob(sitting, draw)),
        lambda: sitting.record("gap", {"source": "camera", "seconds": after_s, "reason": text}),
        lambda: sitting.record("not_captured", {"what": "a still", "reason": text}),
        lambda: sitting.record("observations", {"events": [[1, "Tick"], [2**62, text, None]]}),
    ]
    draw.choices(happenings, weights=[6, 4, 1, 1, 1, 2])[0]()


def _blob(sitting: SealedSession, draw: random.Random) -> BlobRef:
    content = draw.randbytes(draw.choice([1, 20, 3000]))
    if draw.random() < 0.2:
        content = b"the same still again"
    if draw.random() < 0.5:
        return sitting.blob(content)
    file, seals = sealed(content, Recipients(sitting.session, (_RECIPIENT,)), "image/jpeg")
    return replace(sitting.blob(file), seals=seals)


def _end(sitting: SealedSession, draw: random.Random, kind: str) -> None:
    if kind == "restarted":
        sitting.boot = "boot-2"
        sitting.now = replace(sitting.now, mono_ns=draw.randrange(10**9))
        sitting.record("restart", {"reason": "the monitor was killed"}, after_s=draw.uniform(1, 99))
        sitting.witness()
    if kind == "crashed":
        return
    if kind == "unfinished":
        sitting.record("heartbeat")
        if draw.random() < 0.5:
            sitting.receipt() if sitting.head.seq in sitting.signed else sitting.witness()
        return
    sitting.close()
    if kind == "offline" and draw.random() < 0.5:
        sitting.received.clear()
    if kind == "erased":
        for path in list(sitting._folder.iterdir()):
            if draw.random() < 0.5:
                path.unlink()


def _only(sitting: SealedSession, draw: random.Random) -> set[str]:
    return {path.name for path in sitting._folder.iterdir() if draw.random() < 0.5}
