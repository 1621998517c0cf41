"""The order in which an export is judged: structure, records, every file, then the manifest."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection
from pathlib import Path
from typing import BinaryIO

from proctor_desktop.core.chain import BrokenChain, Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.container import BLOBS, CHECKPOINTS, EXAM, MANIFEST, RECEIPTS, RECORDS
from proctor_desktop.export.manifest import FileLine, Manifest, missing_blobs
from proctor_desktop.export.verify import signatures
from proctor_desktop.export.verify.archive import Archive
from proctor_desktop.export.verify.record_log import RecordLog
from proctor_desktop.export.verify.verdict import Facts, Findings, Invalid, Trust, Verdict
from proctor_desktop.wire import dsse

MAX_LOG_BYTES = 1024 * 1024 * 1024
MAX_MANIFEST_BYTES = 32 * 1024 * 1024
MAX_EXAM_BYTES = 1024 * 1024
MAX_ENVELOPE_BYTES = 4 * 1024


def verify(path: Path, trust: Trust) -> Verdict:
    """Judge the export at ``path``.

    Raises EnvironmentProblem when there is no such file; whatever else is wrong is in the verdict.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            return _invalid("it is not a regular file")
        with path.open("rb") as file:
            return examine(file, trust)[0]
    except FileNotFoundError as problem:
        raise EnvironmentProblem(
            str(path), "there is no such file", "Check the path of the export."
        ) from problem
    except OSError as problem:
        return _invalid(f"it cannot be read: {problem.strerror or problem}")


def examine(
    file: BinaryIO, trust: Trust, on_record: Callable[[Record], None] = lambda _: None
) -> tuple[Verdict, Archive | None]:
    """Judge an open export, and hand each record on as it is read.

    Records are handed on before the verdict is known. The archive that comes back reads further
    entries from ``file``; None when the structure itself does not hold. Raises only OSError.
    """
    try:
        archive = Archive(file)
    except Invalid as problem:
        return _invalid(str(problem)), None
    findings = Findings()
    facts = Facts(size_bytes=archive.size_bytes)
    try:
        facts = _Judgement(archive, trust, findings).facts(on_record)
    except (Invalid, BrokenChain) as problem:
        findings.problem(str(problem))
    return findings.verdict(facts), archive


def _invalid(why: str) -> Verdict:
    findings = Findings()
    findings.problem(why)
    return findings.verdict(Facts())


