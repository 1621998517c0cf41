"""What the candidate can do about the picture, one thing at a time."""

from __future__ import annotations

from typing import Final

from proctor_desktop.vision.geometry import angles
from proctor_desktop.vision.sight import Sight

NO_FACE: Final = "We can't see your face"
MANY_FACES: Final = "Only your face in view, please"
TURN_HERE: Final = "Turn your face to the screen and the camera"
MORE_LIGHT: Final = "More light on your face, please"
CLOSER: Final = "Move a little closer"
FURTHER_AWAY: Final = "Move back a little"
OPEN_EYES: Final = "Look at the screen with open eyes, please"

ADVICE: Final = frozenset((MORE_LIGHT, CLOSER, FURTHER_AWAY, OPEN_EYES))
"""What would make it better but need not be: who cannot do it is measured all the same."""

DARKEST = 0.13
"""Brightness of a face below which the eyes are hard to find; a dark skin in a lit room is above
0.2."""

SMALLEST = 0.16
"""Height of a face, as a share of the picture's: at 640 x 480 its eyes are then 13 pixels wide."""

MOST_TURNED_DEG = 30.0
"""A camera may stand beside the screen, but not so far that a face to one side of it could be taken
for a face that looks at the screen."""

LARGEST = 0.85
"""Above it the chin or the forehead leaves the picture at the next movement."""


def complaint(sight: Sight) -> str | None:
    """The one thing to put right first in this picture, or None if all is well."""
    if sight.living > 1:
        return MANY_FACES
    if sight.mesh is None or sight.fit is None:
        return NO_FACE
    if abs(angles(sight.fit.rotation).yaw_deg) > MOST_TURNED_DEG:
        return TURN_HERE
    if sight.brightness < DARKEST:
        return MORE_LIGHT
    height = sight.fit.box.height
    if height < SMALLEST:
        return CLOSER
    return FURTHER_AWAY if height > LARGEST else None
