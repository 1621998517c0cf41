"""Sessions of some hundred records for a real endpoint, and what of them has arrived there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.chain import digest
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.wire import rest
from tests.fakes.institution import Institution
from tests.fakes.program import RunningEndpoint
from tests.fakes.sessions import entry, new_session, store, urgent, writing

STILL, VIDEO = b"\xff\xd8\xff a still \xff\xd9", b"moving pictures" * 1000
CANDIDATE: rest.Candidate = {"name": "Ada Example", "email": "ada@example.edu"}
OBSERVATIONS = 320


def held(data: Path, institution: Institution, endpoint: str, closed: bool = True) -> SessionFolder:
    """A session that was never delivered; one that is not ``closed`` broke off unsigned."""
    exam = institution.exam(endpoint).read_bytes()
    session = new_session(data, exam)
    policy = exam_file.open_envelope(exam, "exam").exam.policy
    with writing(session) as writer:
        writer.append(
            urgent(
                "session.open",
                None,
                session_key=session.session_key(),
                candidate=CANDIDATE,
                client="test/1",
            ),
            urgent(
                "policy", None, exam_sha256=digest(exam), policy=exam_file.policy_to_json(policy)
            ),
        )
        writer.append(urgent("consent", None, given=True))
        writer.append(urgent("exam.start"))
        still, video = (
            store(session).keep(STILL, "image/jpeg"),
            store(session).keep(VIDEO, "video/mp4"),
        )
        writer.append(
            urgent("violation.start", None, still, violation=1, rule="face_missing"),
            urgent("segment", None, video),
        )
        for number in range(OBSERVATIONS):
            writer.append(entry("observations", None, events=[number]))
        if closed:
            writer.append(urgent("session.close", None, reason="finished"))
    return session


def stored(endpoint: RunningEndpoint) -> list[bytes]:
    """The records that the endpoint holds, in order."""
    with closing(sqlite3.connect(endpoint.data / "endpoint.sqlite3")) as db:
        rows = db.execute("SELECT raw FROM proctor_desktop_endpoint_storedrecord ORDER BY seq")
        return [bytes(row[0]) for row in rows]


def stored_files(endpoint: RunningEndpoint) -> list[bytes]:
    """The content of the files that the endpoint holds, sorted."""
    there = (endpoint.data / "media" / "sessions").rglob("*")
    return sorted(path.read_bytes() for path in there if path.is_file())
