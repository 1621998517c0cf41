"""Files that records name."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.core.chain import digest
from proctor_desktop.journal.blobs import BlobStore, NotKept, hash_file, write_new
from proctor_desktop.journal.reserve import STILL, Pieces, Reserve
from proctor_desktop.wire.seal import Recipients
from proctor_desktop.wire.unseal import open_sealed
from tests.fakes.full_disk import full_disk

CONTENT = b"\xff\xd8 a still \xff\xd9"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    for name in ("blobs", "incoming"):
        (tmp_path / name).mkdir()
    return BlobStore(tmp_path / "blobs", tmp_path / "incoming", Recipients("a session"))


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str) -> None:
    """Let an operating system's call fail."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, words)

    monkeypatch.setattr(os, call, fail)


def test_what_is_kept_is_found_under_its_hash(blobs: BlobStore) -> None:
    kept = blobs.keep(CONTENT, "image/jpeg")
    assert (kept.sha256, kept.type, kept.size) == (digest(CONTENT), "image/jpeg", len(CONTENT))
    path = blobs.path(kept.sha256)
    assert path is not None
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_unfinished_is_left_behind(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.keep(CONTENT, "image/jpeg")
    assert list((tmp_path / "incoming").iterdir()) == []


def test_the_same_content_is_kept_once(blobs: BlobStore) -> None:
    assert blobs.keep(CONTENT, "image/jpeg") == blobs.keep(CONTENT, "image/jpeg")
    assert blobs.names() == {digest(CONTENT)}


def test_a_blob_that_is_not_here_has_no_path(blobs: BlobStore) -> None:
    assert blobs.path(digest(b"never seen")) is None


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_full_disk_keeps_nothing_and_says_why(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    refuse(monkeypatch, call, 28, "No space left on device")
    with pytest.raises(NotKept) as caught:
        blobs.keep(CONTENT, "image/jpeg")
    monkeypatch.undo()
    assert str(caught.value) == "No space left on device"
    assert blobs.names() == set()
    assert list((tmp_path / "incoming").iterdir()) == []


SET_ASIDE = 4096


@pytest.fixture
def roomy(tmp_path: Path, blobs: BlobStore) -> BlobStore:
    """A store with one piece of space that was set aside."""
    reserve = Reserve(tmp_path, (Pieces(STILL, 1, SET_ASIDE),))
    assert reserve.take()
    to = Recipients("a session")
    return BlobStore(tmp_path / "blobs", tmp_path / "incoming", to, reserve.claim_still)


def test_on_a_full_disk_space_that_was_set_aside_is_overwritten(
    tmp_path: Path, roomy: BlobStore
) -> None:
    (piece,) = (tmp_path / "reserve").iterdir()
    inode = piece.stat().st_ino
    with full_disk():
        kept = roomy.path(roomy.keep(CONTENT, "image/jpeg").sha256)
    assert kept is not None
    assert kept.read_bytes() == CONTENT
    assert kept.stat().st_ino == inode
    with full_disk(), pytest.raises(NotKept, match="No space left"):
        roomy.keep(CONTENT + b"another", "image/jpeg")


def test_what_is_larger_than_what_was_set_aside_leaves_it_alone(
    tmp_path: Path, roomy: BlobStore
) -> None:
    with full_disk(), pytest.raises(NotKept, match="No space left"):
        roomy.keep(bytes(SET_ASIDE + 1), "video/mp4")
    assert len(list((tmp_path / "reserve").iterdir())) == 1


def failing_once(monkeypatch: pytest.MonkeyPatch, call: str) -> list[Any]:
    """Let a call fail the first time; returns what it is called with."""
    real, given = getattr(os, call), list[Any]()

    def fail(what: Any, *args: Any, **options: Any) -> Any:
        given.append(os.readlink(f"/proc/self/fd/{what}") if isinstance(what, int) else what)
        if len(given) == 1:
            raise OSError(5, "Input/output error")
        return real(what, *args, **options)

    monkeypatch.setattr(os, call, fail)
    return given


def test_after_a_failed_sync_the_bytes_go_to_a_new_file(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = failing_once(monkeypatch, "fsync")
    kept = blobs.keep(CONTENT, "image/jpeg")
    monkeypatch.undo()
    assert synced[0] != synced[1]
    assert (tmp_path / "blobs" / kept.sha256).read_bytes() == CONTENT
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_video_that_cannot_be_synced_is_copied_to_a_new_file(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    part = tmp_path / "screen.mp4.part"
    part.write_bytes(CONTENT)
    failing_once(monkeypatch, call)
    kept = blobs.adopt(part, "video/mp4")
    monkeypatch.undo()
    assert (tmp_path / "blobs" / kept.sha256).read_bytes() == CONTENT
    assert not part.exists()


def test_a_disk_that_became_read_only_is_no_crash(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for call in ("open", "unlink"):
        refuse(monkeypatch, call, 30, "Read-only file system")
    with pytest.raises(NotKept, match="Read-only file system"):
        blobs.keep(CONTENT, "image/jpeg")


def test_a_power_cut_while_writing_leaves_no_blob_under_a_final_name(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(_descriptor: int) -> None:
        raise PowerCut

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(PowerCut):
        blobs.keep(CONTENT, "image/jpeg")
    assert blobs.names() == set()
    assert [path.suffix for path in (tmp_path / "incoming").iterdir()] == [".part"]


def test_a_finished_file_is_taken_over_under_its_hash(blobs: BlobStore, tmp_path: Path) -> None:
    part = tmp_path / "screen.mp4.part"
    part.write_bytes(CONTENT * 200_000)
    kept = blobs.adopt(part, "video/mp4")
    assert (kept.sha256, kept.size) == (digest(CONTENT * 200_000), len(CONTENT) * 200_000)
    assert not part.exists()
    assert blobs.names() == {kept.sha256}


def test_a_file_that_is_gone_cannot_be_taken_over(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="No such file"):
        blobs.adopt(tmp_path / "none.part", "video/mp4")


def test_a_file_that_cannot_be_moved_stays_where_it_is(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = tmp_path / "screen.mp4.part"
    part.write_bytes(CONTENT)
    refuse(monkeypatch, "replace", 5, "Input/output error")
    with pytest.raises(NotKept, match="Input/output error"):
        blobs.adopt(part, "video/mp4")
    assert part.read_bytes() == CONTENT


def test_a_new_file_never_overwrites(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"1")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_hashing_a_file_is_hashing_its_content(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert hash_file(tmp_path / "empty") == (digest(b""), 0)


def test_what_is_kept_for_somebody_can_be_read_by_nobody_else(
    tmp_path: Path, blobs: BlobStore
) -> None:
    key = X25519PrivateKey.generate()
    to = Recipients("a session", (key.public_key().public_bytes_raw().hex(),))
    sealing = BlobStore(tmp_path / "blobs", tmp_path / "incoming", to)
    kept = sealing.keep(b"a face", "image/jpeg")
    path = blobs.path(kept.sha256)
    assert path is not None
    content = path.read_bytes()
    assert b"a face" not in content
    assert (digest(content), len(content)) == (kept.sha256, kept.size)
    opened = open_sealed(content, [key])
    assert (opened.content, opened.digest) == (b"a face", kept.seals)
