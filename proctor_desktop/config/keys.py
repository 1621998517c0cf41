"""Keys in files: private ones as PEM for their owner only, public ones as one line of hex.

A key is either for signing (Ed25519: exams) or for sealing (X25519: what evidence is sealed to);
one is never taken for the other. A public key says behind its hex what it is for; one that does
not, as older ones, is for signing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.config.passphrase import Source
from proctor_desktop.config.protected_key import protected
from proctor_desktop.core.chain import digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.wire.seal import check_key

MAX_KEY_BYTES = 16 * 1024
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PLAIN = b"-----BEGIN PRIVATE KEY-----"


class Purpose(StrEnum):
    """What a key is for."""

    SIGNING = "signing"
    SEALING = "sealing"

    @property
    def kind(self) -> str:
        """The kind of key that it takes."""
        return "Ed25519" if self is Purpose.SIGNING else "X25519"


PrivateKey: TypeAlias = Ed25519PrivateKey | X25519PrivateKey


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key's file as it looks from outside.

    ``public`` and ``purpose`` are what its public half beside it says; empty and None without one.
    """

    path: Path
    protected: bool
    public: str
    purpose: Purpose | None


def create(private: Path, purpose: Purpose = Purpose.SIGNING, passphrase: str | None = None) -> str:
    """Make a key pair: ``private`` (PEM, mode 0600) and the public key beside it as ``.pub``.

    Returns the public key in hex. Raises EnvironmentProblem rather than overwrite a key.
    """
    refuse_existing(private)
    kind = Ed25519PrivateKey if purpose is Purpose.SIGNING else X25519PrivateKey
    key: PrivateKey = kind.generate()
    _write_new(private, _pem(key, passphrase))
    _write_new(private.with_suffix(".pub"), f"{line(key)}\n".encode("ascii"), mode=0o644)
    return public_half(key)


def refuse_existing(private: Path) -> None:
    """Raise EnvironmentProblem if a key, or its public half, is there already or cannot be.

    The two are beside each other: a private key in ``a.pub`` would be taken for a public one.
    """
    name = private.name
    if not name or not name.isprintable() or private.suffix.lower() == ".pub":
        raise EnvironmentProblem(
            ascii(str(private)),
            "a private key cannot have this name: '.pub' is for its public half, and a name has "
            "no control characters",
            "Choose a name such as institution.key.",
        )
    for path in (private, private.with_suffix(".pub")):
        if path.exists():
            raise _exists(path)


def load_private(path: Path, passphrases: Sequence[Source] = ()) -> Ed25519PrivateKey:
    """Read a private key for signing; raises EnvironmentProblem that names the file.

    ``passphrases`` are asked in turn if the key is protected.
    """
    key = load(path, passphrases, Purpose.SIGNING)
    if not isinstance(key, Ed25519PrivateKey):
        raise _wrong_purpose(str(path), Purpose.SEALING)
    return key


def load_sealing(path: Path, passphrases: Sequence[Source] = ()) -> X25519PrivateKey:
    """The same for a private key that opens what was sealed."""
    key = load(path, passphrases, Purpose.SEALING)
    if not isinstance(key, X25519PrivateKey):
        raise _wrong_purpose(str(path), Purpose.SIGNING)
    return key


def load(
    path: Path, passphrases: Sequence[Source] = (), wanted: Purpose | None = None
) -> PrivateKey:
    """Read a private key of either kind; ``wanted`` is what errors speak of."""
    content = _content(path)
    key: object
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except TypeError:  # what cryptography says of one that is protected
        key = _unlocked(path, content, passphrases)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise _not_a_key(str(path), wanted) from problem
    if not isinstance(key, Ed25519PrivateKey | X25519PrivateKey):
        raise _not_a_key(str(path), wanted)
    return key


def public(text_or_path: str, purpose: Purpose = Purpose.SIGNING) -> str:
    """A public key in hex, given as such or as a file that holds it."""
    text = text_or_path.strip()
    path = Path(text)
    try:
        if path.is_file():
            text = path.read_text("ascii").strip()
        stated, raw = stated_public(text)
    except (OSError, ValueError) as problem:
        raise _not_a_key(text_or_path, purpose) from problem
    if stated not in {None, purpose}:
        raise _wrong_purpose(text_or_path, stated or purpose)
    return raw


