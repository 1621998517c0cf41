"""What a session's records themselves say is not there, in words."""

from __future__ import annotations

from typing import Any

from proctor_desktop.core.chain import Record, decode

_MAX_SECONDS = 2**63


def told_gap(record: Record) -> tuple[str, float | None] | None:
    """The words and seconds of a record that tells of a gap; None for any other record."""
    data = record.data
    if record.kind == "gap":
        data = decode(record.raw).data  # whoever walked the chain may have left fractions out
        seconds = _seconds(data.get("seconds"))
        span = "" if seconds is None else f" for {seconds:.1f} s"
        return (
            f"{_word(data, 'source')} has nothing to show{span}: {_word(data, 'reason')}",
            seconds,
        )
    if record.kind == "not_captured":
        return f"{_word(data, 'what')} was not captured: {_word(data, 'reason')}", None
    if record.kind == "restart":
        return f"the monitor was started again: {_word(data, 'reason')}", None
    return None


def told_sleep_s(record: Record) -> float:
    """For how long a record says that the whole monitor stood still; 0 for any other record.

    A computer that is suspended stops its monotonic clock for so long, and not its wall clock.
    """
    told = told_gap(record) if record.kind == "gap" else None
    return (told[1] or 0.0) if told and record.data.get("source") == "monitor" else 0.0


def _word(data: Any, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) and value else f"({name} not stated)"


def _seconds(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _MAX_SECONDS else None  # false for NaN, infinities too
