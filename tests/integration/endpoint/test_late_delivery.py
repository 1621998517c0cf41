"""A session whose computer is gone: its export, the command line, and a real endpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proctor_desktop.cli import ENVIRONMENT_EXIT
from proctor_desktop.core.chain import decode
from proctor_desktop.export.package import write_package
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.monitor.farewell import NOT_DELIVERED
from proctor_desktop.wire import dsse
from tests.fakes.institution import Institution
from tests.fakes.program import run, running_endpoint
from tests.fakes.sealed_session import SESSION_KEY, START
from tests.fakes.sessions import as_after_a_power_cut, reading, urgent, writing
from tests.fakes.sittings import STILL, VIDEO, held, stored, stored_files


def exported(folder: Path, institution: Institution, endpoint: str) -> tuple[Path, list[bytes]]:
    """A session with some hundred records that was never delivered; only its export is left."""
    session = held(folder / "data", institution, endpoint)
    with reading(session) as reader:
        package = write_package(reader, folder / "ada.evidence", START.wall_utc).path
        records = list(reader.records())
    session.path.rename(folder / "gone")
    return package, records


def uploaded(package: Path, institution: Institution, key: str, *words: str) -> tuple[int, str]:
    done = run(
        *("upload", str(package), "--endpoint-key", key),
        *("--institution-key", institution.public_key, *words),
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
        assert stored_files(endpoint) == sorted([STILL, VIDEO])

        package.write_bytes(package.read_bytes().replace(b"moving", b"forged", 1))
        code, said = uploaded(package, institution, endpoint.server_key)
        assert code == ENVIRONMENT_EXIT
        assert "does not verify" in said
    assert json.loads(records[0])["kind"] == "session.open"


@pytest.mark.slow
def test_an_excerpt_an_early_export_and_another_course_of_the_same_session(tmp_path: Path) -> None:
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        session = held(tmp_path / "data", institution, endpoint.address, closed=False)
        early = as_export(session, tmp_path / "early.evidence")
        fork = as_after_a_power_cut(session, tmp_path / "fork")
        with writing(fork) as writer:
            writer.append(urgent("gap", None, seconds=1))
        forked = as_export(fork, tmp_path / "forked.evidence")
        with writing(session) as writer:
            writer.append(urgent("session.close", None, reason="finished"))
        with reading(session) as reader:
            records = list(reader.records())
        still = next(blob.sha256 for raw in records for blob in decode(raw).blobs)
        excerpt = as_export(session, tmp_path / "excerpt.evidence", still)

        code, said = uploaded(excerpt, institution, endpoint.server_key)
        assert code == NOT_DELIVERED
        assert "1 files withheld" in said
        assert "it stays open" in said
        assert "score" not in said

        code, said = uploaded(early, institution, endpoint.server_key, "--keep-trying")
        assert code == 0, said
        assert f"the endpoint has {len(records)} records of this session already" in said

        code, said = uploaded(forked, institution, endpoint.server_key, "--keep-trying")
        assert code == NOT_DELIVERED
        assert "HTTP 409: the endpoint holds other records of this session" in said
        assert stored(endpoint) == records

        whole = as_export(session, tmp_path / "whole.evidence")
        code, said = uploaded(whole, institution, endpoint.server_key)
        assert (code, "score 95, risk green" in said) == (0, True)
        assert stored_files(endpoint) == sorted([STILL, VIDEO])


def as_export(session: SessionFolder, path: Path, *only: str) -> Path:
    with reading(session) as reader:
        return write_package(reader, path, START.wall_utc, only or None).path
