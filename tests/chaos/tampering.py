"""Every way to tamper with the reference export, each by its number."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import EMPTY, Head, digest
from proctor_desktop.export.package import write_package
from proctor_desktop.wire import dsse
from tests.fakes.evidence_forge import assembled, entries_of, signed_again
from tests.fakes.sealed_session import SESSION_KEY, SealedSession, key, next_key, short_session

Entries = dict[str, bytes]

THIEF = key(9)
CHECKPOINTS = 2
"""How many the reference has; the key that is left after them is what a later thief finds."""


@dataclass(frozen=True)
class Way:
    """A way to tamper: how many forgeries there are and how the one with a number is made."""

    name: str
    count: int
    forged: Callable[[int], bytes]


class Reference:
    """A small honest export, VALID without gaps, and another session's to take parts from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.raw, self.entries = self._export(short_session(self._blobs("own")), "own")
        self.other = self._export(_another(self._blobs("other")), "other")[1]
        self.last_key = next_key(CHECKPOINTS)

    def _blobs(self, name: str) -> Path:
        made = self._folder / name
        made.mkdir()
        return made

    def _export(self, sitting: SealedSession, name: str) -> tuple[bytes, Entries]:
        path = self._folder / f"{name}.evidence"
        write_package(sitting, path, datetime(2026, 11, 21, tzinfo=UTC))
        return path.read_bytes(), entries_of(path)

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """Every byte of every entry but the manifest, whose bytes only a signature protects."""
        there = {name: content for name, content in self.entries.items() if "manif" not in name}
        return [(name, at) for name, content in there.items() for at in range(len(content))]

    @cached_property
    def lines(self) -> list[bytes]:
        """The records' lines."""
        return self.entries["records.jsonl"].splitlines(keepends=True)


