"""What goes into the engine: an observation, or a turn in the session's life, at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Observation


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The neutral pose is known; ``error_deg`` is how far it may be off.

    ``gaze_error_deg`` is the same for a gaze in relation to the screen: its mean error where it was
    checked against known points, else how far the assumed edges may be off. None without eyes.
    """

    error_deg: float
    gaze_error_deg: float | None = None


@dataclass(frozen=True, slots=True)
class ExamStarted:
    """From here on rules are evaluated."""


@dataclass(frozen=True, slots=True)
class ExamEnded:
    """No rule is evaluated any more; what is open ends."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing happened, but time passed."""


Happening: TypeAlias = Observation | Calibrated | ExamStarted | ExamEnded | Tick


@dataclass(frozen=True, slots=True)
class Event:
    """One happening and when it was."""

    moment: Moment
    what: Happening
