"""A session that a report has something to tell about."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.export.package import write_package
from proctor_desktop.export.report import Report, report_from_package
from proctor_desktop.export.verify import Trust
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import INSTITUTION_KEY, SERVER_KEY, SealedSession

TRUST = Trust((dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),))
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def png(width: int = 4, height: int = 3) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        )

    header = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def violation(number: int, rule: str, **more: Any) -> dict[str, Any]:
    """What the records of a violation's life carry."""
    return {
        "violation": number,
        "rule": rule,
        "severity": "low",
        "reason": f"about {rule}",
        "measured": 41.2,
        "threshold": 30.0,
        "unit": "deg",
        "duration_s": 1.0,
        "confidence": 0.9,
        "calibration_error_deg": 0.8,
        "penalty": 99.0,
        **more,
    }


@pytest.fixture
def sitting(tmp_path: Path) -> SealedSession:
    """Opened at 0 s; the exam starts at 30 s; a head turn from 40 s, seen at 41 s, until 46 s."""
    folder = tmp_path / "blobs"
    folder.mkdir()
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record(
        "capabilities",
        {
            "capabilities": [
                {"name": "camera", "level": "detected", "reason": "It is there.", "fix": ""},
                {"name": "clipboard", "level": "not possible", "reason": "Not built.", "fix": "x"},
            ]
        },
    )
    sitting.record("consent", {"given": True, "unattended": False})
    sitting.record("identity", {"kind": "face"}, sitting.blob(png(5), "image/png"))
    sitting.record("calibration", {"outcome": "done", "error_deg": 0.84})
    sitting.record("exam.start", after_s=25)
    turned = violation(1, "head_turned", onset_mono_ns=sitting.now.mono_ns + 10 * NS_PER_S)
    still = sitting.blob(png(6), "image/png")
    sitting.record("violation.start", turned, still, after_s=11)
    ended = {"duration_s": 6.0, "ended": "cleared", "reason": "Head turned 44° (limit 30°)"}
    sitting.record("violation.end", turned | ended, after_s=5)
    sitting.record("warning", {"rule": "head_turned", "text": "Please look here."}, after_s=0)
    return sitting


@pytest.fixture
def told(sitting: SealedSession, tmp_path: Path) -> Callable[..., Report]:
    """The report on the session, closed if it is not yet, as a proctor would get it."""

    def report(
        trust: Trust = TRUST, change: Callable[[bytes], bytes] = lambda data: data
    ) -> Report:
        if b"session.close" not in sitting.log[-1]:
            sitting.close()
        path = tmp_path / "told.evidence"
        write_package(sitting, path, NOW)
        path.write_bytes(change(path.read_bytes()))
        return report_from_package(path, trust)

    return report
