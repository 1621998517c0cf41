"""Reading back what a record stored: exactly the fields that were written, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any


def exact_fields(body: Any, names: Collection[str], what: str) -> Mapping[str, Any]:
    """``body`` if it is an object with these fields and no others; raises ValueError."""
    if not isinstance(body, Mapping) or set(body) != set(names):
        raise ValueError(f"not {what}: it must hold {', '.join(sorted(names))} and nothing else")
    return body


def number(value: Any, what: str) -> float:
    """``value`` if it is a finite number (and not a truth value); raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError(f"not {what}: {value!r} is no number")
    return float(value)


def numbers(body: Any, names: Collection[str], what: str) -> dict[str, float]:
    """An object whose fields are exactly ``names``, all of them numbers; raises ValueError."""
    fields = exact_fields(body, names, what)
    return {name: number(fields[name], what) for name in names}
