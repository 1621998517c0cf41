"""Keys in files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey

from proctor_desktop.config import keys
from proctor_desktop.config.keys import Purpose
from proctor_desktop.config.passphrase import Source
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.wire.dsse import public_hex

SECRET = "correct horse battery"


def test_a_pair_is_made_for_its_owner_only_and_can_be_read_again(tmp_path: Path) -> None:
    private = tmp_path / "exam.key"
    made = keys.create(private)
    assert public_hex(keys.load_private(private)) == made
    assert keys.public(str(tmp_path / "exam.pub")) == made
    assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    private = tmp_path / "exam.key"
    keys.create(private)
    before = private.read_bytes()
    with pytest.raises(EnvironmentProblem, match="exists already"):
        keys.create(private)
    assert private.read_bytes() == before
    private.unlink()
    with pytest.raises(EnvironmentProblem, match=r"exam\.pub: a file of this name exists already"):
        keys.create(private)
    assert not private.exists()


@pytest.mark.parametrize("name", ["a.pub", "a.PUB", "a\nb.key", "a\x1b[2J.key", "."])
def test_a_name_that_no_private_key_can_have_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    private = Path() if name == "." else folder / name
    for refuse in (keys.refuse_existing, keys.create):
        with pytest.raises(EnvironmentProblem, match="a private key cannot have this name") as no:
            refuse(private)
        assert no.value.what.isprintable()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("purpose", Purpose)
def test_a_public_key_says_what_it_is_for_in_its_file_and_as_text(
    tmp_path: Path, purpose: Purpose
) -> None:
    made = keys.create(tmp_path / "a.key", purpose)
    text = (tmp_path / "a.pub").read_text()
    assert text == f"{made} {purpose.value}\n"
    assert keys.line(keys.load(tmp_path / "a.key")) == text.strip()
    assert keys.public(text, purpose) == made


def test_a_public_key_that_says_nothing_is_taken_as_before(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "a.key")
    (tmp_path / "a.pub").write_text(made + "\n")
    assert keys.public(str(tmp_path / "a.pub")) == made
    assert keys.found(tmp_path)[0].purpose is Purpose.SIGNING


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none/exam\.key: it cannot be written"):
        keys.create(tmp_path / "none" / "exam.key")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff"])
def test_a_file_that_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.key"
    path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.load_private(path)


def test_a_key_for_the_other_purpose_is_refused_and_named(tmp_path: Path) -> None:
    signing, sealing = tmp_path / "a.key", tmp_path / "b.key"
    keys.create(signing)
    keys.create(sealing, Purpose.SEALING)
    with pytest.raises(EnvironmentProblem, match=r"for sealing \(X25519\); one for signing"):
        keys.load_private(sealing)
    with pytest.raises(EnvironmentProblem, match=r"for signing \(Ed25519\); one for sealing"):
        keys.load_sealing(signing)
    with pytest.raises(EnvironmentProblem, match=r"for sealing \(X25519\); one for signing"):
        keys.public(str(tmp_path / "b.pub"))
    assert keys.public(str(tmp_path / "b.pub"), Purpose.SEALING) == keys.public_half(
        keys.load_sealing(sealing)
    )


def test_what_is_neither_kind_is_no_key(tmp_path: Path) -> None:
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    other = X448PrivateKey.generate().private_bytes(pem, pkcs8, serialization.NoEncryption())
    (tmp_path / "x448.key").write_bytes(other)
    with pytest.raises(EnvironmentProblem, match="no X25519 key"):
        keys.load_sealing(tmp_path / "x448.key")


def answers(*given: str | None) -> list[Source]:
    """Sources that give these passphrases."""
    return [lambda _path, _name, one=one: one for one in given]  # type: ignore[misc]


@pytest.mark.parametrize("purpose", Purpose)
def test_a_protected_key_opens_with_the_first_passphrase_that_fits(
    tmp_path: Path, purpose: Purpose
) -> None:
    made = keys.create(tmp_path / "a.key", purpose, SECRET)
    assert b"ENCRYPTED" in (tmp_path / "a.key").read_bytes()
    key = keys.load(tmp_path / "a.key", answers(None, "an old one", SECRET, "never asked"))
    assert (keys.public_half(key), keys.purpose_of(key)) == (made, purpose)


def test_a_wrong_passphrase_and_none_at_all_are_told_apart(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key", passphrase=SECRET)
    with pytest.raises(EnvironmentProblem, match="no passphrase that was given opens this key"):
        keys.load_private(tmp_path / "a.key", answers("wrong"))
    with pytest.raises(EnvironmentProblem, match="protected by a passphrase"):
        keys.load_private(tmp_path / "a.key", answers(None))
    with pytest.raises(EnvironmentProblem, match="protected by a passphrase"):
        keys.load_private(tmp_path / "a.key")


def test_the_keyring_knows_a_key_by_its_file_wherever_it_lies(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key", passphrase=SECRET)
    asked: list[str] = []
    keys.load(tmp_path / "a.key", [lambda _path, name: asked.append(name) or SECRET])  # type: ignore[func-returns-value]
    moved = (tmp_path / "a.key").rename(tmp_path / "b.key")
    assert asked == [keys.keyring_name(moved)]


def test_the_keys_of_a_folder_are_listed_with_what_is_known_of_them(tmp_path: Path) -> None:
    public = keys.create(tmp_path / "a.key", Purpose.SEALING, SECRET)
    keys.create(tmp_path / "b.key")
    (tmp_path / "b.pub").unlink()
    (tmp_path / "notes.txt").write_text("no key")
    sealing, signing = keys.found(tmp_path)
    assert sealing == keys.KeyFile(tmp_path / "a.key", True, public, Purpose.SEALING)
    assert signing == keys.KeyFile(tmp_path / "b.key", False, "", None)
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        keys.found(tmp_path / "none")


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none\.key: the key cannot be read"):
        keys.load_private(tmp_path / "none.key")


def test_a_public_key_can_be_given_as_text_with_white_space_and_capitals(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "a.key")
    assert keys.public(f"  {made.upper()}\n") == made


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "zz" * 32, "x" * 5000, "\0", "é"])
def test_text_that_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.public(text)


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key")
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.public(str(tmp_path / "a.key"))
