"""One instant, told by two clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

NS_PER_S = 1_000_000_000
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: a monotonic reading for durations, UTC for people.

    ``mono_ns`` only means something within one boot; ``wall_utc`` may jump. Neither orders
    evidence: the record's sequence number does.
    """

    mono_ns: int
    wall_utc: datetime

    def since_s(self, earlier: Moment) -> float:
        """Seconds that passed since ``earlier``, by the monotonic clock."""
        return (self.mono_ns - earlier.mono_ns) / NS_PER_S

    def later(self, seconds: float) -> Moment:
        """The moment ``seconds`` after this one, on both clocks."""
        return Moment(
            self.mono_ns + round(seconds * NS_PER_S), self.wall_utc + timedelta(seconds=seconds)
        )


class Clock(Protocol):
    """Whatever can say what time it is."""

    def now(self) -> Moment:
        """The present moment."""
        ...


def rfc3339(when: datetime) -> str:
    """``when`` as RFC 3339 in UTC with microseconds, the form that all records use."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_rfc3339(text: str) -> datetime:
    """The inverse of :func:`rfc3339`; raises ValueError for anything else."""
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"not a time as records state it: {text[:40]!r}")
    return datetime.fromisoformat(text)
