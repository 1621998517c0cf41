"""Where things stand in the report's time line: plain geometry, in SVG units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from proctor_desktop.export.report.sitting import Sitting, Span, ToldClip, ToldViolation
from proctor_desktop.export.report.words import duration, offset, rule_title

WIDTH = 1000.0
_LABELS = 220.0
_RIGHT = 12.0
_TOP = 8.0
_PHASES = 22.0
_LANE = 26.0
_AXIS = 30.0
_THINNEST = 4.0
_CHAR = 6.6
_MAX_TICKS = 10
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_HEIGHTS = {"high": 1.0, "medium": 0.75, "low": 0.5}
_LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; ``label`` is drawn only where it fits, ``title`` always tells."""

    x: float
    y: float
    width: float
    height: float
    style: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A row with its name; ``y`` is the row's middle."""

    name: str
    y: float
    top: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; ``summary`` says it in a sentence for who does not see it."""

    width: float
    height: float
    left: float
    right: float
    axis_y: float
    phases: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    summary: str


def timeline(told: Sitting) -> Timeline:
    """Lay the session out: its phases, a lane a rule that fired, and what is missing."""
    scale = _Scale(max(told.length_s, 1.0))
    lanes, top = list[Lane](), _TOP + _PHASES + 6
    for rule in dict.fromkeys(v.rule for v in told.violations.values()):
        of_rule = [v for v in told.violations.values() if v.rule == rule]
        bars = (_violation_bar(scale, told, one, top) for one in of_rule)
        lanes.append(Lane(rule_title(rule), top + _LANE / 2, top, tuple(bars)))
        top += _LANE
    if told.clips:
        bars = (_clip_bar(scale, clip, top) for clip in told.clips)
        lanes.append(Lane("Clips kept", top + _LANE / 2, top, tuple(bars)))
        top += _LANE
    if told.absences:
        bars = (_bar(scale, span, top + 5, _LANE - 10, "absence", "") for span in told.absences)
        lanes.append(Lane("Not recorded", top + _LANE / 2, top, tuple(bars)))
        top += _LANE
    return Timeline(
        width=WIDTH,
        height=top + _AXIS,
        left=_LABELS,
        right=WIDTH - _RIGHT,
        axis_y=top + 4,
        phases=tuple(_phase_bars(scale, told.phases)),
        lanes=tuple(lanes),
        ticks=tuple(_ticks(scale, told)),
        summary=_summary(told),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    length_s: float

    def x(self, at_s: float) -> float:
        share = min(max(at_s / self.length_s, 0.0), 1.0)
        return round(_LABELS + share * (WIDTH - _RIGHT - _LABELS), 1)


def _bar(scale: _Scale, span: Span, y: float, height: float, style: str, label: str) -> Bar:
    left, right = scale.x(span.start_s), scale.x(span.end_s)
    width = round(max(right - left, _THINNEST), 1)
    left = min(left, WIDTH - _RIGHT - width)
    shown = label if len(label) * _CHAR + 6 <= width else ""
    length = duration(span.end_s - span.start_s)
    title = f"{span.name}, {length}" + (f": {span.reason}" if span.reason else "")
    return Bar(left, y, width, height, style, shown, title)


def _violation_bar(scale: _Scale, told: Sitting, one: ToldViolation, top: float) -> Bar:
    height = (_LANE - 6) * _HEIGHTS.get(one.severity, _LEAST)
    bottom = top + _LANE - 3
    at = offset(told.exam_offset_s(one.at_s))
    name = f"No. {one.number} {rule_title(one.rule)} at {at}"
    span = Span(name, one.at_s, one.at_s + one.duration_s, one.reason)
    style = one.severity if one.severity in _HEIGHTS else "info"
    return _bar(scale, span, bottom - height, height, style, "")


def _clip_bar(scale: _Scale, clip: ToldClip, top: float) -> Bar:
    numbers = ", ".join(f"no. {number}" for number in clip.violations)
    span = replace(clip.span, name=f"{clip.source} clip", reason=numbers)
    return _bar(scale, span, top + 7, _LANE - 14, "clip", "")


def _phase_bars(scale: _Scale, phases: Iterable[Span]) -> Iterable[Bar]:
    for span in phases:
        if span.end_s > span.start_s:
            style = "running" if span.name == "running" else "phase"
            yield _bar(scale, span, _TOP, _PHASES, style, span.name)


def _ticks(scale: _Scale, told: Sitting) -> Iterable[Tick]:
    step = next((s for s in _STEPS_S if scale.length_s / s <= _MAX_TICKS), _STEPS_S[-1])
    zero = told.exam_started_s or 0.0
    first = -int(zero // step)
    count = min(int((scale.length_s - zero) // step) + 1, _MAX_TICKS * 10)
    for number in range(max(first, -_MAX_TICKS), count):
        yield Tick(scale.x(zero + number * step), offset(number * step))


def _summary(told: Sitting) -> str:
    return (
        f"Time line of {duration(told.length_s)}: {len(told.violations)} violations and "
        f"{len(told.absences)} stretches that were not recorded. The tables below hold the same."
    )
