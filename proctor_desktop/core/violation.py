"""A violation: an observation with reason, measure, duration and confidence; never a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from proctor_desktop.core.moment import Moment

_HIGH_FROM = 8.0
_MEDIUM_FROM = 5.0
_SHORTEST_S = 0.05


class Severity(StrEnum):
    """How much weight the exam gives to a rule; follows from its penalty."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Ending(StrEnum):
    """Why a violation ended."""

    CLEARED = "cleared"
    SESSION_CLOSED = "session closed"
    SOURCE_LOST = "source lost"
    RECOVERED = "recovered after a crash"


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation as it stands: what every record of its life carries.

    ``number`` counts the session's violations from 1. ``measured`` and ``threshold`` are in
    ``unit``; ``duration_s`` counts from ``onset``, when the matter began, not from when the rule's
    time had run.
    """

    number: int
    rule: str
    severity: Severity
    reason: str
    measured: float
    threshold: float
    unit: str
    duration_s: float
    confidence: float
    calibration_error_deg: float | None
    penalty: float
    onset: Moment

    def to_json(self) -> dict[str, Any]:
        """The ``data`` of a violation record."""
        return {
            "violation": self.number,
            "rule": self.rule,
            "severity": self.severity.value,
            "reason": self.reason,
            "measured": round(self.measured, 3),
            "threshold": self.threshold,
            "unit": self.unit,
            "duration_s": round(self.duration_s, 3),
            "confidence": round(self.confidence, 3),
            "calibration_error_deg": self.calibration_error_deg,
            "penalty": self.penalty,
            "onset_mono_ns": self.onset.mono_ns,
        }


def severity(penalty: float) -> Severity:
    """The severity that goes with a penalty."""
    if penalty >= _HIGH_FROM:
        return Severity.HIGH
    if penalty >= _MEDIUM_FROM:
        return Severity.MEDIUM
    return Severity.LOW if penalty > 0 else Severity.INFO


def in_words(reason: str, duration_s: float, confidence: float) -> str:
    """What was seen, for how long and how sure: all that a reader needs in one line."""
    lasted = f", for {duration_s:.1f} s" if duration_s >= _SHORTEST_S else ""
    return f"{reason}{lasted}, {confidence:.0%} sure"
