"""An honest export to start from, and whom its verifier trusts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Trust, Verdict, verify
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import INSTITUTION_KEY, SERVER_KEY, SealedSession, short_session

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TRUST = Trust((dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),))

Judge = Callable[..., Verdict]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    return blobs


@pytest.fixture
def sitting(folder: Path) -> SealedSession:
    return short_session(folder)


@pytest.fixture
def honest(sitting: SealedSession, tmp_path: Path) -> Path:
    path = tmp_path / "honest.evidence"
    write_package(sitting, path, NOW)
    return path


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Exports a session, or takes a file's bytes, and verifies it."""

    def judged(what: SealedSession | bytes, trust: Trust = TRUST) -> Verdict:
        path = tmp_path / "judged.evidence"
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            write_package(what, path, NOW)
        return verify(path, trust)

    return judged
