from __future__ import annotations

import stat
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint import server_key
from proctor_desktop.wire import dsse


@pytest.fixture(autouse=True)
def _fresh() -> None:
    server_key.load_or_create.cache_clear()


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = server_key.load_or_create(tmp_path)
    server_key.load_or_create.cache_clear()
    assert dsse.public_hex(server_key.load_or_create(tmp_path)) == dsse.public_hex(first)
    assert (tmp_path / "server.pub").read_text() == dsse.public_hex(first) + "\n"
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600


def test_a_broken_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "server.key").write_text("nonsense")
    with pytest.raises(EnvironmentProblem, match=r"server\.key"):
        server_key.load_or_create(tmp_path)
    assert (tmp_path / "server.key").read_text() == "nonsense"


def test_halves_of_two_keys_are_told_apart(tmp_path: Path) -> None:
    server_key.load_or_create(tmp_path)
    server_key.load_or_create.cache_clear()
    (tmp_path / "server.key").unlink()
    with pytest.raises(EnvironmentProblem, match="Restore both"):
        server_key.load_or_create(tmp_path)
