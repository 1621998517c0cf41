from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint import serve as module
from proctor_desktop.endpoint.serve import prepare, serve


def never(address: str) -> None:
    raise AssertionError(f"served at {address}")


@pytest.fixture(autouse=True)
def _kept_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command changes its process; a test must not."""
    monkeypatch.setattr(os, "umask", lambda _mask: 0)
    for name in ("DATA", "INSTITUTION_KEYS"):
        monkeypatch.setenv(f"PROCTOR_ENDPOINT_{name}", "")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", module.SETTINGS)


def test_a_port_in_use_is_named_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EnvironmentProblem) as problem:
            serve(tmp_path / "data", port, ready=never)
    assert problem.value.what == f"port {port} on 127.0.0.1"
    assert "choose another port" in problem.value.remedy
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.1", 0)])
def test_an_impossible_address_is_named(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(EnvironmentProblem, match=f"port {port} on {host}"):
        serve(tmp_path / "data", port, host=host, ready=never)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentProblem) as problem:
        prepare(tmp_path / "file" / "data")
    assert problem.value.what == str(tmp_path / "file" / "data")
    assert "Choose a folder" in problem.value.remedy