class _Judgement:
    """One pass over an archive whose structure holds."""

    def __init__(self, archive: Archive, trust: Trust, findings: Findings) -> None:
        self._archive = archive
        self._trust = trust
        self._findings = findings
        self._checkpoints = [name for name in archive.entries if name.startswith(CHECKPOINTS)]
        self._receipts = [name for name in archive.entries if name.startswith(RECEIPTS)]
        signed = map(container.seq_of, self._checkpoints + self._receipts)
        self._log = RecordLog(findings, list(signed))
        self._witnesses: list[signatures.Witness] = []

    def facts(self, on_record: Callable[[Record], None]) -> Facts:
        """Judge everything; raises Invalid or BrokenChain where nothing more can be judged."""
        entries = self._archive.entries
        for name in (RECORDS, EXAM, MANIFEST):
            if name not in entries:
                raise Invalid(f"{name} is not in it")
        if entries[RECORDS].size_bytes > MAX_LOG_BYTES:
            raise Invalid("its records are larger than an evidence export may have")
        self._log.walk(self._archive.pieces(entries[RECORDS]), on_record)
        files = [self._file(name) for name in entries if name != MANIFEST]
        missing = missing_blobs(self._log.blobs, files, BLOBS)
        self._compare_manifest(files, missing)
        self._report_missing(missing)
        return self._conclude(files, missing)

    def _file(self, name: str) -> FileLine:
        """Check one file by itself; what the manifest must say about it."""
        entry = self._archive.entries[name]
        sha256 = ""
        try:
            if name == RECORDS:
                sha256 = self._log.sha256
            elif name.startswith(BLOBS):
                sha256 = self._archive.sha256(entry)
                self._check_blob(name.removeprefix(BLOBS), sha256, entry.size_bytes)
            else:
                limit = MAX_EXAM_BYTES if name == EXAM else MAX_ENVELOPE_BYTES
                envelope = self._archive.read(entry, limit)
                sha256 = digest(envelope)
                self._check_envelope(name, envelope)
        except (Invalid, dsse.BadEnvelope) as problem:
            self._findings.problem(f"{name}: {problem}")
        return FileLine(name, entry.size_bytes, sha256)

    def _check_blob(self, name: str, sha256: str, size_bytes: int) -> None:
        named = self._log.blobs.get(name)
        if named is None:
            raise Invalid("no record names it")
        if (name, named.size_bytes) != (sha256, size_bytes):
            raise Invalid(f"it is not the blob that record {named.seq} names")

    def _check_envelope(self, name: str, envelope: bytes) -> None:
        if name == EXAM:
            signatures.check_exam(envelope, self._log, self._trust, self._findings)
            return
        seq = container.seq_of(name)
        if name.startswith(CHECKPOINTS):
            signatures.check_checkpoint(seq, envelope, self._log)
            return
        witness = signatures.check_receipt(seq, envelope, self._log, self._trust)
        if witness is not None:
            self._witnesses.append(witness)

    def _compare_manifest(self, files: list[FileLine], missing: tuple[str, ...]) -> None:
        """The manifest must be signed by the session's key and be the one that follows."""
        envelope = self._archive.read(self._archive.entries[MANIFEST], MAX_MANIFEST_BYTES)
        try:
            opened = dsse.verify(envelope, dsse.MANIFEST, [self._log.session_key])
            stated = opened.json()
        except dsse.BadEnvelope as problem:
            raise Invalid(f"{MANIFEST}: not signed by the session's key ({problem})") from None
        if not _is_laid_out_as_signed(envelope, opened):
            self._findings.problem(f"{MANIFEST}: its envelope was changed around the signed part")
        due = Manifest(
            session=self._log.session,
            session_key=self._log.session_key,
            exam_sha256=next(line.sha256 for line in files if line.name == EXAM),
            records=self._log.head.seq,
            records_sha256=self._log.sha256,
            head=self._log.head.hash,
            closed=self._log.closed,
            files=tuple(files),
            missing=missing,
        ).to_json()
        for field in sorted(stated.keys() | due.keys()):
            if field not in due or stated.get(field) != due[field]:
                difference = _difference(stated.get(field), due.get(field))
                self._findings.problem(
                    f"{MANIFEST}: {field!r} does not agree with what is in the export{difference}"
                )

    def _report_missing(self, missing: Collection[str]) -> None:
        for sha256 in missing:
            named = self._log.blobs[sha256]
            text = f"blob {sha256} ({named.size_bytes} bytes) of record {named.seq} is missing"
            self._findings.gap("missing_blob", text)

    def _conclude(self, files: list[FileLine], missing: Collection[str]) -> Facts:
        log, last = self._log, self._log.marks[self._log.head.seq]
        covered = max(map(container.seq_of, self._checkpoints), default=0)
        signatures.report_unsigned_tail(covered, log, self._findings)
        unwitnessed = signatures.report_unwitnessed(
            self._witnesses, len(self._receipts), log, self._trust, self._findings
        )
        return Facts(
            session=log.session,
            session_key=log.session_key,
            exam_sha256=next(line.sha256 for line in files if line.name == EXAM),
            first_wall=log.marks[1].wall,
            last_wall=last.wall,
            closed=log.closed,
            records=log.head.seq,
            blobs=sum(line.name.startswith(BLOBS) for line in files),
            missing_blobs=len(missing),
            checkpoints=len(self._checkpoints),
            receipts=len(self._receipts),
            unwitnessed=unwitnessed,
            size_bytes=self._archive.size_bytes,
        )


def _is_laid_out_as_signed(envelope: bytes, opened: dsse.Opened) -> bool:
    """Whether even the unsigned part is untouched: nothing else in the export covers this file."""
    payload, keyid = b64encode(opened.payload).decode(), dsse.keyid(opened.signer)
    before = f'{{"payloadType":"{dsse.MANIFEST}","payload":"{payload}","signatures":[{{"keyid":'
    start, end = f'{before}"{keyid}","sig":"'.encode(), b'"}]}'
    signature = envelope[len(start) : -len(end)]
    try:
        return envelope == start + b64encode(b64decode(signature, validate=True)) + end
    except ValueError:
        return False


def _difference(stated: object, due: object) -> str:
    """The names that only one of two lists of files or hashes has, for a reader."""
    if not isinstance(stated, list) or not isinstance(due, list):
        return ""
    names = [
        {str(item["name"] if isinstance(item, dict) and "name" in item else item) for item in side}
        for side in (stated, due)
    ]
    only = [f"listed, not there: {n}" for n in sorted(names[0] - names[1])]
    only += [f"there, not listed: {n}" for n in sorted(names[1] - names[0])]
    return f" ({'; '.join(only[:3])})" if only else ""
