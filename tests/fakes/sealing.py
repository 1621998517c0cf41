"""Keys to seal to, and a session whose exam names one of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.config.exam import Exam
from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.wire.seal import Recipients, sealed
from tests.fakes.sealed_session import SealedSession

INSTITUTION, ESCROW, STRANGER = (
    X25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (7, 8, 9)
)


def public(key: X25519PrivateKey) -> str:
    """The public half in hex."""
    return key.public_key().public_bytes_raw().hex()


SEAL_TO = (public(INSTITUTION), public(ESCROW))


class SealingSession(SealedSession):
    """A session of an exam that seals to the institution and to an escrow."""

    def __init__(self, folder: Path, seal_to: tuple[str, ...] = SEAL_TO) -> None:
        exam = Exam(
            id="algebra-1",
            title="Algebra I",
            institution="Example University",
            endpoint="https://exams.example.edu",
            notice="Camera, microphone and screen are recorded.",
            seal_to=seal_to,
            policy=preset_defaults(Preset.INTERVIEW),
        )
        super().__init__(folder, exam=exam)

    def seal(
        self,
        content: bytes,
        media_type: str = "image/png",
        session: str = "",
        seals: str | None = None,
        cut_bytes: int = 0,
        to: tuple[str, ...] = SEAL_TO,
    ) -> BlobRef:
        """Keep a sealed blob; what is given instead of the truth is recorded or sealed."""
        file, salted = sealed(content, Recipients(session or self.session, to), media_type)
        kept = self.blob(file[: len(file) - cut_bytes], media_type)
        return replace(kept, seals=salted if seals is None else seals)


WRONG = digest(b"something else")
