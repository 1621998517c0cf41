"""Keys in files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.config import keys
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.wire.dsse import public_hex


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


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none/exam\.key: it cannot be written"):
        keys.create(tmp_path / "none" / "exam.key")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff"])
def test_a_file_that_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.key"
    path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.load_private(path)


def test_a_key_of_another_kind_or_with_a_password_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "x25519.key"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    other.write_bytes(X25519PrivateKey.generate().private_bytes(pem, pkcs8, plain))
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.load_private(other)
    keys.create(tmp_path / "a.key")
    key = keys.load_private(tmp_path / "a.key")
    secret = serialization.BestAvailableEncryption(b"open sesame")
    other.write_bytes(key.private_bytes(pem, pkcs8, secret))
    with pytest.raises(EnvironmentProblem, match="no Ed25519 key"):
        keys.load_private(other)


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
