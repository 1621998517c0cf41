"""Opening sealed files of an export in memory, and comparing each with what its record says.

A file's hash stands in the records, so nobody can have exchanged it. What it seals stands there,
too: a client that sealed something else than it recorded is found out by whoever has a key.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.core.chain import BlobRef, Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.verdict import printable
from proctor_desktop.export.verify import Archive, Invalid, Trust, Verdict, examine
from proctor_desktop.wire.fingerprint import grouped
from proctor_desktop.wire.seal import is_sealed, key_name
from proctor_desktop.wire.unseal import BadSeal, Header, Opened, open_sealed, read_header

MAX_OPENED_BYTES = 16 * 1024 * 1024
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
    """What came of opening every file of an export.

    ``compared`` were opened and are what their records say; ``opened`` counts them and those of
    which no record says what they seal, as after a crash. ``closed`` are sealed to other keys.
    """

    opened: int
    compared: int
    closed: int
    not_sealed: int
    problems: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """For a terminal: a line for each problem, then the counts."""
        return (
            *(f"problem: {text}" for text in self.problems),
            f"opened: {self.opened} sealed files, {self.compared} of them compared with their "
            f"records; {self.closed} sealed to other keys; {self.not_sealed} not sealed; "
            f"{len(self.problems)} not what they should be",
        )

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self) | {"problems": list(self.problems)}


def verify_opened(
    path: Path, trust: Trust, keys: Iterable[X25519PrivateKey]
) -> tuple[Verdict, Opening]:
    """Verify an export and open every sealed file in it; raises EnvironmentProblem.

    Opening is no part of the verdict, which must be the same for everybody.
    """
    named: dict[BlobRef, str] = {}

    def note(record: Record) -> None:
        named.update((blob, record.session) for blob in record.blobs)

    try:
        with path.open("rb") as file:
            verdict, archive = examine(file, trust, note)
            return verdict, _open_all(archive, named, Keyholder(keys))
    except OSError as problem:
        reason = f"the export cannot be read ({problem.strerror or problem})"
        raise EnvironmentProblem(str(path), reason, "Check the path of the export.") from problem


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
    return Opening(opened, compared, closed, not_sealed, tuple(problems[:_MAX_PROBLEMS]))
