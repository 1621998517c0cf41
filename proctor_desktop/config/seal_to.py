"""Whom a draft seals its evidence to, checked as well as public keys can be.

A key for signing (Ed25519) and one for sealing (X25519) are both 32 bytes of hex. What is sealed to
the wrong kind nobody can ever open, and nobody notices before the evidence is wanted. Only drafts
are checked so: an exam that is signed already stays what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from proctor_desktop.config.keys import Purpose, found, stated_public
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.wire.curve25519 import may_be_x25519

_IN_VAIN = "nobody could open what is sealed to it"


class NotForSealing(ValueError):
    """A key in ``seal_to`` is none for sealing."""


def unlabelled(stated: Any) -> Any:
    """The keys of a draft without what stands behind each; what is no key is left as it is.

    Raises NotForSealing for one that says it is for signing.
    """
    if not isinstance(stated, list):
        return stated
    return [_unlabelled(one) if isinstance(one, str) else one for one in stated]


def refuse_signing_keys(seal_to: Collection[str], signer: str, key_folders: Iterable[Path]) -> None:
    """Raise NotForSealing if X25519 cannot have made one of these keys (hex), or if it is known.

    Known are the exam's ``signer`` and the keys for signing in ``key_folders``, whose own files say
    so; a folder that cannot be read has none.
    """
    if signer in seal_to:
        raise NotForSealing(f"seal_to names the key that signs the exam: {_IN_VAIN}")
    for folder in key_folders:
        for path, key in _signing_keys(folder) if seal_to else ():
            if key in seal_to:
                raise NotForSealing(f"seal_to names {path}, a key for signing: {_IN_VAIN}")
    for key in seal_to:
        if not may_be_x25519(bytes.fromhex(key)):
            raise NotForSealing(f"seal_to names {key}, which is no key for sealing: {_IN_VAIN}")


def _unlabelled(stated: str) -> str:
    try:
        purpose, key = stated_public(stated)
    except ValueError:
        return stated
    if purpose is Purpose.SIGNING:
        raise NotForSealing(f"seal_to names {key}, which is a key for signing: {_IN_VAIN}")
    return key


def _signing_keys(folder: Path) -> Iterator[tuple[Path, str]]:
    """The public keys for signing in a folder: those of its private keys, and those that say so."""
    try:
        yield from (
            (one.path, one.public) for one in found(folder) if one.purpose is Purpose.SIGNING
        )
        files = sorted(folder.glob("*.pub"))
    except EnvironmentProblem:
        return
    for path in files:
        try:
            purpose, key = stated_public(path.read_text("ascii"))
        except (OSError, ValueError):
            continue  # some other file of that name
        if purpose is Purpose.SIGNING:
            yield path, key
