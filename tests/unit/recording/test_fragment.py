from __future__ import annotations

import struct

import pytest

from proctor_desktop.recording.fragment import OVERHEAD_BYTES, av1_sample, fragment, h264_sample


@pytest.mark.parametrize("key", [False, True])
def test_the_sample_stands_where_the_fragment_says(key: bool) -> None:
    sample = bytes(range(200))
    whole = fragment(7, 5_000_000_000, 1000, sample, key=key)
    (moof_bytes,) = struct.unpack(">L", whole[:4])
    at = whole.index(b"trun") + 12
    offset, lasts_ms, size, flags = struct.unpack(">lLLL", whole[at : at + 16])
    assert whole[4:8] == b"moof"
    assert whole[moof_bytes + 4 : moof_bytes + 8] == b"mdat"
    assert whole[offset : offset + size] == sample
    assert (lasts_ms, bool(flags & 0x10000)) == (1000, not key)
    assert len(whole) <= len(sample) + OVERHEAD_BYTES


def test_av1_loses_the_mark_that_only_streams_have() -> None:
    assert av1_sample(b"\x12\x00\x32\x02ab") == b"\x32\x02ab"
    assert av1_sample(b"\x32\x02ab") == b"\x32\x02ab"


def test_h264_has_lengths_in_the_place_of_start_codes() -> None:
    stream = b"\0\0\0\1\x65ab\0\0\1\x41c\0\0\3\1d"
    assert h264_sample(stream) == b"\0\0\0\3\x65ab\0\0\0\7\x41c\0\0\3\1d"
