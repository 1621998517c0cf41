"""The engine's input as the journal keeps it: short JSON arrays, exact enough to replay.

``[mono_ns, name, field, field, …]`` with the fields in the order of the class. Numbers go through
JSON unchanged, so the engine sees the same values again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

from proctor_desktop.core import event as events
from proctor_desktop.core import observation as observations
from proctor_desktop.core.event import Event
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox, Health, ObjectBox, Source

_KINDS: tuple[type[Any], ...] = (
    observations.FacesSeen,
    observations.HeadPose,
    observations.EyesSeen,
    observations.Gaze,
    observations.ObjectsSeen,
    observations.FaceCompared,
    observations.LivenessChecked,
    observations.PictureSeen,
    observations.CameraOpened,
    observations.SoundLevel,
    observations.SoundSignal,
    observations.SpeechHeard,
    observations.FocusChanged,
    observations.SourceHealth,
    observations.Gap,
    events.Calibrated,
    events.ExamStarted,
    events.ExamEnded,
    events.Tick,
)
_BY_NAME = {kind.__name__: kind for kind in _KINDS}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadEvent(ValueError):
    """A logged event that this program does not understand."""


def dump(event: Event) -> list[Any]:
    """One event as a JSON array."""
    what = event.what
    return [
        event.moment.mono_ns,
        type(what).__name__,
        *(_plain(getattr(what, field.name)) for field in fields(what)),
    ]


def load(line: list[Any]) -> Event:
    """The inverse of :func:`dump`; raises BadEvent.

    The wall clock is not kept with each event, since no rule looks at it. Fields that have come to
    a class since an older program wrote the line have their defaults.
    """
    try:
        mono_ns, name, *values = line
        kind = _BY_NAME[name]
        if not _least(kind) <= len(values) <= len(fields(kind)):
            raise BadEvent(f"{name} has {len(values)} fields")
        read = _READERS.get(name)
        what = kind(*(read(values) if read else values))
        return Event(Moment(int(mono_ns), _EPOCH), what)
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise BadEvent(f"not an event: {str(line)[:80]} ({problem!r})") from problem


def _least(kind: type[Any]) -> int:
    """How many fields a line of this kind has at least."""
    return sum(one.default is MISSING and one.default_factory is MISSING for one in fields(kind))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, FaceBox | ObjectBox):
        return [getattr(value, field.name) for field in fields(value)]
    return value


def _faces(values: list[Any]) -> list[Any]:
    frame, faces = values
    return [frame, tuple(FaceBox(*box) for box in faces)]


def _objects(values: list[Any]) -> list[Any]:
    frame, found = values
    return [frame, tuple(ObjectBox(*box) for box in found)]


def _health(values: list[Any]) -> list[Any]:
    source, state, *rest = values
    return [Source(source), Health(state), *rest]


def _gap(values: list[Any]) -> list[Any]:
    source, *rest = values
    return [Source(source), *rest]


_READERS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "FacesSeen": _faces,
    "ObjectsSeen": _objects,
    "SourceHealth": _health,
    "Gap": _gap,
}
