"""A violation as it goes into the evidence."""

from __future__ import annotations

import json

import pytest

from proctor_desktop.core.violation import Severity, Violation, severity
from tests.playbook import moment


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [(0, "info"), (0.1, "low"), (4.9, "low"), (5, "medium"), (7.9, "medium"), (8, "high")],
)
def test_severity_follows_from_the_penalty(penalty: float, expected: str) -> None:
    assert severity(penalty) == expected


def test_it_is_written_with_all_that_explains_it_and_no_false_precision() -> None:
    seen = Violation(
        number=3,
        rule="head_turned",
        severity=Severity.LOW,
        reason="Head turned 41° to the left (limit 30°)",
        measured=41.23456,
        threshold=30.0,
        unit="deg",
        duration_s=1.23456,
        confidence=0.87654,
        calibration_error_deg=0.4,
        penalty=2.0,
        onset=moment(5),
    )
    assert json.loads(json.dumps(seen.to_json())) == {
        "violation": 3,
        "rule": "head_turned",
        "severity": "low",
        "reason": "Head turned 41° to the left (limit 30°)",
        "measured": 41.235,
        "threshold": 30.0,
        "unit": "deg",
        "duration_s": 1.235,
        "confidence": 0.877,
        "calibration_error_deg": 0.4,
        "penalty": 2.0,
        "onset_mono_ns": 5_000_000_000,
    }
