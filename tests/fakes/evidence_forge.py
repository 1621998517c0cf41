"""Taking an export apart and putting it together again, well formed but dishonest."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import digest
from proctor_desktop.export import container
from proctor_desktop.wire import dsse


def entries_of(path: Path) -> dict[str, bytes]:
    """Every entry's bytes, in order, read by the standard library's ZIP reader."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def assembled(entries: Mapping[str, bytes]) -> bytes:
    """A container over ``entries`` in the given order, with headers as they should be."""
    body, directory, offset = b"", b"", 0
    for name, content in entries.items():
        entry = container.Entry(name, len(content), zlib.crc32(content), offset)
        body += container.local_header(entry) + content
        directory += container.central_header(entry)
        offset = entry.end_bytes
    return body + directory + container.end_record(len(entries), len(directory), offset)


def signed_again(entries: Mapping[str, bytes], key: Ed25519PrivateKey) -> dict[str, bytes]:
    """The same entries under a manifest that agrees with them, signed by ``key``."""
    rest = {name: content for name, content in entries.items() if name != container.MANIFEST}
    body = dsse.peek(entries[container.MANIFEST])
    lines = rest[container.RECORDS].splitlines()
    body["files"] = [
        {"name": name, "size": len(content), "sha256": digest(content)}
        for name, content in rest.items()
    ]
    body["records"] = {
        "count": len(lines),
        "sha256": digest(rest[container.RECORDS]),
        "head": digest(lines[-1]),
    }
    return {**rest, container.MANIFEST: dsse.sign_json(key, dsse.MANIFEST, body)}
