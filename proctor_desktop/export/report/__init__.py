"""Reports: what a proctor reads instead of the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.config.exam import SignedExam
from proctor_desktop.core.chain import Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.opening import Keyholder
from proctor_desktop.export.recipients import RecipientCheck
from proctor_desktop.export.report import fields
from proctor_desktop.export.report.assessment import Assessment, assess
from proctor_desktop.export.report.checks import Checks
from proctor_desktop.export.report.media import Files, Media, media, seal_note
from proctor_desktop.export.report.page import to_html
from proctor_desktop.export.report.sitting import NOT_TOLD, Sitting, sitting
from proctor_desktop.export.report.still import MAX_STILL_BYTES
from proctor_desktop.export.report.table import to_csv
from proctor_desktop.export.signed_exam import signed_exam
from proctor_desktop.export.verify import Archive, Invalid, Outcome, Trust, Verdict, examine
from proctor_desktop.wire.seal import OVERHEAD_BYTES
from proctor_desktop.wire.unseal import MAX_HEADER_BYTES

__all__ = ["Report", "report", "report_from_package"]

_MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report; :meth:`html` and :meth:`csv` only lay it out."""

    verdict: Verdict
    trust: Trust
    exam: SignedExam | None
    told: Sitting
    assessment: Assessment
    media: Media

    def html(self) -> str:
        """One self-contained page."""
        return to_html(
            self.verdict,
            self.trust,
            self.exam,
            self.told,
            self.assessment,
            self.media,
        )

    def csv(self) -> str:
        """One row a violation."""
        return to_csv(self.verdict.facts.session, self.told, self.assessment)


def report(
    verdict: Verdict,
    trust: Trust,
    records: Iterable[Record],
    exam: SignedExam | None,
    files: Files,
    keys: Iterable[X25519PrivateKey] = (),
) -> Report:
    """A report over records from anywhere; ``files`` gives a blob's bytes by its SHA-256.

    ``keys`` open what is sealed, in memory; what is in the report is readable for everybody.
    """
    heard, check = _Heard(), RecipientCheck(exam.exam.seal_to if exam else None)
    for record in records:
        heard.take(record)

    def checked(sha256: str) -> bytes | None:
        content = files(sha256)
        if content is not None:
            check.take(sha256, content[:MAX_HEADER_BYTES])
        return content

    return _report(verdict, trust, heard, exam, checked, keys, check)


def _report(
    verdict: Verdict,
    trust: Trust,
    heard: _Heard,
    exam: SignedExam | None,
    files: Files,
    keys: Iterable[X25519PrivateKey],
    check: RecipientCheck,
) -> Report:
    kept, told = heard.kept, sitting(heard.kept)
    shown = media(told, kept[0].session if kept else "", files, Keyholder(keys))
    problems = tuple(dict.fromkeys((*shown.problems, *check.problems)))[:_MAX_PROBLEMS]
    shown = replace(shown, problems=problems)
    assessment = assess(
        told,
        heard.checks,
        exam,
        _recorded_policy(kept),
        authentic=verdict.outcome is not Outcome.INVALID,
        sealing=seal_note(exam, shown, check),
    )
    return Report(verdict, trust, exam, told, assessment, shown)


def report_from_package(path: Path, trust: Trust, keys: Iterable[X25519PrivateKey] = ()) -> Report:
    """Verify an export and report on it; an INVALID one is reported too, and says so first.

    ``keys`` open what is sealed. Raises EnvironmentProblem when the file cannot be opened.
    """
    heard = _Heard()
    try:
        with path.open("rb") as file:
            verdict, archive = examine(file, trust, heard.take)
            exam, blobs = signed_exam(archive), _Blobs(archive)
            check = RecipientCheck(exam.exam.seal_to if exam else None)
            check.take_all(archive)
            return _report(verdict, trust, heard, exam, blobs.file, keys, check)
    except OSError as problem:
        raise EnvironmentProblem(
            str(path),
            f"the export cannot be read ({problem.strerror or problem})",
            "Check the path of the export.",
        ) from problem


class _Heard:
    """The records of a session as they come: most are kept, the many small ones only counted."""

    def __init__(self) -> None:
        self.kept: list[Record] = []
        self.checks = Checks()

    def take(self, record: Record) -> None:
        self.checks.take(record)
        if record.kind not in NOT_TOLD:
            self.kept.append(record)


class _Blobs:
    """Reads single entries of an export again, each only if it is still what its name says."""

    def __init__(self, archive: Archive | None) -> None:
        self._archive = archive

    def file(self, sha256: str) -> bytes | None:
        """A blob's bytes, or None if it is not there, not whole or too large."""
        entry = self._archive.entries.get(container.BLOBS + sha256) if self._archive else None
        if self._archive is None or entry is None:
            return None
        try:
            content = self._archive.read(entry, MAX_STILL_BYTES + OVERHEAD_BYTES)
        except Invalid:
            return None
        return content if digest(content) == sha256 else None


def _recorded_policy(records: Iterable[Record]) -> Mapping[str, Any] | None:
    of_policy = (record for record in records if record.kind == "policy")
    return next((fields.mapping(record.data, "policy") for record in of_policy), None)
