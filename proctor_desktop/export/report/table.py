"""The violations as CSV, one row each."""

from __future__ import annotations

import csv
import io

from proctor_desktop.core.chain import BlobRef
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
    "calibration_error_deg",
    "penalty",
    "reason",
    "still_sha256",
    "overlay_sha256",
    "clip_sha256",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(session: str, told: Sitting, assessment: Assessment) -> str:
    """RFC 4180 with a header; empty where nothing is known; ``offset_s`` from the exam's start.

    Files are named by their SHA-256, as in the export's ``blobs``; a violation's clips, of which
    there can be one of the camera and one of sound, with a space in between.

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
            one.calibration_error_deg,
            penalties[one.rule],
            one.reason,
            _files(one.still),
            _files(one.overlay),
            _files(*(clip.blob for clip in told.clips_of(one.number))),
        )
        writer.writerow([_disarmed(cell) for cell in row])
    return out.getvalue()


def _files(*blobs: BlobRef | None) -> str:
    return " ".join(blob.sha256 for blob in blobs if blob is not None)


def _disarmed(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
