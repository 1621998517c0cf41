"""Reading a record's data without trusting its shape.

A record can be authentic and still hold nonsense: the machine that signed it is the candidate's.
Nothing here raises; what is not what it should be reads as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LARGEST = 1e12


def text(data: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text without control characters, which mean nothing in a report."""
    value = data.get(name)
    if not isinstance(value, str):
        return default
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)


def number(data: Mapping[str, Any], name: str) -> float | None:
    """A finite number of sensible size."""
    value = data.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _LARGEST else None  # false for NaN and infinities too


def whole(data: Mapping[str, Any], name: str) -> int | None:
    """An integer of sensible size."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < 2**63 else None


def wholes(data: Mapping[str, Any], name: str) -> list[int]:
    """The integers in a list, other items left out."""
    value = data.get(name)
    items = value if isinstance(value, list) else []
    return [one for item in items if (one := whole({name: item}, name)) is not None]


def mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object; empty when there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def mappings(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    value = data.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
