"""Reading a record in the layout that is written gives what the general parser gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proctor_desktop.core.chain import GENESIS, BlobRef, Head, decode, encode
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.record_text import as_written

PLAIN = json.JSONDecoder()
AT = Moment(5, datetime(2026, 11, 20, 9, tzinfo=UTC))
STILL = BlobRef(GENESIS, "image/jpeg", 7, GENESIS)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def written(data: dict[str, Any] | None = None, *blobs: BlobRef) -> bytes:
    return encode("s-1", Head(6, GENESIS), AT, "boot", "heartbeat", data or {"n": 1}, blobs)


@given(st.dictionaries(st.text(), values, max_size=4), st.sampled_from([(), (STILL,)]))
def test_what_is_written_is_read_to_the_same_values(
    data: dict[str, Any], blobs: tuple[BlobRef, ...]
) -> None:
    text = written(data, *blobs).decode()
    assert as_written(text, PLAIN) == list(json.loads(text).values())


@given(st.integers(0, 400), st.sampled_from([chr(c) for c in range(128)]), st.integers(0, 2))
@example(5, "0", 1)
def test_nothing_is_read_that_the_general_parser_reads_otherwise(
    at: int, put: str, instead_of: int
) -> None:
    text = written({"n": [1.5, {"a": 2}]}, STILL).decode()
    changed = text[:at] + put + text[at + instead_of :]
    found = as_written(changed, PLAIN)
    if found is not None:
        assert found == list(json.loads(changed).values())
        kinds = [int, str, int, str, str, int, str, str, dict, list]
        assert list(map(type, found)) == kinds


CHANGES: dict[str, Callable[[str], str]] = {
    "another order": lambda text: text.replace('"v":1,', "").replace("]}", '],"v":1}'),
    "a space": lambda text: text.replace('"n":1', '"n":1 ').replace('","seq"', '", "seq"'),
    "an escape": lambda text: text.replace("s-1", "s\\u002d1"),
    "behind it": lambda text: text + " ",
    "no such day": lambda text: text.replace("2026-11-20", "2026-11-31"),
    "a leading nought": lambda text: text.replace('"seq":7', '"seq":07'),
    "a number beyond all bounds": lambda text: text.replace('"seq":7', '"seq":7' + "0" * 40),
    "no object": lambda text: text.replace('{"n":1}', "[1]"),
    "a field more": lambda text: text.replace(',"blobs"', ',"x":1,"blobs"'),
    "cut off": lambda text: text[:-1],
    "blobs that are no list": lambda text: text.replace("[]}", "{}}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_other_layout_is_left_to_the_general_parser(change: Callable[[str], str]) -> None:
    assert as_written(change(written().decode()), PLAIN) is None


def test_another_layout_is_still_a_record() -> None:
    spaced = written().replace(b'","seq"', b'", "seq"')
    assert decode(spaced).seq == 7
