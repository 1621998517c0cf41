from __future__ import annotations

import stat
from pathlib import Path

import pytest

from proctor_desktop.endpoint.private_file import read_or_create


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    assert read_or_create(path, lambda: b"one") == b"one"
    assert read_or_create(path, lambda: b"two") == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_two_that_start_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    def slower() -> bytes:
        path.write_bytes(b"the other's")
        return b"mine"

    assert read_or_create(path, slower) == b"the other's"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fails() -> bytes:
        raise OSError("no entropy")

    with pytest.raises(OSError, match="no entropy"):
        read_or_create(tmp_path / "new" / "secret", fails)
    assert list((tmp_path / "new").iterdir()) == []
