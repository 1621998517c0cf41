"""What is stored. Evidence is only ever added; the admin shows it and cannot change it."""

from proctor_desktop.endpoint.models.evidence import (
    Checkpoint,
    NamedBlob,
    Receipt,
    StoredBlob,
    StoredRecord,
    Violation,
)
from proctor_desktop.endpoint.models.live import Command, Heartbeat
from proctor_desktop.endpoint.models.people import Candidate, ExamFile
from proctor_desktop.endpoint.models.session import Session, Token

__all__ = [
    "Candidate",
    "Checkpoint",
    "Command",
    "ExamFile",
    "Heartbeat",
    "NamedBlob",
    "Receipt",
    "Session",
    "StoredBlob",
    "StoredRecord",
    "Token",
    "Violation",
]
