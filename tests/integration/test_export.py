"""``proctor-desktop export`` on folders that a crash or a disk has spoiled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proctor_desktop.journal.session_folder import SessionFolder, exclusive
from tests.fakes.institution import Institution
from tests.fakes.program import run
from tests.fakes.sittings import held

pytestmark = pytest.mark.slow

ENVIRONMENT_EXIT = 3
PAGE_BYTES = 4096
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def institution(tmp_path: Path) -> Institution:
    return Institution(tmp_path)


@pytest.fixture
def folder(tmp_path: Path, institution: Institution) -> SessionFolder:
    return held(tmp_path / "data", institution, NOWHERE)


def overwrite_pages(folder: SessionFolder) -> None:
    path = folder.path / "journal.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES * 8)


def test_a_damaged_database_is_mended_before_it_is_exported(
    folder: SessionFolder, institution: Institution
) -> None:
    overwrite_pages(folder)
    with exclusive(folder.path.parent):
        told = run("export", "--data", str(folder.path.parent))
        assert told.returncode == ENVIRONMENT_EXIT
        assert "another monitor" in told.stderr
    told = run("export", "--data", str(folder.path.parent))
    assert told.returncode == 0, told.stderr
    package = str(folder.path.with_suffix(".evidence"))
    trust = ("--institution-key", institution.public_key)
    verdict = json.loads(run("verify", package, *trust, "--json").stdout)
    assert verdict["verdict"] == "VALID WITH GAPS"
    assert {gap["kind"] for gap in verdict["gaps"]} == {"unwitnessed"}


def test_an_emptied_exam_file_is_said_and_no_export_written(folder: SessionFolder) -> None:
    exam = folder.path / "exam.dsse"
    exam.write_bytes(b"")
    told = run("export", "--data", str(folder.path.parent))
    assert told.returncode == ENVIRONMENT_EXIT
    assert f"{exam}: it is not the exam file" in told.stderr
    assert not folder.path.with_suffix(".evidence").exists()
