"""What is said about one frame: the observations, with their numbers rounded once and for all."""

from __future__ import annotations

from dataclasses import dataclass

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import (
    EyesSeen,
    Gaze,
    HeadPose,
    Observation,
)
from proctor_desktop.vision.calibration import Calibration, Neutral
from proctor_desktop.vision.eyes import CastDown, Eyes, cast_down, eyes_of, openness
from proctor_desktop.vision.face_detector import common_area
from proctor_desktop.vision.gaze import OPEN_ENOUGH, SteadyGaze, look_of, sureness
from proctor_desktop.vision.geometry import Angles, Fit, angles, relative
from proctor_desktop.vision.screen import ASSUMED_SCREEN, Look
from proctor_desktop.vision.sight import Sight

ANGLE_DIGITS = 2
FRACTION_DIGITS = 4

COARSE_CONFIDENCE = 0.5
"""What an angle is worth that comes from a detected face alone, beside one from a mesh (1)."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysed frame: its number, the moment it was captured, and what was seen in it.

    ``observations`` always hold FacesSeen; HeadPose, EyesSeen and Gaze when there is one face and a
    calibration (see FaceReader); and what the other models said, in the pictures they looked at.
    ``analysis_ms`` is how long the analysis took.
    """

    frame: int
    moment: Moment
    observations: tuple[Observation, ...]
    analysis_ms: float


class FaceReader:
    """Reads head, eyes and gaze of the one face in view, against its calibration.

    Remembers less than a second: a gaze is smoothed, and held through a blink. Numbers are rounded
    here, before anybody decides on them, so that a replay of recorded observations comes to
    exactly the same decisions. Use it from one thread, with sights in the order they were taken.
    """

    def __init__(self) -> None:
        self._calibration: Calibration | None = None
        self._cast_down = CastDown()
        self._gaze = SteadyGaze()

    def read(
        self, sight: Sight, calibration: Calibration | None
    ) -> tuple[HeadPose | EyesSeen | Gaze, ...]:
        """What the face says; nothing without a mesh, uncalibrated, or beside a second person.

        Of two people nobody knows which is the candidate. Eyes and gaze need eyes that could be
        made out at calibration; gaze is left out while the eyes are closed for longer than a blink.
        """
        self._renew(calibration)
        if calibration is None or sight.living > 1:
            return ()
        if sight.mesh is None or sight.fit is None:
            return _turned_away(sight, calibration.neutral)
        turn = relative(sight.fit.rotation, calibration.neutral.matrix())
        pose = head_pose(sight.frame, sight.fit, calibration.neutral, _seen_score(sight))
        eyes = eyes_of(sight.mesh, sight.fit.rotation)
        if eyes is None or calibration.eyes is None:
            return (pose,)
        seen = self._eyes(sight, eyes, calibration.eyes, angles(turn))
        shut = max(seen.left, seen.right) < OPEN_ENOUGH and not seen.looking_down
        look = self._gaze.add(sight.moment, None if shut else look_of(eyes, turn, calibration.eyes))
        if look is None:
            return (pose, seen)
        nearness = max(1.0, eyes.px_per_mm / calibration.eyes.px_per_mm)
        sure = sureness(eyes, turn, calibration.eyes, sight.fit.confidence)
        return (pose, seen, _gaze(sight.frame, look, calibration, nearness, sure))

    def _renew(self, calibration: Calibration | None) -> None:
        if calibration != self._calibration:
            self._calibration = calibration
            self._cast_down, self._gaze = CastDown(), SteadyGaze()

    def _eyes(self, sight: Sight, now: Eyes, usual: Eyes, head: Angles) -> EyesSeen:
        left, right = openness(now, usual)
        down = self._cast_down.add(sight.moment, cast_down(now, usual, head))
        return EyesSeen(
            sight.frame, _round(left, FRACTION_DIGITS), _round(right, FRACTION_DIGITS), down
        )


def head_pose(frame: int, fit: Fit, neutral: Neutral, seen: float = 1.0) -> HeadPose:
    """The head's angles away from ``neutral``.

    As sure as the mesh fits a head and as the face is ``seen``: a mesh is drawn behind a hand as
    well, and fits there, but its angles are then off by a lot.
    """
    turned = angles(relative(fit.rotation, neutral.matrix()))
    return HeadPose(
        frame,
        _round(turned.yaw_deg, ANGLE_DIGITS),
        _round(turned.pitch_deg, ANGLE_DIGITS),
        _round(turned.roll_deg, ANGLE_DIGITS),
        _round(min(fit.confidence, seen), FRACTION_DIGITS),
    )


def _seen_score(sight: Sight) -> float:
    """How well the face that the mesh belongs to is seen."""
    assert sight.fit is not None  # noqa: S101 - asked only where there is one
    box = sight.fit.box
    nearest = max(sight.faces, key=lambda face: common_area(face, box), default=None)
    return 1.0 if nearest is None else nearest.score


def _turned_away(sight: Sight, neutral: Neutral) -> tuple[HeadPose, ...]:
    """A head that turned so far that its mesh was lost: roughly where to, and half as sure."""
    if sight.coarse_yaw_deg is None:
        return ()
    straight = angles(neutral.matrix())
    return (
        HeadPose(
            sight.frame,
            _round(sight.coarse_yaw_deg - straight.yaw_deg, ANGLE_DIGITS),
            0.0,
            0.0,
            COARSE_CONFIDENCE,
        ),
    )


def _gaze(
    frame: int, look: Look, calibration: Calibration, nearness: float, confidence: float
) -> Gaze:
    screen = calibration.screen or ASSUMED_SCREEN
    return Gaze(
        frame,
        _round(look.horizontal_deg, ANGLE_DIGITS),
        _round(look.vertical_deg, ANGLE_DIGITS),
        _round(screen.outside_deg(look, nearness), ANGLE_DIGITS),
        _round(confidence, FRACTION_DIGITS),
        screen.edge(look, nearness),
    )


def _round(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # no minus zero in the records
