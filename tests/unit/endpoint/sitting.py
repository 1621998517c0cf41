"""A candidate's client for tests: a real journal, real signatures, calls without a network."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rest_framework.test import APIClient

from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.core.moment import rfc3339
from proctor_desktop.wire import dsse, rest
from tests.fakes.sealed_session import (
    ENROL_KEY,
    SESSION_KEY,
    START,
    SealedSession,
    credentials,
)

JPEG = b"\xff\xd8\xff\xe0 a face \xff\xd9"
PREFIX = rest.PREFIX + "/sessions/"


class Sitting:
    """One session. ``journal`` is what the candidate's machine holds; ``token`` what it was given.

    Every enrolment is made one second after the last, as a client's clock would have it.
    """

    def __init__(self, folder: Path, key: Ed25519PrivateKey = SESSION_KEY) -> None:
        folder.mkdir(exist_ok=True)
        self.journal = SealedSession(folder, session=str(uuid.uuid4()))
        self.key = key
        self.email = "ada@example.edu"
        self.token = ""
        self.base = f"{PREFIX}{self.journal.session}/"
        self._now = START

    def enrol_payload(self, **changes: Any) -> dict[str, Any]:
        self._now = self._now.later(1)
        session = changes.get("session", self.journal.session)
        return {
            "session": session,
            "session_key": dsse.public_hex(self.key),
            "delegation": json.loads(credentials(session, self.key).delegation),
            "exam": json.loads(self.journal.exam),
            "candidate": {"name": "Ada Example", "email": self.email},
            "started": rfc3339(START.wall_utc),
            "client": "proctor-desktop/test",
            "sent": rfc3339(self._now.wall_utc),
            **changes,
        }

    def enrol(self, envelope: bytes | None = None) -> Any:
        """Enrol anew, or with the envelope given; keeps the token of a good answer."""
        made = envelope or dsse.sign_json(ENROL_KEY, dsse.ENROL, self.enrol_payload())
        answer = APIClient().post(PREFIX, data=made, content_type="application/json")
        self.token = answer.json().get("token", self.token)
        return answer

    def batch(self, first: int = 1, last: int | None = None) -> dict[str, Any]:
        """Records ``first`` to ``last`` with all checkpoints so far and one over the last one."""
        last = last or len(self.journal.log)
        if last not in self.journal.signed:
            self.journal.checkpoint(over=last)
        signed = sorted(self.journal.signed.items())
        return {
            "records": [raw.decode() for raw in self.journal.log[first - 1 : last]],
            "checkpoints": [json.loads(one) for seq, one in signed if first <= seq <= last],
        }

    def send(self, first: int = 1, last: int | None = None) -> Any:
        return self.post("records/", self.batch(first, last))

    def head(self) -> dict[str, Any]:
        return {"seq": self.journal.head.seq, "hash": self.journal.head.hash}

    def put(self, content: bytes, sha256: str | None = None, media_type: str = "image/jpeg") -> Any:
        return self._client().put(
            f"{self.base}blobs/{sha256 or digest(content)}/", data=content, content_type=media_type
        )

    def post(self, path: str, body: Any) -> Any:
        return self._client().post(
            self.base + path, data=json.dumps(body), content_type="application/json"
        )

    def simple(self, **changes: Any) -> Any:
        """Post to the simple route."""
        body = {"session_id": self.journal.session, "violation_type": "no_face", **changes}
        return self._client().post(
            "/api/proctor/record-violation/",
            data=json.dumps(body),
            content_type="application/json",
        )

    def get(self, path: str = "") -> Any:
        return self._client().get(self.base + path)

    def violation(self, kind: str, number: int = 1, *blobs: BlobRef, **data: Any) -> None:
        """Journal one moment of a violation."""
        told = {"violation": number, "rule": "face_missing", **data}
        self.journal.record(f"violation.{kind}", told, *blobs)

    def _client(self) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token}")
        return client
