"""Opening sealed files of an export in memory, and comparing each with what its record says.

A file's hash stands in the records, so nobody can have exchanged it. What it seals stands there,
too: a client that sealed something else than it recorded is found out by whoever has a key. One
that sealed to other keys than the exam's, or not at all, is found out by everybody.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.core.chain import BlobRef, Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.recipients import RecipientCheck
from proctor_desktop.export.signed_exam import signed_exam
from proctor_desktop.export.verdict import printable
from proctor_desktop.export.verify import Archive, Invalid, Trust, Verdict, examine, verify
from proctor_desktop.wire.fingerprint import grouped
from proctor_desktop.wire.seal import is_sealed, key_name
from proctor_desktop.wire.unseal import BadSeal, Header, Opened, open_sealed, read_header

MAX_OPENED_BYTES = 16 * 1024 * 1024
INVALID_EXIT = 1
_MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody with certain keys sees of a file.

    ``content`` is None where they cannot read it or must not rely on it, with ``problem`` saying
    why in the latter case; ``sealed_to`` has the fingerprints of the keys that it is sealed to,
    none for a file that is not. ``compared`` says that it was opened, and is what its record says.
    """

    content: bytes | None
    sealed_to: tuple[str, ...] = ()
    problem: str = ""
    compared: bool = False


class Keyholder:
    """Somebody who holds these private keys, or none."""

    def __init__(self, keys: Iterable[X25519PrivateKey] = ()) -> None:
        self._keys: Sequence[X25519PrivateKey] = tuple(keys)
        self._names = {key_name(one.public_key().public_bytes_raw().hex()) for one in self._keys}

    def look(self, blob: BlobRef, file: bytes, session: str) -> Look:
        """Look at the bytes of a file that a record of this session names as ``blob``."""
        if not is_sealed(file[:64]):
            wrong = "its record says that it is sealed, and it is not" if blob.seals else ""
            return Look(None if wrong else file, problem=wrong)
        try:
            header = read_header(io.BytesIO(file))
            sealed_to = tuple(grouped(printable(name)[:64]) for name, _ in header.wrapped)
            if not self._names & {name for name, _ in header.wrapped}:
                return Look(None, sealed_to)
            opened = open_sealed(file, self._keys)
        except BadSeal as problem:
            return Look(None, problem=str(problem))
        wrong = _disagreement(blob, header, opened, session)
        content = None if wrong else opened.content
        return Look(content, sealed_to, wrong, compared=bool(blob.seals) and not wrong)


def _disagreement(blob: BlobRef, header: Header, opened: Opened, session: str) -> str:
    """How a file that was opened differs from what its record says; empty if it does not."""
    if header.session != session:
        return "it was sealed in another session"
    if header.type != blob.type:
        return f"it is sealed as {printable(header.type)}, not as {printable(blob.type)}"
    if blob.seals and not opened.complete:
        return "its record says that it is complete, and its end is missing"
    if blob.seals and opened.digest != blob.seals:
        return "what it seals is not what its record says"
    return ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of looking at every file of an export, and of opening it with ``keys`` keys.

    ``compared`` were opened and are what their records say; ``opened`` counts them and those of
    which no record says what they seal, as after a crash. ``closed`` are sealed to other keys.
    ``problems`` name the files that are not what their records or the exam say.
    """

    opened: int = 0
    compared: int = 0
    closed: int = 0
    not_sealed: int = 0
    problems: tuple[str, ...] = ()
    keys: int = 0

    def lines(self) -> tuple[str, ...]:
        """For a terminal: a line for each problem, then the counts where there is any to tell."""
        problems = tuple(f"problem: {text}" for text in self.problems)
        rest = f"{self.not_sealed} not sealed; {len(self.problems)} not what they should be"
        if self.keys:
            return (
                *problems,
                f"opened: {self.opened} sealed files, {self.compared} of them compared with their "
                f"records; {self.closed} sealed to other keys; {rest}",
            )
        if self.closed or self.problems:
            return (*problems, f"opened: none of {self.closed} sealed files (no --key); {rest}")
        return ()

    def exit_code(self, verdict: Verdict) -> int:
        """The verdict's, or that of INVALID where a file is not what it should be.

        Such a file is no gap: a gap comes of a crash or a network, and no crash makes the program
        seal to a key that the exam does not name, or something else than it records. Whoever
        relies on the exit code alone must not take these files for good.
        """
        return INVALID_EXIT if self.problems else verdict.exit_code

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self) | {"problems": list(self.problems)}


def verify_opened(
    path: Path, trust: Trust, keys: Iterable[X25519PrivateKey] = ()
) -> tuple[Verdict, Opening]:
    """Verify an export, see whom its files are sealed to, and open what ``keys`` open.

    Neither is part of the verdict, which must be the same for everybody and says only whether the
    file is what was recorded. Raises EnvironmentProblem if it cannot be read.
    """
    private, named = tuple(keys), dict[BlobRef, str]()

    def note(record: Record) -> None:
        named.update((blob, record.session) for blob in record.blobs)

    if not path.is_file():
        return verify(path, trust), Opening(keys=len(private))
    try:
        with path.open("rb") as file:
            verdict, archive = examine(file, trust, note if private else None)
            opening = _open_all(archive, named, Keyholder(private)) if private else Opening()
            exam = signed_exam(archive)
            check = RecipientCheck(exam.exam.seal_to if exam else None)
            check.take_all(archive)
    except OSError as problem:
        reason = f"the export cannot be read ({problem.strerror or problem})"
        raise EnvironmentProblem(str(path), reason, "Check the path of the export.") from problem
    problems = tuple(dict.fromkeys((*opening.problems, *check.problems)))[:_MAX_PROBLEMS]
    opening = replace(opening, problems=problems, keys=len(private))
    if not private:
        closed = check.sealed + check.strangers
        opening = replace(opening, closed=closed, not_sealed=check.not_sealed)
    return verdict, opening


def _open_all(archive: Archive | None, named: dict[BlobRef, str], keyholder: Keyholder) -> Opening:
    opened = compared = closed = not_sealed = 0
    problems: list[str] = []
    for blob, session in named.items():
        entry = archive.entries.get(container.BLOBS + blob.sha256) if archive else None
        if archive is None or entry is None:
            continue  # named as missing by the verdict
        try:
            file = archive.read(entry, MAX_OPENED_BYTES)
        except Invalid as problem:
            problems.append(str(problem))
            continue
        if digest(file) != blob.sha256:
            continue  # named as changed by the verdict
        look = keyholder.look(blob, file, session)
        if look.problem:
            problems.append(f"{blob.sha256}: {look.problem}")
        elif look.content is None:
            closed += 1
        elif look.sealed_to:
            opened += 1
            compared += look.compared
        else:
            not_sealed += 1
    return Opening(opened, compared, closed, not_sealed, tuple(problems))
