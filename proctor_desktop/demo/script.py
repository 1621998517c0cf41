"""What happens in the demo's session, second by second, and what must be observed of it.

All times are in seconds of the camera file: 0 is its first picture, which is what the camera shows
when monitor opens it. The sound file runs along with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose, between
from proctor_desktop.demo.sway import sway

TURNED_LEFT_DEG = 40.0

_GONE = Pose(shift_x_px=-620.0)
_VISITOR_AT_THE_DOOR = Pose(yaw_deg=-8.0, shift_x_px=320.0)
_VISITOR_IN_VIEW = Pose(yaw_deg=-8.0)
_STILL = 0.06
_HELD = 0.25
_NATURAL = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start_s`` up to, not including, ``end_s``."""

    start_s: float
    end_s: float

    def __contains__(self, time_s: float) -> bool:
        """Whether a time lies in it."""
        return self.start_s <= time_s < self.end_s

    @property
    def duration_s(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Segment:
    """One thing the candidate does: get into ``pose`` within ``transition_s``, then keep it.

    ``liveliness`` scales the small movements that nobody is without: 1 for somebody at ease.
    ``visitor`` is where a second person is.
    """

    name: str
    start_s: float
    duration_s: float
    pose: Pose = AT_REST
    visitor: Pose = ABSENT
    liveliness: float = _NATURAL
    transition_s: float = 0.5

    @property
    def span(self) -> Span:
        """When it happens."""
        return Span(self.start_s, self.start_s + self.duration_s)


@dataclass(frozen=True, slots=True)
class Expected:
    """A violation of ``rule`` whose start is recorded within ``earliest_s`` and ``latest_s``.

    That is when the matter has lasted as long as the rule asks for, not when it began.
    """

    rule: str
    earliest_s: float
    latest_s: float

    def admits(self, rule: str, start_s: float) -> bool:
        """Whether a violation that started then is this one."""
        return rule == self.rule and self.earliest_s <= start_s <= self.latest_s


@dataclass(frozen=True, slots=True)
class Shot:
    """The people in the picture at one instant."""

    candidate: Pose
    visitor: Pose


@dataclass(frozen=True)
class Script:
    """A session.

    ``segments`` follow each other without a gap. ``silence`` is when nothing but the room is to be
    heard; ``focus_away`` is when another window has the focus (whoever runs the demo sees to that).
    Every one of ``expected`` must be observed exactly once; ``tolerated`` may be observed besides;
    anything else must not, least of all in ``honest``. The session's events are over at
    ``events_end_s``; the files go on for ``tail_s`` so that it can be closed at leisure.
    """

    segments: tuple[Segment, ...]
    silence: Span
    focus_away: Span
    honest: Span
    expected: tuple[Expected, ...]
    tolerated: tuple[Expected, ...]
    tail_s: float

    @cached_property
    def events_end_s(self) -> float:
        """When the last segment ends, and the session may be finished."""
        return self.segments[-1].span.end_s

    @property
    def duration_s(self) -> float:
        """How long the camera's and the microphone's files are."""
        return self.events_end_s + self.tail_s

    def shot(self, time_s: float) -> Shot:
        """Who is where ``time_s`` into the camera file; after the end the last pose goes on."""
        before, now = self._around(time_s)
        share = min(1.0, max(0.0, (time_s - now.start_s) / now.transition_s))
        liveliness = before.liveliness + (now.liveliness - before.liveliness) * share
        pose = between(before.pose, now.pose, share).plus(sway(time_s, liveliness))
        return Shot(pose, _coming_or_going(before.visitor, now.visitor, share))

    def _around(self, time_s: float) -> tuple[Segment, Segment]:
        started = [segment for segment in self.segments if segment.start_s <= time_s]
        now = started[-1] if started else self.segments[0]
        return (started[-2] if len(started) > 1 else now), now


def _coming_or_going(before: Pose, now: Pose, share: float) -> Pose:
    """A visitor who is not there yet, or no longer, comes from and goes to the door."""
    if share >= 1.0 or not (before.visible or now.visible):
        return now
    start, end = (pose if pose.visible else _VISITOR_AT_THE_DOOR for pose in (before, now))
    return between(start, end, share)


def scripted_session() -> Script:
    """The demo's session: five kinds of violation, and more than twenty honest seconds."""
    return Script(
        segments=(
            Segment("sits still: photo and calibration", 0, 12, liveliness=_STILL),
            Segment("works honestly", 12, 22),
            Segment("turns left", 34, 4, Pose(yaw_deg=TURNED_LEFT_DEG), liveliness=_HELD),
            Segment("looks straight again", 38, 5, liveliness=_HELD),
            Segment("is gone", 43, 8, _GONE, transition_s=0.6),
            Segment("is back", 51, 6, liveliness=_HELD, transition_s=0.6),
            Segment("is not alone", 57, 4, visitor=_VISITOR_IN_VIEW, liveliness=_HELD),
            Segment("is alone again", 61, 25),
        ),
        silence=Span(67.5, 83),
        focus_away=Span(63.5, 66),
        honest=Span(12, 34),
        expected=(
            Expected("head_turned", 35, 37),
            Expected("face_missing", 48, 50),
            Expected("multiple_faces", 57, 59),
            Expected("focus_lost", 63.5, 66),
            Expected("prolonged_silence", 77.0, 81.5),
        ),
        tolerated=(
            Expected("outside_zone", 43, 45),
            Expected("outside_zone", 51, 53),
            Expected("head_turned", 43, 45),
            Expected("head_turned", 51, 53),
            # An interview is talk: voices are recorded, and not counted.
            Expected("voice_detected", 12, 94),
        ),
        tail_s=8.0,
    )