def ways(reference: Reference) -> list[Way]:
    """All of them."""
    raw, size = reference.raw, len(reference.raw)
    places, signers = reference.places, [THIEF, SESSION_KEY, next_key(1), reference.last_key]
    rechained = _rechained_edits(reference)
    swaps = _swaps(reference)
    edits = _record_edits(reference)
    return [
        Way("one bit of any byte of the file", size * 8, lambda n: _flipped(raw, n // 8, n % 8)),
        Way("cut off at any length", size, lambda n: raw[:n]),
        Way("bytes added at the end", 1000, lambda n: raw + random.Random(n).randbytes(n + 1)),
        Way("bytes added in front", 1000, lambda n: random.Random(n).randbytes(n + 1) + raw),
        Way(
            "one byte of any entry, container made anew",
            len(places),
            lambda n: assembled(_changed(reference, n)),
        ),
        Way(
            "... and the manifest signed anew with the key that a later thief finds",
            len(places),
            lambda n: assembled(signed_again(_changed(reference, n), reference.last_key)),
        ),
        Way(
            "records dropped, reordered, duplicated, edited; manifest by each key there ever was",
            len(edits) * len(signers),
            lambda n: assembled(signed_again(edits[n // len(signers)], signers[n % len(signers)])),
        ),
        Way(
            "records edited, the chain and all checkpoints made anew with any one key",
            len(rechained),
            lambda n: rechained[n](),
        ),
        Way(
            "checkpoints and receipts exchanged, also with another session's, or signed anew",
            len(swaps),
            lambda n: assembled(signed_again(swaps[n], reference.last_key)),
        ),
    ]


def _flipped(raw: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[at] ^= 1 << bit
    return bytes(changed)


def _changed(reference: Reference, number: int) -> Entries:
    name, at = reference.places[number]
    changed = bytearray(reference.entries[name])
    changed[at] ^= random.Random(number).randrange(1, 256)
    return {**reference.entries, name: bytes(changed)}


def _record_edits(reference: Reference) -> list[Entries]:
    lines = reference.lines
    span = range(len(lines))
    edited = [
        *([*lines[:n], *lines[n + 1 :]] for n in span),
        *([*lines[: n + 1], *lines[n:]] for n in span),
        *([*lines[:n], lines[m], *lines[n:]] for n in span for m in span),
        *(_exchanged(lines, n, m) for n in span for m in span if n < m),
        *([*lines[:n], line.replace(old, new), *lines[n + 1 :]]
          for n, line in enumerate(lines) for old, new in _WORDS if old in line),
        lines[:3] * 2,
        [*lines, *reference.other["records.jsonl"].splitlines(keepends=True)],
    ]  # fmt: skip
    return [{**reference.entries, "records.jsonl": b"".join(e)} for e in edited if e != lines and e]


_WORDS = (
    (b"no face", b"a face "),
    (b"face_missing", b"eyes_closed_"),
    (b"Ada Example", b"Bob Example"),
    (b'"medium"', b'"none"'),
    (b"2026-11-20T09", b"2026-11-20T08"),
    (b'"duration_s":4.0', b'"duration_s":0.1'),
    (b"session.close", b"heartbeat"),
    (b'"size":', b'"size":1'),
    (b'"session_key":"', b'"session_key" :"'),
)


def _exchanged(lines: list[bytes], one: int, other: int) -> list[bytes]:
    changed = list(lines)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def _rechained_edits(reference: Reference) -> list[Callable[[], bytes]]:
    """Every word changed, with a chain that holds again; checkpoints by a key that one may have."""
    signers = [THIEF, next_key(1), reference.last_key]
    return [
        lambda n=n, words=words, signer=signer: _rechained(reference, n, words, signer)
        for n, line in enumerate(reference.lines)
        for words in _WORDS
        if words[0] in line
        for signer in signers
    ]


def _rechained(
    reference: Reference, number: int, words: tuple[bytes, bytes], signer: Ed25519PrivateKey
) -> bytes:
    head, hashes = EMPTY, dict[int, str]()
    lines: list[bytes] = []
    for at, line in enumerate(reference.lines):
        raw = line.rstrip(b"\n").replace(*words) if at == number else line.rstrip(b"\n")
        start = raw.index(b'"prev":"') + len(b'"prev":"')
        raw = raw[:start] + head.hash.encode() + raw[start + 64 :]
        head = Head(head.seq + 1, digest(raw))
        hashes[head.seq] = head.hash
        lines.append(raw + b"\n")
    entries = {**reference.entries, "records.jsonl": b"".join(lines)}
    for name in [one for one in entries if one.startswith("checkpoints/")]:
        body = dsse.peek(entries[name])
        if hashes[body["seq"]] != body["head"]:
            body["head"] = hashes[body["seq"]]
            entries[name] = dsse.sign_json(signer, dsse.CHECKPOINT, body)
    return assembled(signed_again(entries, reference.last_key))


def _swaps(reference: Reference) -> list[Entries]:
    entries, other = reference.entries, reference.other
    signed = [name for name in entries if name.startswith(("checkpoints/", "receipts/"))]
    swapped = [{**entries, a: entries[b], b: entries[a]} for a in signed for b in signed if a < b]
    foreign = [{**entries, a: other[b]} for a in signed for b in other if b.startswith(a[:5])]
    for name in signed:
        kind = dsse.CHECKPOINT if name.startswith("checkpoints/") else dsse.RECEIPT
        body = dsse.peek(entries[name])
        due = SESSION_KEY if name.endswith("4.dsse") else next_key(1)
        for signer in (THIEF, SESSION_KEY, next_key(1), reference.last_key):
            if signer is not due and dsse.public_hex(signer) != dsse.public_hex(due):
                foreign.append({**entries, name: dsse.sign_json(signer, kind, body)})
    return [*swapped, *foreign, *({**entries, n: c} for n, c in _exams(reference))]


def _exams(reference: Reference) -> list[tuple[str, bytes]]:
    body = dsse.peek(reference.entries["exam.dsse"])
    easier = dsse.sign_json(THIEF, dsse.EXAM, {**body, "title": "An easier exam"})
    own = dsse.public_hex(THIEF)
    named = dsse.sign_json(THIEF, dsse.EXAM, {**body, "institution_key": own})
    return [("exam.dsse", easier), ("exam.dsse", named)]


def _another(folder: Path) -> SealedSession:
    sitting = SealedSession(folder, session="0c7d2a34-9d8f-4a45-8a5e-2d6a2f0f7c11")
    sitting.open()
    sitting.record("exam.start")
    sitting.record("heartbeat")
    sitting.witness()
    sitting.record("heartbeat")
    sitting.record("heartbeat")
    sitting.close()
    return sitting
