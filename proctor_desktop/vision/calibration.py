"""The calibration as the candidate meets it: sit still, then follow a few dots with the eyes.

First three quiet seconds give the neutral pose and the person's own open eyes. Then, if gaze is
wanted, dots in the four corners of the screen give its edges, and three more check the result.

The collector is a plain object that is told what each analysis saw; it owns no thread and no clock.
It never stands in anybody's way: whoever does not follow the dots is calibrated without them, and
whoever is not seen at all goes on with a reason and without angles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

from proctor_desktop.core.moment import Moment
from proctor_desktop.vision.corners import MIDDLE, Target
from proctor_desktop.vision.dots import Dots, Followed
from proctor_desktop.vision.eyes import Eyes
from proctor_desktop.vision.live_checks import (
    ADVICE,
    CLOSER,
    FURTHER_AWAY,
    MANY_FACES,
    MORE_LIGHT,
    NO_FACE,
    OPEN_EYES,
    TURN_HERE,
    complaint,
)
from proctor_desktop.vision.neutral import Neutral, robust_mean
from proctor_desktop.vision.pose_hold import PoseHold, Rest, sample_of
from proctor_desktop.vision.screen import ASSUMED_ERROR_DEG, Screen
from proctor_desktop.vision.sight import Sight
from proctor_desktop.vision.stored import exact_fields, number

__all__ = [
    "CLOSER",
    "FURTHER_AWAY",
    "MANY_FACES",
    "MORE_LIGHT",
    "NO_FACE",
    "OPEN_EYES",
    "TURN_HERE",
    "Calibration",
    "CalibrationOutcome",
    "CalibrationProgress",
    "Collector",
    "Neutral",
    "better_of",
    "robust_mean",
]

ADVICE_S = 8.0
"""For so long the candidate is asked for more light, another distance or open eyes; then it goes on
without."""

TIMEOUT_S = 45.0

HOLD_STILL: Final = "Please hold still and look at the dot"
HOLD_STILL_NO_DOT: Final = "Please hold still and look at the screen"
NO_PICTURE: Final = "We get no picture from your camera"

NOT_FOLLOWED: Final = "the eyes did not follow the dots"
NO_EYES: Final = "the eyes could not be made out"
"""Then neither eyes nor gaze are judged; after the other two the gaze is, with assumed edges."""
NO_TIME: Final = "there was no time left for the dots"

_RESTLESS = "the head did not keep still for long enough"
_GIVEN_UP = {
    NO_FACE: "no face was seen for long enough",
    MANY_FACES: "more than one face was in view",
    TURN_HERE: "the face was turned away from the camera",
    NO_PICTURE: "the camera gave no picture",
    **dict.fromkeys((HOLD_STILL, HOLD_STILL_NO_DOT, *ADVICE), _RESTLESS),
}

_REST_SHARE = 0.3
"""What the neutral pose is of the whole, with gaze."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known about one person in one seat.

    ``eyes`` are their open eyes looking at the middle of the screen; None where they could not be
    made out, and then neither eyes nor gaze are judged. ``screen`` is None while its edges are
    assumed; else ``gaze_error_deg`` is how far the gaze was off on the dots that checked it.
    """

    neutral: Neutral
    eyes: Eyes | None = None
    screen: Screen | None = None
    gaze_error_deg: float | None = None

    @property
    def edges_error_deg(self) -> float:
        """How far a gaze may be off in relation to the screen: as checked, or as assumed."""
        return ASSUMED_ERROR_DEG if self.gaze_error_deg is None else self.gaze_error_deg

    def to_json(self) -> dict[str, Any]:
        """What the ``calibration`` record holds; :meth:`from_json` gives back an equal object."""
        return {
            "neutral": self.neutral.to_json(),
            "eyes": self.eyes.to_json() if self.eyes else None,
            "screen": self.screen.to_json() if self.screen else None,
            "gaze_error_deg": self.gaze_error_deg,
        }

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """The inverse of :meth:`to_json`; raises ValueError for anything else."""
        what = "a calibration"
        fields = exact_fields(body, ("neutral", "eyes", "screen", "gaze_error_deg"), what)
        eyes, screen, error = fields["eyes"], fields["screen"], fields["gaze_error_deg"]
        if (screen is None) != (error is None) or (screen is not None and eyes is None):
            raise ValueError(f"not {what}: its gaze is only half there")
        return cls(
            Neutral.from_json(fields["neutral"]),
            None if eyes is None else Eyes.from_json(eyes),
            None if screen is None else Screen.from_json(screen),
            None if error is None else number(error, what),
        )


@dataclass(frozen=True, slots=True)
class CalibrationProgress:
    """How far it is (0 to 1), the one thing to do now, and where the dot is, if there is one.

    ``target`` is in fractions of the screen, origin top left.
    """

    progress: float
    hint: str
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """The calibration, or None; ``reason`` says why there is none, or why it has no gaze."""

    calibration: Calibration | None
    reason: str = ""


def better_of(outcome: CalibrationOutcome, before: Calibration | None) -> CalibrationOutcome:
    """``outcome``, or a failed one if it would take away eyes that were known before.

    Otherwise shut eyes while calibrating again would switch off what is judged by them.
    """
    found = outcome.calibration
    if found is None or found.eyes is not None or before is None or before.eyes is None:
        return outcome
    return CalibrationOutcome(None, NO_EYES)


Step: TypeAlias = CalibrationProgress | CalibrationOutcome


class Collector:
    """Collects faces until they make a calibration or ``timeout_s`` has passed.

    Without ``gaze`` it ends with the neutral pose. With it, it takes about 13 seconds with quick
    eyes, at most 28 with slow ones, and gives up after 7 those that do not follow.
    """

    def __init__(self, started: Moment, gaze: bool = True, timeout_s: float = TIMEOUT_S) -> None:
        self._started = started
        self._timeout_s = timeout_s
        self._gaze = gaze
        self._pose = PoseHold()
        self._rest: Rest | None = None
        self._dots: Dots | None = None
        self._advised_since: Moment | None = None
        self._hints: Counter[str] = Counter()

    def add(self, sight: Sight) -> Step:
        """Tell what one analysis saw."""
        now = sight.moment
        problem = self._complaint(sight)
        sample = sample_of(sight)
        if problem is not None or sample is None:
            return self._wait(now, problem or NO_FACE)
        if self._rest is not None and self._dots is not None:
            end = self._dots.add(sample)
            return self._outcome(self._rest, end) if end else self._go_on(now, self._dots.hint)
        rest = self._pose.add(sample)
        if rest is None:
            return self._go_on(now, HOLD_STILL if self._gaze else HOLD_STILL_NO_DOT)
        return self._rested(now, rest)

    def no_picture(self, now: Moment) -> Step:
        """Tell that no picture has come for a while."""
        return self._wait(now, NO_PICTURE)

    def _complaint(self, sight: Sight) -> str | None:
        """What is wrong with the picture; advice is not given for ever."""
        problem = complaint(sight)
        if problem not in ADVICE:
            return problem
        return problem if self._advises(sight.moment) else None

    def _advises(self, now: Moment) -> bool:
        """Whether there is time left for what would make it better but need not be."""
        self._advised_since = self._advised_since or now
        return now.since_s(self._advised_since) < ADVICE_S

    def _rested(self, now: Moment, rest: Rest) -> Step:
        """Go on to the dots, if there are to be any and eyes to follow them."""
        if rest.eyes is None and self._advises(now):
            return self._go_on(now, OPEN_EYES)
        if not self._gaze or rest.eyes is None:
            return CalibrationOutcome(
                Calibration(rest.neutral, rest.eyes), NO_EYES if self._gaze else ""
            )
        self._rest = rest
        self._dots = Dots(rest.neutral, rest.eyes, now)
        return self._go_on(now, self._dots.hint)

    def _outcome(self, rest: Rest, end: Followed) -> CalibrationOutcome:
        reason = NOT_FOLLOWED if end.screen is None else ""
        found = Calibration(rest.neutral, rest.eyes, end.screen, end.error_deg)
        return CalibrationOutcome(found, reason)

    def _wait(self, now: Moment, hint: str) -> Step:
        self._pose.interrupt(now)
        if self._dots is not None:
            self._dots.interrupt(now)
        return self._go_on(now, hint)

    def _go_on(self, now: Moment, hint: str) -> Step:
        self._hints[hint] += 1
        if now.since_s(self._started) >= self._timeout_s:
            return self._out_of_time()
        if self._dots is not None:
            share = _REST_SHARE + (1 - _REST_SHARE) * self._dots.progress
            return CalibrationProgress(share, hint, self._dots.target)
        if not self._gaze:
            return CalibrationProgress(self._pose.progress, hint)
        return CalibrationProgress(self._pose.progress * _REST_SHARE, hint, MIDDLE)

    def _out_of_time(self) -> CalibrationOutcome:
        if self._rest is not None:
            return CalibrationOutcome(Calibration(self._rest.neutral, self._rest.eyes), NO_TIME)
        return CalibrationOutcome(None, _GIVEN_UP[self._hints.most_common(1)[0][0]])
