"""Ed25519 keys in files: private ones as PEM for their owner only, public ones as one hex line."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.wire.dsse import public_hex


def create(private: Path) -> str:
    """Make a key pair: ``private`` (PEM, mode 0600) and the public key beside it as ``.pub``.

    Returns the public key in hex. Raises EnvironmentProblem rather than overwrite a key.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = public_hex(key)
    _write_new(private, pem)
    _write_new(private.with_suffix(".pub"), f"{public}\n".encode("ascii"), mode=0o644)
    return public


def load_private(path: Path) -> Ed25519PrivateKey:
    """Read a private key; raises EnvironmentProblem that names the file."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"the key cannot be read ({problem.strerror})", "Check the path."
        ) from problem
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise _not_a_key(str(path)) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(str(path))
    return key


def public(text_or_path: str) -> str:
    """A public key in hex, given as such or as a file that holds it."""
    text = text_or_path.strip()
    path = Path(text)
    try:
        if path.is_file():
            text = path.read_text("ascii").strip()
        raw = bytes.fromhex(text)
        Ed25519PublicKey.from_public_bytes(raw)
    except (OSError, ValueError) as problem:
        raise _not_a_key(text_or_path) from problem
    return raw.hex()


def _not_a_key(name: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        name,
        "there is no Ed25519 key of the expected form there",
        "Give a file made by 'proctor-desktop keys new'.",
    )


def _write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as problem:
        raise EnvironmentProblem(
            str(path), "a file of this name exists already", "Choose another name."
        ) from problem
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"it cannot be written ({problem.strerror})", "Check the folder."
        ) from problem
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
