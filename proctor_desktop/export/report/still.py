"""Pictures for a report: only those a browser can be given without worry."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass

MAX_STILL_BYTES = 2 * 1024 * 1024
_MAX_SIDE_PX = 8192
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Still:
    """A picture as a ``data:`` address, with its size in pixels."""

    address: str
    width_px: int
    height_px: int


def still(content: bytes | None) -> Still | None:
    """``content`` for an ``<img>``; None unless it is a JPEG or PNG of sensible size.

    The type comes from the bytes, never from what a record says it is.
    """
    if content is None or len(content) > MAX_STILL_BYTES:
        return None
    kind, size = ("png", _png_size(content)) if content.startswith(_PNG) else ("jpeg", None)
    if content.startswith(_JPEG):
        size = _jpeg_size(content)
    if size is None or not all(0 < side <= _MAX_SIDE_PX for side in size):
        return None
    encoded = base64.b64encode(content).decode("ascii")
    return Still(f"data:image/{kind};base64,{encoded}", *size)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or len(content) < 24:  # noqa: PLR2004 - the header's end
        return None
    width, height = struct.unpack_from(">2L", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """The size in the frame header, found by walking the segments before it."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:  # noqa: PLR2004
        marker, length = content[position + 1], struct.unpack_from(">H", content, position + 2)[0]
        if marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">2H", content, position + 5)
            return width, height
        position += 2 + length
    return None
