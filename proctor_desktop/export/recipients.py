"""Whom the files of an export are sealed to, and whether the signed exam names just these.

Nobody needs a private key for that: the header of a sealed file names its recipients. That a named
one can open it is shown only by opening it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from proctor_desktop.export import container
from proctor_desktop.export.verdict import printable
from proctor_desktop.export.verify import Archive, Invalid
from proctor_desktop.wire.fingerprint import grouped
from proctor_desktop.wire.seal import is_sealed, key_name
from proctor_desktop.wire.unseal import MAX_HEADER_BYTES, BadSeal, Header, read_header

_MAX_NAMED = 8


class RecipientCheck:
    """Compares each file with ``seal_to``, the exam's keys; with None nothing can be compared.

    ``sealed`` counts the files that are sealed to just these keys, ``not_sealed`` those that are
    not sealed at all. ``strangers`` counts those that are sealed to others, be it in addition to
    the exam's or to too few of them. A client never makes one of the last two kinds under an exam
    that seals: somebody else's program did, and ``problems`` says of each what is wrong.
    """

    def __init__(self, seal_to: Iterable[str] | None) -> None:
        self._due = None if seal_to is None else sorted(map(key_name, seal_to))
        self.sealed = self.not_sealed = self.strangers = 0
        self.problems: list[str] = []

    def take_all(self, archive: Archive | None) -> None:
        """Look at the beginning of every file of an export."""
        for name, entry in archive.entries.items() if archive else ():
            if archive is None or not name.startswith(container.BLOBS):
                continue
            try:
                beginning = archive.beginning(entry, MAX_HEADER_BYTES)
            except Invalid as problem:
                self.problems.append(str(problem))
                continue
            self.take(name.removeprefix(container.BLOBS), beginning)

    def take(self, sha256: str, beginning: bytes) -> None:
        """Look at a file by its first ``MAX_HEADER_BYTES``."""
        if not is_sealed(beginning[:64]):
            self.not_sealed += 1
            if self._due:
                self._problem(sha256, "it is not sealed, although the exam seals everything")
            return
        try:
            header = read_header(io.BytesIO(beginning))
        except BadSeal as problem:
            self._problem(sha256, str(problem))
            return
        if self._due is None or sorted(name for name, _ in header.wrapped) == self._due:
            self.sealed += 1
            return
        self.strangers += 1
        self._problem(sha256, f"it is sealed to {_named(header)}; {self._wanted()}")

    def _wanted(self) -> str:
        if not self._due:
            return "the exam names nobody to seal to"
        return f"the exam names {_listed(self._due)}"

    def _problem(self, sha256: str, text: str) -> None:
        self.problems.append(f"{sha256}: {text}")


def _named(header: Header) -> str:
    return _listed([name for name, _ in header.wrapped]) or "nobody"


def _listed(names: list[str]) -> str:
    shown = " and ".join(grouped(printable(name)[:64]) for name in names[:_MAX_NAMED])
    return f"{shown} and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else shown
