from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.strict_json import DEEPEST, WITHOUT_FRACTIONS, loads


def nested(depth: int, inside: str = "") -> bytes:
    return ("[" * depth + inside + "]" * depth).encode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":1,"a":2}', "a key stands twice"),
        ('{"a":{"b":1,"b":1}}', "a key stands twice"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ('"\t"', "control character"),
        ("[1] 2", "Extra data"),
        ("9" * 4301, "digits"),
    ],
)
def test_what_readers_could_differ_about_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        loads(text.encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        loads(b'"\xff"')


@pytest.mark.parametrize("inside", ["", '"]"', '"]","]"', '"\\"]"', "{}" * 0 + "1"])
def test_nesting_has_one_limit_whatever_stands_in_strings(inside: str) -> None:
    assert loads(nested(DEEPEST, inside))
    for depth in (DEEPEST + 1, DEEPEST + 2, 500, 100_000):
        with pytest.raises(ValueError, match="nested deeper"):
            loads(nested(depth, inside))


def test_brackets_in_strings_hide_no_depth() -> None:
    closing = '"]",' * 300
    text = "".join(f"[{closing}" for _ in range(DEEPEST + 1)) + "0" + "]" * (DEEPEST + 1)
    with pytest.raises(ValueError, match="nested deeper"):
        loads(text.encode())


def test_brackets_in_strings_make_no_depth() -> None:
    assert loads(json.dumps(["[" * 5000, {"[{": "{" * 500}] * 200).encode())


def test_much_in_a_row_is_not_deep() -> None:
    assert len(loads(json.dumps([[1, [2], {"a": "b"}]] * 1000).encode())) == 1000


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_every_other_value_is_read_as_python_reads_it(value: object) -> None:
    text = json.dumps(value, allow_nan=True)
    if "Infinity" not in text:
        assert loads(text.encode()) == value


def test_fractions_may_be_left_out() -> None:
    assert WITHOUT_FRACTIONS.decode("[1, 2.5]") == [1, 0.0]
