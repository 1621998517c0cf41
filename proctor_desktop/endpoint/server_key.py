"""The key that the server signs receipts with: made at the first start, kept ever after."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from proctor_desktop.config import keys
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint import conf
from proctor_desktop.endpoint.private_file import read_or_create
from proctor_desktop.wire import dsse

PRIVATE_NAME = "server.key"
PUBLIC_NAME = "server.pub"


def current() -> Ed25519PrivateKey:
    """The key of the configured data folder."""
    return load_or_create(conf.current().data_folder)


@lru_cache(maxsize=4)
def load_or_create(folder: Path) -> Ed25519PrivateKey:
    """The private key in ``folder``; its public half (hex) lies beside it.

    Raises EnvironmentProblem if the file is no Ed25519 key. A lost key is never replaced in
    silence: the receipts under it could not be told from forged ones.
    """
    path = folder / PRIVATE_NAME
    read_or_create(path, _new_pem)
    key = keys.load_private(path)
    public = (dsse.public_hex(key) + "\n").encode()
    if read_or_create(folder / PUBLIC_NAME, lambda: public) != public:
        raise EnvironmentProblem(
            str(path),
            f"it is not the private half of {PUBLIC_NAME}",
            "Restore both from one backup.",
        )
    return key


def _new_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
