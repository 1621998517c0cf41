from __future__ import annotations

import os
from pathlib import Path

import pytest

from proctor_desktop.hosts.durability import sync_folder


@pytest.mark.skipif(os.name != "posix", reason="elsewhere folders are not synced")
def test_the_folder_itself_is_synced_and_let_go_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fsync", lambda held: synced.append((held, os.fstat(held).st_ino)))

    sync_folder(tmp_path)

    ((handle, inode),) = synced
    assert inode == tmp_path.stat().st_ino
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere folders are not synced")
def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "gone")
