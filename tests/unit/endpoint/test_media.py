from __future__ import annotations

import io
import os
import stat
import time
import uuid
from pathlib import Path

import pytest

from proctor_desktop.core.chain import digest
from proctor_desktop.endpoint.media import MediaFolder
from proctor_desktop.endpoint.refusal import Refusal

SESSION = uuid.uuid4()
CONTENT = b"pixels" * 50_000


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "media")


def files(media: MediaFolder) -> list[Path]:
    return [path for path in media.root.rglob("*") if path.is_file()]


def test_a_blob_is_a_private_file_named_by_its_hash(media: MediaFolder) -> None:
    media.receive(SESSION, digest(CONTENT), io.BytesIO(CONTENT), len(CONTENT))
    path = media.path(SESSION, digest(CONTENT))
    assert files(media) == [path]
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_another_hash_leaves_nothing(media: MediaFolder) -> None:
    with pytest.raises(Refusal, match="SHA-256"):
        media.receive(SESSION, digest(b"other"), io.BytesIO(CONTENT), len(CONTENT))
    assert files(media) == []


def test_a_body_that_ends_early_leaves_nothing(media: MediaFolder) -> None:
    with pytest.raises(Refusal, match="10 bytes early"):
        media.receive(SESSION, digest(CONTENT), io.BytesIO(CONTENT), len(CONTENT) + 10)
    assert files(media) == []


def test_no_more_is_read_than_was_announced(media: MediaFolder) -> None:
    source = io.BytesIO(CONTENT + b"more")
    media.receive(SESSION, digest(CONTENT), source, len(CONTENT))
    assert source.read() == b"more"


def test_a_full_disk_leaves_nothing(media: MediaFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    media.path(SESSION, "x").parent.mkdir(parents=True)
    (media.root / "incoming").mkdir()
    with pytest.raises(OSError, match="No space"):
        media.receive(SESSION, digest(CONTENT), io.BytesIO(CONTENT), len(CONTENT))
    assert files(media) == []


def test_only_what_was_abandoned_is_swept(media: MediaFolder) -> None:
    media.receive(SESSION, digest(CONTENT), io.BytesIO(CONTENT), len(CONTENT))
    old, young = (media.root / "incoming" / name for name in ("old.part", "young.part"))
    old.touch()
    young.touch()
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    assert media.sweep() == 1
    assert set(files(media)) == {young, media.path(SESSION, digest(CONTENT))}


def test_there_is_nothing_to_sweep_at_first(media: MediaFolder) -> None:
    assert media.sweep() == 0
