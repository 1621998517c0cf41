"""The violations as CSV, one row each."""

from __future__ import annotations

import csv
import io

from proctor_desktop.core.moment import rfc3339
from proctor_desktop.export.report.assessment import Assessment
from proctor_desktop.export.report.sitting import Sitting

COLUMNS = (
    "session",
    "number",
    "rule",
    "start_wall",
    "offset_s",
    "duration_s",
    "severity",
    "measured",
    "threshold",
    "unit",
    "confidence",
    "penalty",
    "reason",
    "still_sha256",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(session: str, told: Sitting, assessment: Assessment) -> str:
    """RFC 4180 with a header; empty where nothing is known; ``offset_s`` from the exam's start.

    Text that a spreadsheet would run as a formula is disarmed with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    penalties = {row.rule: row.penalty for row in assessment.rows}
    for one in sorted(told.violations.values(), key=lambda v: v.number):
        row = (
            session,
            one.number,
            one.rule,
            rfc3339(one.wall),
            round(told.exam_offset_s(one.at_s), 3),
            round(one.duration_s, 3),
            one.severity,
            one.measured,
            one.threshold,
            one.unit,
            one.confidence,
            penalties[one.rule],
            one.reason,
            one.still.sha256 if one.still else "",
        )
        writer.writerow([_disarmed(cell) for cell in row])
    return out.getvalue()


def _disarmed(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
