"""The one layout in which ``chain.encode`` writes a record, read without a general parser.

All of a record but its data is short text and whole numbers in fixed places. One expression takes
them out and says at the same time that they are what they have to be; only the data, and blobs
where there are any, are left to the JSON decoder. Whatever is laid out otherwise is not read here,
valid or not: the general parser then says what it is.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

VERSION = 1

_TEXT = r"([ !#-\[\]-~]*)"  # ASCII that stands in JSON as it is
_BEFORE_DATA = re.compile(
    rf'{{"v":{VERSION},"session":"{_TEXT}","seq":(0|[1-9][0-9]{{0,17}}),"prev":"{_TEXT}",'
    r'"wall":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)",'
    rf'"mono_ns":(0|[1-9][0-9]{{0,17}}),"boot":"{_TEXT}","kind":"{_TEXT}","data":(?={{)'
)
_BEFORE_BLOBS = ',"blobs":'
_WITHOUT_BLOBS = _BEFORE_BLOBS + "[]}"


def as_written(text: str, decoder: json.JSONDecoder) -> list[Any] | None:
    """The values of a record's fields in the order in which they stand, or None.

    They have the types that the fields must have, and ``wall`` is a time. What blobs hold has not
    been looked at.
    """
    found = _BEFORE_DATA.match(text)
    if found is None:
        return None
    session, seq, prev, wall, mono_ns, boot, kind = found.groups()
    try:
        datetime.fromisoformat(wall)
        data, end = decoder.raw_decode(text, found.end())
        blobs = _blobs(text, end, decoder)
    except (ValueError, RecursionError):
        return None
    if blobs is None:
        return None
    return [VERSION, session, int(seq), prev, wall, int(mono_ns), boot, kind, data, blobs]


def _blobs(text: str, start: int, decoder: json.JSONDecoder) -> list[Any] | None:
    """The list that ends the record; None if something else does."""
    if text.startswith(_WITHOUT_BLOBS, start):
        return [] if len(text) == start + len(_WITHOUT_BLOBS) else None
    opening = start + len(_BEFORE_BLOBS)
    if not text.startswith(_BEFORE_BLOBS + "[", start):
        return None
    blobs, end = decoder.raw_decode(text, opening)
    return blobs if text[end:] == "}" else None
