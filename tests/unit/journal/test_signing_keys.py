"""Whatever happens in between, exactly the key that the last checkpoint names can be used."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import signing_keys
from proctor_desktop.journal.signing_keys import SigningKeys, keep, load
from proctor_desktop.wire import dsse


@pytest.fixture
def first(tmp_path: Path) -> str:
    key = Ed25519PrivateKey.generate()
    keep(tmp_path, key)
    return dsse.public_hex(key)


def here(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir() if load(folder, path.stem)}


def test_the_next_key_is_on_disk_before_it_is_named(tmp_path: Path, first: str) -> None:
    pair = SigningKeys(tmp_path, first).pair()
    assert pair
    assert here(tmp_path) == {first, pair.next_key}
    assert dsse.public_hex(pair.due) == first
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


def test_a_key_that_has_signed_is_overwritten_and_gone(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwritten: list[bytes] = []
    unlink = Path.unlink

    def watched(path: Path, **how: bool) -> None:
        overwritten.append(path.read_bytes())
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", watched)
    keys = SigningKeys(tmp_path, first)
    pair = keys.pair()
    keys.rotate()
    after = keys.pair()
    assert pair
    assert after
    assert here(tmp_path) == {pair.next_key, after.next_key}
    assert dsse.public_hex(after.due) == pair.next_key
    assert overwritten == [bytes(32)]


def test_asking_twice_gives_the_same_pair(tmp_path: Path, first: str) -> None:
    keys = SigningKeys(tmp_path, first)
    assert keys.pair() == keys.pair()


@pytest.mark.parametrize("committed", [False, True])
def test_a_crash_around_a_commit_leaves_the_one_key_that_is_due(
    tmp_path: Path, first: str, committed: bool
) -> None:
    pair = SigningKeys(tmp_path, first).pair()
    assert pair  # and here the program dies, with the checkpoint in the journal or not
    due = pair.next_key if committed else first
    again = SigningKeys(tmp_path, due).pair()
    assert again
    assert here(tmp_path) == {due, again.next_key}
    assert again.next_key != pair.next_key


def test_half_a_key_that_a_crash_left_is_removed(tmp_path: Path, first: str) -> None:
    (tmp_path / f"{'ab' * 32}.key").write_bytes(b"half")
    pair = SigningKeys(tmp_path, first).pair()
    assert pair
    assert {path.stem for path in tmp_path.iterdir()} == {first, pair.next_key}


def test_without_the_key_that_is_due_nothing_is_begun(tmp_path: Path, first: str) -> None:
    with pytest.raises(EnvironmentProblem, match="has to sign next"):
        SigningKeys(tmp_path, "ab" * 32)
    assert here(tmp_path) == {first}


def test_a_file_under_another_keys_name_is_no_key(tmp_path: Path, first: str) -> None:
    other = "ab" * 32
    (tmp_path / f"{first}.key").rename(tmp_path / f"{other}.key")
    assert load(tmp_path, other) is None
    assert load(tmp_path, first) is None


def test_a_full_disk_leaves_no_pair_until_there_is_room(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(signing_keys, "write_new", full)
        keys = SigningKeys(tmp_path, first)
        assert keys.pair() is None
    assert keys.pair()


def test_a_key_that_cannot_be_destroyed_is_tried_again(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    keys = SigningKeys(tmp_path, first)
    assert keys.pair()
    with monkeypatch.context() as disk:
        disk.setattr(Path, "unlink", refuse)
        keys.rotate()
    assert first not in here(tmp_path)
    keys.pair()
    keys.rotate()
    assert f"{first}.key" not in {path.name for path in tmp_path.iterdir()}
