"""JSON that every reader understands in the same way, or that nobody takes.

What is signed must not mean one thing to us and another to somebody else's program. So an object
has each key once, numbers are JSON's own (no NaN), whole numbers have no more digits than Python
reads by itself, and nothing is nested deeper than ``DEEPEST``.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

DEEPEST: Final = 100
"""Objects and lists within one another; what we write has a handful."""

_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_NO_MARKS: Final = bytes(set(_NO_BRACKETS) - set(b'"\\'))
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_USUAL_PASSES: Final = 8
_TOO_DEEP: Final = f"it is nested deeper than {DEEPEST}"


def loads(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ValueError, saying what is wrong with it."""
    try:
        value = DECODER.decode(raw.decode("utf-8"))
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    check_depth(raw)
    return value


def check_depth(raw: bytes) -> None:
    """Raise ValueError if ``raw``, which must be JSON, is nested deeper than DEEPEST."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return
    shallow = brackets = _brackets(raw)
    for _ in range(_USUAL_PASSES):  # each takes away the innermost one or two levels
        shallow = shallow.replace(b"[]", b"").replace(b"{}", b"")
        if not shallow:
            return
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise ValueError(_TOO_DEEP)


def _brackets(raw: bytes) -> bytes:
    """Those that open and close something: none that stands in a string.

    Most strings hold neither brackets nor escapes. If all are such, their quotes stand in pairs
    once all else is gone; a quote that is left over belongs to one that has to be looked at.
    """
    marks = raw.translate(None, _NO_MARKS).replace(b'""', b"")
    if b'"' not in marks:
        return marks
    return _STRING.sub(b"", raw).translate(None, _NO_BRACKETS)


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body


DECODER: Final = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_not_json)

WITHOUT_FRACTIONS: Final = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_not_json, parse_float=lambda _: 0.0
)
"""Reads each number with a fraction as 0.0: more than twice as fast."""
