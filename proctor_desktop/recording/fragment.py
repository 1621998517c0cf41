"""One picture as a fragment of an MP4 file (ISO/IEC 14496-12), whole as soon as it is encoded.

libav's own writer ends a fragment only when the next picture comes. A change would stand in memory
until something else changed, or the same picture would have to be encoded once more.
"""

from __future__ import annotations

import re
import struct

_START_CODE = re.compile(b"\0\0\0\1|\0\0\1")
_TEMPORAL_DELIMITER = b"\x12\0"

_BASE_IS_MOOF = 0x020000
_OFFSET_DURATION_SIZE_FLAGS = 0x000701
_KEY_PICTURE = 0x02000000
_OTHER_PICTURE = 0x01010000

OVERHEAD_BYTES = 128
"""More than a fragment takes besides the picture itself."""


def fragment(number: int, at_ms: int, lasts_ms: int, sample: bytes, *, key: bool) -> bytes:
    """The fragment with this number, from 1, for a track that counts milliseconds.

    ``lasts_ms`` is what a player takes for its length if no other picture follows.
    """
    head = _moof(number, at_ms, lasts_ms, len(sample), 0, key=key)
    head = _moof(number, at_ms, lasts_ms, len(sample), len(head) + 8, key=key)
    return head + _box(b"mdat", sample)


def av1_sample(packet: bytes) -> bytes:
    """A picture as AV1 stands in MP4: without the mark that begins it in a stream."""
    return packet.removeprefix(_TEMPORAL_DELIMITER)


def h264_sample(packet: bytes) -> bytes:
    """A picture as H.264 stands in MP4: its parts have lengths in the place of start codes."""
    units = [unit for unit in _START_CODE.split(packet) if unit]
    return b"".join(struct.pack(">L", len(unit)) + unit for unit in units)


def _moof(
    number: int, at_ms: int, lasts_ms: int, size_bytes: int, offset_bytes: int, *, key: bool
) -> bytes:
    flags = _KEY_PICTURE if key else _OTHER_PICTURE
    run = struct.pack(">LlLLL", 1, offset_bytes, lasts_ms, size_bytes, flags)
    track = (
        _full_box(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">L", 1))
        + _full_box(b"tfdt", 1, 0, struct.pack(">Q", at_ms))
        + _full_box(b"trun", 0, _OFFSET_DURATION_SIZE_FLAGS, run)
    )
    header = _full_box(b"mfhd", 0, 0, struct.pack(">L", number))
    return _box(b"moof", header + _box(b"traf", track))


def _full_box(kind: bytes, version: int, flags: int, content: bytes) -> bytes:
    return _box(kind, struct.pack(">L", version << 24 | flags) + content)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content) + 8) + kind + content
