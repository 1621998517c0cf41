"""Private keys under a passphrase."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.config.protected_key import protected


@pytest.fixture
def key() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


def der(key: X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_the_passphrase_opens_it_and_another_does_not(key: X25519PrivateKey) -> None:
    pem = protected(der(key), b"open sesame")
    opened = serialization.load_pem_private_key(pem, b"open sesame")
    assert isinstance(opened, X25519PrivateKey)
    assert opened.private_bytes_raw() == key.private_bytes_raw()
    with pytest.raises(ValueError, match="password"):
        serialization.load_pem_private_key(pem, b"open sesam")


def test_the_same_key_never_looks_the_same(key: X25519PrivateKey) -> None:
    assert protected(der(key), b"open sesame") != protected(der(key), b"open sesame")
    assert key.private_bytes_raw() not in protected(der(key), b"open sesame")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_another_program_opens_it_too(key: X25519PrivateKey, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(protected(der(key), b"open sesame"))
    words = ["openssl", "pkey", "-in", str(path), "-passin", "pass:open sesame", "-outform", "DER"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert done.stdout.endswith(key.private_bytes_raw())
