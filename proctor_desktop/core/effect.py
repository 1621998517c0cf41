"""What the engine wants done: values, carried out elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from proctor_desktop.core.moment import Moment


@dataclass(frozen=True, slots=True)
class KeepStill:
    """Keep a camera picture as evidence: ``frame`` by number, or the newest one when None.

    It rides on the record that names it, because a record is hashed with the hashes of its blobs:
    the picture has to be safe on disk before the record can be written.
    """

    frame: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """Append a record of this kind to the evidence, with a still if there is one to keep."""

    moment: Moment
    kind: str
    data: dict[str, Any]
    still: KeepStill | None = None


@dataclass(frozen=True, slots=True)
class KeepClip:
    """Keep the camera's pictures around ``moment`` as a clip for this violation.

    It cannot ride on the violation's record, since half of it has yet to happen: it becomes a
    record of its own, ``clip``, that names the violation.
    """

    moment: Moment
    violation: int
    seconds_each_way: float


@dataclass(frozen=True, slots=True)
class KeepSound:
    """The same for the microphone; asked for only if the exam says that voices are to be kept."""

    moment: Moment
    violation: int
    seconds_each_way: float


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell the candidate, in words that state an observation and accuse nobody."""

    moment: Moment
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send a tick at this monotonic time unless something else happens before."""

    mono_ns: int


Effect: TypeAlias = Record | KeepClip | KeepSound | Warn | WakeAt
