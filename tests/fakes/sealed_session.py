"""A session's journal in memory: real records, real signatures, no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.config.exam import Exam, policy_to_json, to_json
from proctor_desktop.core.chain import EMPTY, BlobRef, Head, digest, encode
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.journal.session_folder import Credentials
from proctor_desktop.wire import dsse

SESSION = "6f0c9f4e-3d0b-4d5e-9a51-0d6d3a1f2b10"
START = Moment(5_000_000_000, datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC))


def key(number: int) -> Ed25519PrivateKey:
    """The same key for the same number, so that exports can be compared byte for byte."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


SESSION_KEY, SERVER_KEY, INSTITUTION_KEY = key(1), key(2), key(3)
ENROL_KEY = key(4)


def next_key(number: int) -> Ed25519PrivateKey:
    """The session's key after this many checkpoints, the same in every run."""
    made = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest(b"%d" % number)))
    return made if number else SESSION_KEY


class SealedSession:
    """Builds a session record by record and offers it as an export's journal.

    ``now`` moves by ``advance``; blobs are files in ``folder``.
    """

    def __init__(self, folder: Path, session: str = SESSION, exam: Exam | None = None) -> None:
        self.session = session
        self.now = START
        self.boot = "boot-1"
        self.checkpoints_made = 0
        self.key_is_gone = False
        self.head: Head = EMPTY
        self.log: list[bytes] = []
        self.signed: dict[int, bytes] = {}
        self.received: dict[int, bytes] = {}
        self._folder = folder
        self._exam = exam or Exam(
            id="algebra-1",
            title="Algebra I",
            institution="Example University",
            endpoint="https://exams.example.edu",
            notice="Camera, microphone and screen are recorded.",
            policy=preset_defaults(Preset.INTERVIEW),
        )
        body = {**to_json(self._exam), "institution_key": dsse.public_hex(INSTITUTION_KEY)}
        self.exam = dsse.sign_json(INSTITUTION_KEY, dsse.EXAM, body)

    # -- building ---------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.now = self.now.later(seconds)

    def record(
        self, kind: str, data: Mapping[str, Any] | None = None, *blobs: BlobRef, after_s: float = 1
    ) -> None:
        """Append a record ``after_s`` seconds after the last one."""
        self.advance(after_s if self.log else 0)
        raw = encode(self.session, self.head, self.now, self.boot, kind, data or {}, blobs)
        self.append(raw)

    def append(self, raw: bytes) -> None:
        """Append bytes as a record, whatever they are."""
        self.log.append(raw)
        self.head = Head(self.head.seq + 1, digest(raw))

    def blob(self, content: bytes, media_type: str = "image/jpeg") -> BlobRef:
        """Keep a blob; returns how a record names it."""
        name = digest(content)
        (self._folder / name).write_bytes(content)
        return BlobRef(name, media_type, len(content))

    @property
    def due(self) -> Ed25519PrivateKey:
        """The key that signs next: a checkpoint, or an export."""
        return next_key(self.checkpoints_made)

    def checkpoint(self, signer: Ed25519PrivateKey | None = None, over: int | None = None) -> None:
        """Sign the chain as it stands, or as it stood at record ``over``; a new key is due then."""
        signer, seq = signer or self.due, over or self.head.seq
        self.checkpoints_made += 1
        body = {
            "session": self.session,
            "seq": seq,
            "head": digest(self.log[seq - 1]),
            "wall": rfc3339(self.now.wall_utc),
            "next_key": dsse.public_hex(self.due),
        }
        self.signed[seq] = dsse.sign_json(signer, dsse.CHECKPOINT, body)

    def receipt(self, signer: Ed25519PrivateKey = SERVER_KEY, late_s: float = 0.2) -> None:
        """Let the server countersign the chain as it stands, ``late_s`` from now."""
        body = self._here() | {"server_time": rfc3339(self.now.later(late_s).wall_utc)}
        self.received[self.head.seq] = dsse.sign_json(signer, dsse.RECEIPT, body)

    def witness(self) -> None:
        """A checkpoint and its receipt."""
        self.checkpoint()
        self.receipt()

    def open(self, **data: Any) -> None:
        """The records that every session starts with."""
        about = {"id": self._exam.id, "title": self._exam.title}
        self.record(
            "session.open",
            {
                "session_key": dsse.public_hex(SESSION_KEY),
                "client": "0.1",
                "candidate": {"name": "Ada Example", "email": "ada@example.edu"},
                "exam": {**about, "institution": self._exam.institution},
                **data,
            },
        )
        policy = policy_to_json(self._exam.policy)
        self.record("policy", {"exam_sha256": digest(self.exam), "policy": policy})

    def close(self) -> None:
        """An orderly, witnessed end."""
        self.record("session.close", {"reason": "finished", "records": self.head.seq + 1})
        self.witness()

    def _here(self) -> dict[str, Any]:
        return {"session": self.session, "seq": self.head.seq, "head": self.head.hash}

    # -- what an export asks for ------------------------------------------------------------

    def records(self) -> Iterator[bytes]:
        return iter(self.log)

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        return iter(sorted(self.signed.items()))

    def receipts(self) -> Iterator[tuple[int, bytes]]:
        return iter(sorted(self.received.items()))

    def exam_envelope(self) -> bytes:
        return self.exam

    def blob_path(self, sha256: str) -> Path | None:
        path = self._folder / sha256
        return path if path.exists() else None

    def session_key(self) -> str:
        return dsse.public_hex(SESSION_KEY)

    def signing_key(self, public_key: str) -> Ed25519PrivateKey | None:
        known = (next_key(number) for number in range(self.checkpoints_made, -1, -1))
        found = (one for one in known if dsse.public_hex(one) == public_key)
        return None if self.key_is_gone else next(found, None)


def short_session(folder: Path) -> SealedSession:
    """A small, orderly session with one violation, a still and a screen segment."""
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("exam.start")
    still = sitting.blob(b"\xff\xd8 a still \xff\xd9")
    start = {"violation": 1, "rule": "face_missing", "severity": "medium", "reason": "no face"}
    sitting.record("violation.start", start, still)
    sitting.witness()
    sitting.record("violation.end", {**start, "duration_s": 4.0, "ended": "cleared"})
    segment = {"source": "screen", "frames": 10}
    sitting.record("segment", segment, sitting.blob(b"moving pictures" * 20, "video/mp4"))
    sitting.close()
    return sitting


def credentials(session: str, signer: Ed25519PrivateKey = SESSION_KEY) -> Credentials:
    """What a session whose first key is ``signer`` enrols with."""
    body = {
        "session": session,
        "session_key": dsse.public_hex(signer),
        "enrol_key": dsse.public_hex(ENROL_KEY),
    }
    return Credentials(ENROL_KEY, dsse.sign_json(signer, dsse.DELEGATION, body))
