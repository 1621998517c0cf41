"""The order in which an export is judged: structure, records, every file, then the manifest."""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

from proctor_desktop.core.chain import BrokenChain, Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.container import BLOBS, CHECKPOINTS, EXAM, MANIFEST, RECEIPTS, RECORDS
from proctor_desktop.export.manifest import FileLine, Manifest, absent_blobs
from proctor_desktop.export.verdict import Facts, Trust, Verdict
from proctor_desktop.export.verify import signatures
from proctor_desktop.export.verify.archive import Archive
from proctor_desktop.export.verify.findings import Findings, Invalid
from proctor_desktop.export.verify.record_log import RecordLog
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
    file: BinaryIO, trust: Trust, on_record: Callable[[Record], None] | None = None
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
        self._hashes: dict[str, Future[str]] = {}

    def facts(self, on_record: Callable[[Record], None] | None) -> Facts:
        """Judge everything; raises Invalid or BrokenChain where nothing more can be judged."""
        entries = self._archive.entries
        for name in (RECORDS, EXAM, MANIFEST):
            if name not in entries:
                raise Invalid(f"{name} is not in it")
        if entries[RECORDS].size_bytes > MAX_LOG_BYTES:
            raise Invalid("its records are larger than an evidence export may have")
        self._log.walk(self._archive.pieces(entries[RECORDS]), on_record)
        self._keys = signatures.KeyChain(self._log)
        with ThreadPoolExecutor(2) as beside:  # hashing goes on while signatures are checked
            for name in filter(lambda name: name.startswith(BLOBS), entries):
                self._hashes[name] = beside.submit(self._archive.sha256, entries[name])
            files = [self._file(name) for name in entries if name != MANIFEST]
        if not self._keys.due:
            raise Invalid("the chain of keys is broken, so nobody could sign for the rest")
        return self._conclude(files, self._compare_manifest(files))

    def _file(self, name: str) -> FileLine:
        """Check one file by itself; what the manifest must say about it."""
        entry = self._archive.entries[name]
        sha256 = ""
        try:
            if name == RECORDS:
                sha256 = self._log.sha256
            elif name.startswith(BLOBS):
                sha256 = self._hashes[name].result()
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
            self._keys.follow(seq, envelope)
            return
        witness = signatures.check_receipt(seq, envelope, self._log, self._trust)
        if witness is not None:
            self._witnesses.append(witness)

    def _compare_manifest(self, files: list[FileLine]) -> Manifest:
        """The manifest must be signed by the key that is due and be the one that follows."""
        envelope = self._archive.read(self._archive.entries[MANIFEST], MAX_MANIFEST_BYTES)
        try:
            opened = dsse.verify(envelope, dsse.MANIFEST, [self._keys.due])
            stated = opened.json()
        except dsse.BadEnvelope as problem:
            raise Invalid(f"{MANIFEST}: not signed by the key that is due ({problem})") from None
        if envelope != dsse.laid_out(dsse.MANIFEST, opened):  # no hash covers what is not signed
            self._findings.problem(f"{MANIFEST}: its envelope was changed around the signed part")
        absent = absent_blobs(self._log.blobs, files, BLOBS)
        withheld = _withheld(stated, absent)
        due = Manifest(
            session=self._log.session,
            session_key=self._log.session_key,
            exam_sha256=next(line.sha256 for line in files if line.name == EXAM),
            records=self._log.head.seq,
            records_sha256=self._log.sha256,
            head=self._log.head.hash,
            closed=self._log.closed,
            files=tuple(files),
            missing=tuple(sha256 for sha256 in absent if sha256 not in set(withheld)),
            withheld=withheld,
        )
        for difference in due.differences(stated):
            self._findings.problem(f"{MANIFEST}: {difference}")
        self._report_absent(due)
        return due

    def _report_absent(self, manifest: Manifest) -> None:
        for sha256 in manifest.missing:
            named = self._log.blobs[sha256]
            text = f"blob {sha256} ({named.size_bytes} bytes) of record {named.seq} is missing"
            self._findings.gap("missing_blob", text)
        if manifest.withheld:
            text = f"excerpt: {len(manifest.withheld)} files withheld by whoever made it"
            self._findings.gap("withheld", text)

    def _conclude(self, files: list[FileLine], manifest: Manifest) -> Facts:
        log, findings = self._log, self._findings
        signatures.report_unsigned_tail(
            max(map(container.seq_of, self._checkpoints), default=0), log, findings
        )
        facts = Facts(
            session=log.session,
            session_key=log.session_key,
            exam_sha256=manifest.exam_sha256,
            first_wall=log.marks[1].wall,
            last_wall=log.marks[log.head.seq].wall,
            closed=log.closed,
            records=log.head.seq,
            blobs=sum(line.name.startswith(BLOBS) for line in files),
            missing_blobs=len(manifest.missing),
            withheld_blobs=len(manifest.withheld),
            checkpoints=len(self._checkpoints),
            receipts=len(self._receipts),
            size_bytes=self._archive.size_bytes,
        )
        return signatures.report_witnesses(facts, self._witnesses, log, self._trust, findings)


def _withheld(stated: Mapping[str, Any], absent: Collection[str]) -> tuple[str, ...]:
    """Which of the absent blobs the manifest says were left out on purpose."""
    named = stated.get("withheld")
    listed = {one for one in named if isinstance(one, str)} if isinstance(named, list) else set()
    return tuple(sha256 for sha256 in absent if sha256 in listed)
