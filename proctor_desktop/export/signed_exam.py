"""The exam file in an export."""

from __future__ import annotations

from proctor_desktop.config.exam import SignedExam, open_envelope
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.verify import Archive, Invalid

_MAX_BYTES = 1024 * 1024


def signed_exam(archive: Archive | None) -> SignedExam | None:
    """The exam by the key that it names, or None if it cannot be read.

    Whether to trust that key, and whether it is the exam of the records, is the verdict's matter.
    """
    entry = archive.entries.get(container.EXAM) if archive else None
    if archive is None or entry is None:
        return None
    try:
        return open_envelope(archive.read(entry, _MAX_BYTES), container.EXAM)
    except (Invalid, EnvironmentProblem):
        return None
