"""A session whose computer is gone: its export, the command line, and a real endpoint."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from proctor_desktop.cli import ENVIRONMENT_EXIT
from proctor_desktop.config import exam as exam_file
from proctor_desktop.core.chain import digest
from proctor_desktop.export.package import write_package
from proctor_desktop.monitor.farewell import NOT_DELIVERED
from proctor_desktop.wire import dsse
from tests.fakes.institution import Institution
from tests.fakes.program import RunningEndpoint, run, running_endpoint
from tests.fakes.sealed_session import SESSION_KEY, START
from tests.fakes.sessions import entry, new_session, reading, store, urgent, writing

STILL, VIDEO = b"\xff\xd8\xff a still \xff\xd9", b"moving pictures" * 1000


def exported(folder: Path, institution: Institution, endpoint: str) -> tuple[Path, list[bytes]]:
    """A session with some hundred records that was never delivered; only its export is left."""
    exam = institution.exam(endpoint).read_bytes()
    session = new_session(folder / "data", exam)
    key = session.session_key()
    candidate = {"name": "Ada Example", "email": "ada@example.edu"}
    policy = exam_file.open_envelope(exam, "exam").exam.policy
    with writing(session) as writer:
        writer.append(
            urgent("session.open", None, session_key=key, candidate=candidate, client="test/1"),
            urgent(
                "policy",
                None,
                exam_sha256=digest(exam),
                policy=exam_file.policy_to_json(policy),
            ),
        )
        writer.append(urgent("consent", None, given=True))
        writer.append(urgent("exam.start"))
        for number in range(300):
            writer.append(entry("observations", None, events=[number]))
        still, video = (
            store(session).keep(STILL, "image/jpeg"),
            store(session).keep(VIDEO, "video/mp4"),
        )
        writer.append(
            urgent("violation.start", None, still, violation=1, rule="face_missing"),
            urgent("segment", None, video),
        )
        writer.append(urgent("session.close", None, reason="finished"))
    with reading(session) as reader:
        package = write_package(reader, folder / "ada.evidence", START.wall_utc).path
        records = list(reader.records())
    session.path.rename(folder / "gone")
    return package, records


def stored(endpoint: RunningEndpoint) -> list[bytes]:
    with closing(sqlite3.connect(endpoint.data / "endpoint.sqlite3")) as db:
        rows = db.execute("SELECT raw FROM proctor_desktop_endpoint_storedrecord ORDER BY seq")
        return [bytes(row[0]) for row in rows]


def uploaded(package: Path, institution: Institution, key: str) -> tuple[int, str]:
    done = run(
        *("upload", str(package), "--endpoint-key", key),
        *("--institution-key", institution.public_key),
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_a_session_is_delivered_from_its_export_alone_once_and_no_more(tmp_path: Path) -> None:
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        package, records = exported(tmp_path, institution, endpoint.address)
        wrong = dsse.public_hex(SESSION_KEY)
        code, said = uploaded(package, institution, wrong)
        assert (code, stored(endpoint)) == (NOT_DELIVERED, [])
        assert "not one you trust" in said

        for _ in range(2):
            code, said = uploaded(package, institution, endpoint.server_key)
            assert code == 0, said
            assert "score 95, risk green" in said
            assert stored(endpoint) == records
        files = [p for p in (endpoint.data / "media" / "sessions").rglob("*") if p.is_file()]
        assert sorted(path.read_bytes() for path in files) == sorted([STILL, VIDEO])

        package.write_bytes(package.read_bytes().replace(b"moving", b"forged", 1))
        code, said = uploaded(package, institution, endpoint.server_key)
        assert code == ENVIRONMENT_EXIT
        assert "does not verify" in said
    assert json.loads(records[0])["kind"] == "session.open"
