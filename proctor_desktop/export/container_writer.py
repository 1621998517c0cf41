"""Writing the ``.evidence`` container."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import container
from proctor_desktop.export.manifest import FileLine


class ContainerWriter:
    """Appends entries to the container; each header is completed once its content is known."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[container.Entry] = []
        self.files: list[FileLine] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> FileLine:
        """Append one file and return its manifest line."""
        offset = self._file.tell()
        self._file.write(container.local_header(container.Entry(name, 0, 0, offset)))
        sha256, crc, size = hashlib.sha256(), 0, 0
        for piece in pieces:
            self._refuse_above_limit(len(piece))
            self._file.write(piece)
            sha256.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
        entry = container.Entry(name, size, crc, offset)
        self._file.seek(offset)
        self._file.write(container.local_header(entry))
        self._file.seek(entry.end_bytes)
        self._entries.append(entry)
        line = FileLine(name, size, sha256.hexdigest())
        self.files.append(line)
        return line

    def position(self) -> int:
        """Where the next entry would start: what :meth:`cut_back` takes."""
        return self._file.tell()

    def cut_back(self, offset: int) -> None:
        """Take everything from ``offset`` on out again."""
        self._file.seek(offset)
        self._file.truncate()
        while self._entries and self._entries[-1].offset_bytes >= offset:
            self._entries.pop()
            self.files.pop()

    def finish(self) -> int:
        """Write the directory; returns the container's size in bytes."""
        if len(self._entries) > container.MAX_ENTRIES:
            raise _too_large(f"it would hold more than {container.MAX_ENTRIES} files")
        start = self._file.tell()
        directory = b"".join(map(container.central_header, self._entries))
        self._refuse_above_limit(len(directory) + container.END.size)
        end = container.end_record(len(self._entries), len(directory), start)
        self._file.write(directory + end)
        return self._file.tell()

    def _refuse_above_limit(self, more_bytes: int) -> None:
        if self._file.tell() + more_bytes > container.MAX_FILE_BYTES:
            raise _too_large("it would be larger than 4 GiB")


def _too_large(why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        "the export", why, "Upload the session; its own evidence is untouched."
    )