def public_half(key: PrivateKey) -> str:
    """The public half of a private key, in hex."""
    return key.public_key().public_bytes_raw().hex()


def line(key: PrivateKey) -> str:
    """The public half as others get it: its hex, and what it is for."""
    return f"{public_half(key)} {purpose_of(key).value}"


def purpose_of(key: PrivateKey) -> Purpose:
    """What a private key is for."""
    return Purpose.SIGNING if isinstance(key, Ed25519PrivateKey) else Purpose.SEALING


def found(folder: Path) -> list[KeyFile]:
    """The private keys in a folder, by name; raises EnvironmentProblem if it cannot be read."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as problem:
        raise _unreadable(folder, problem) from problem
    return [one for path in files if (one := _key_file(path)) is not None]


def stated_public(text: str) -> tuple[Purpose | None, str]:
    """What a public key says it is for, and its hex; raises ValueError for what is none."""
    words = text.split()
    if len(words) not in {1, 2}:
        raise ValueError("a public key is one word of hex, and perhaps what it is for")
    raw = bytes.fromhex(words[0])
    Ed25519PublicKey.from_public_bytes(raw)  # the same size for either kind
    stated = Purpose(words[1]) if len(words) > 1 else None
    if stated is Purpose.SEALING:
        check_key(raw.hex())
    return stated, raw.hex()


def keyring_name(path: Path) -> str:
    """The name under which the keyring holds this key's passphrase: it goes where the file goes."""
    return digest(_content(path))[:32]


def _key_file(path: Path) -> KeyFile | None:
    try:
        with path.open("rb") as file:
            begins = file.read(len(_ENCRYPTED))
    except OSError:  # somebody else's file: not one of the keys that could be used here
        return None
    if not begins.startswith((_ENCRYPTED, _PLAIN)):
        return None
    try:
        stated, raw = stated_public(path.with_suffix(".pub").read_text("ascii"))
    except (OSError, ValueError):
        return KeyFile(path, begins == _ENCRYPTED, "", None)
    return KeyFile(path, begins == _ENCRYPTED, raw, stated or Purpose.SIGNING)


def _unlocked(path: Path, content: bytes, passphrases: Sequence[Source]) -> object:
    name, tried = digest(content)[:32], False
    for source in passphrases:
        passphrase = source(path, name)
        if passphrase is None:
            continue
        tried = True
        try:
            return serialization.load_pem_private_key(content, passphrase.encode("utf-8"))
        except (ValueError, UnsupportedAlgorithm):
            continue  # an old one in the keyring, say: the next source may know better
    if tried:
        raise EnvironmentProblem(
            str(path), "no passphrase that was given opens this key", "Try again."
        )
    raise EnvironmentProblem(
        str(path),
        "this key is protected by a passphrase, the keyring does not hold it, and there is no "
        "terminal to ask for it",
        "Start this in a terminal, or give --passphrase-file where the command has it.",
    )


def _pem(key: PrivateKey, passphrase: str | None) -> bytes:
    encoding = serialization.Encoding.PEM if passphrase is None else serialization.Encoding.DER
    content = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return content if passphrase is None else protected(content, passphrase.encode("utf-8"))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_KEY_BYTES)
    except OSError as problem:
        raise _unreadable(path, problem) from problem


def _unreadable(path: Path, problem: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(path), f"the key cannot be read ({problem.strerror})", "Check the path."
    )


def _not_a_key(name: str, wanted: Purpose | None) -> EnvironmentProblem:
    kind = f"{wanted.kind} key" if wanted else "private key"
    return EnvironmentProblem(
        name,
        f"there is no {kind} of the expected form there",
        "Give a file made by 'proctor-desktop keys new'.",
    )


def _wrong_purpose(name: str, purpose: Purpose) -> EnvironmentProblem:
    other = Purpose.SEALING if purpose is Purpose.SIGNING else Purpose.SIGNING
    return EnvironmentProblem(
        name,
        f"this is a key for {purpose.value} ({purpose.kind}); one for {other.value} "
        f"({other.kind}) is wanted here",
        f"Give one made by 'proctor-desktop keys new --for {other.value}'.",
    )


def _exists(path: Path) -> EnvironmentProblem:
    return EnvironmentProblem(
        str(path), "a file of this name exists already", "Choose another name."
    )


def _write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as problem:
        raise _exists(path) from problem
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"it cannot be written ({problem.strerror})", "Check the folder."
        ) from problem
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
