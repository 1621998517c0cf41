"""An institution for tests: its key, and exams that it signs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.config import exam as exam_file
from proctor_desktop.wire import dsse


class Institution:
    """Signs exam files into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = Ed25519PrivateKey.generate()
        self.public_key = dsse.public_hex(self.key)

    def exam(self, endpoint: str, seal_to: Sequence[str] = (), **policy: Any) -> Path:
        """A signed exam file for this endpoint; ``policy`` overrides its preset."""
        body = {
            "id": "test-exam",
            "title": "A test exam",
            "institution": "Test University",
            "endpoint": endpoint,
            "notice": "Your camera, microphone and screen are recorded.",
            "seal_to": list(seal_to),
            "policy": policy,
        }
        path = self.folder / "test.exam"
        path.write_bytes(exam_file.sign(exam_file.parse(body, "test exam"), self.key))
        return path
