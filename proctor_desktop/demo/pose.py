"""Where a person in front of the camera is, and how they hold their head."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Pose:
    """How the rendered person sits at one instant.

    Angles are the person's own, relative to how they sit in the portrait: yaw > 0 turns to their
    left (towards the right edge of an unmirrored picture), pitch > 0 is up, roll > 0 tilts towards
    their left shoulder. ``shift_x_px`` and ``shift_y_px`` move the whole person right and down in a
    picture of 640 x 480. A person who is not ``visible`` has left the room.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_x_px: float = 0.0
    shift_y_px: float = 0.0
    visible: bool = True

    def plus(self, other: Pose) -> Pose:
        """The sum of both poses' angles and shifts; visible if this one is."""
        return replace(
            self,
            yaw_deg=self.yaw_deg + other.yaw_deg,
            pitch_deg=self.pitch_deg + other.pitch_deg,
            roll_deg=self.roll_deg + other.roll_deg,
            shift_x_px=self.shift_x_px + other.shift_x_px,
            shift_y_px=self.shift_y_px + other.shift_y_px,
        )


AT_REST = Pose()
ABSENT = Pose(visible=False)


def between(start: Pose, end: Pose, share: float) -> Pose:
    """The pose ``share`` (0-1) of the way from ``start`` to ``end``, easing in and out."""
    eased = share * share * (3.0 - 2.0 * share)

    def mix(a: float, b: float) -> float:
        return a + (b - a) * eased

    return Pose(
        yaw_deg=mix(start.yaw_deg, end.yaw_deg),
        pitch_deg=mix(start.pitch_deg, end.pitch_deg),
        roll_deg=mix(start.roll_deg, end.roll_deg),
        shift_x_px=mix(start.shift_x_px, end.shift_x_px),
        shift_y_px=mix(start.shift_y_px, end.shift_y_px),
        visible=end.visible if eased >= 1.0 else start.visible or end.visible,
    )
