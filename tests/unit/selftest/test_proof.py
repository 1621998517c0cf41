from __future__ import annotations

import socket
from pathlib import Path

import pytest

from proctor_desktop.core.errors import PeerRefused, PeerUnreachable
from proctor_desktop.core.policy import Policy, Preset, preset_defaults
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.selftest import proof, server
from proctor_desktop.selftest.sitting import found_institution
from proctor_desktop.selftest.steps import StepFailed
from tests.unit.selftest.test_sitting import written_session

CLOCK = SystemClock()
OTHER_KEY = "ab" * 32


def test_an_endpoint_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listened on
        written = written_session(tmp_path, f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(PeerUnreachable, match="does not answer"):
            proof.deliver(written, tmp_path / "endpoint", CLOCK)


def test_an_export_that_no_server_witnessed_is_not_valid(tmp_path: Path) -> None:
    written = written_session(tmp_path, "http://127.0.0.1:9")
    target = tmp_path / "unwitnessed.evidence"
    assert "2 files" in proof.export(written, target, CLOCK)
    with pytest.raises(StepFailed, match=r"VALID WITH GAPS.*unwitnessed"):
        proof.check_export(target, written.exam.signer, OTHER_KEY)


def test_an_export_of_another_institution_is_not_valid(tmp_path: Path) -> None:
    written = written_session(tmp_path, "http://127.0.0.1:9")
    target = tmp_path / "other.evidence"
    proof.export(written, target, CLOCK)
    with pytest.raises(StepFailed, match="INVALID"):
        proof.check_export(target, OTHER_KEY, OTHER_KEY)


def test_an_export_without_one_of_its_files_is_told(tmp_path: Path) -> None:
    written = written_session(tmp_path, "http://127.0.0.1:9")
    next(written.folder.blobs.iterdir()).unlink()
    with pytest.raises(StepFailed, match="not whole"):
        proof.export(written, tmp_path / "lost.evidence", CLOCK)


def test_an_endpoint_of_another_institution_does_not_take_the_session(tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = found_institution(tmp_path / "stranger")
    data = tmp_path / "endpoint"
    with server.endpoint(data, stranger.public) as address:
        written = written_session(tmp_path, address)
        with pytest.raises(PeerRefused, match="The exam is not accepted here"):
            proof.deliver(written, data, CLOCK)


def test_the_score_follows_from_the_policy() -> None:
    assert proof.expected_score(Policy()) == 95.0
    assert proof.expected_score(preset_defaults(Preset.INTERVIEW)) == 95.0
