"""What the program saw, drawn into a copy of the picture that it saw it in.

The untouched picture is the evidence; this one shows a person how the program read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import (
    EyesSeen,
    FaceBox,
    FaceCompared,
    FacesSeen,
    Gaze,
    HeadPose,
    LivenessChecked,
    ObjectBox,
    ObjectsSeen,
    Observation,
    PictureSeen,
)
from proctor_desktop.core.rules.stillness import FROZEN_FROM_S
from proctor_desktop.recording import drawing
from proctor_desktop.recording.drawing import WORDS, Box, Colour, Image, Point

FACE: Colour = (126, 196, 255)
STILL_FACE: Colour = (190, 190, 190)
OBJECT: Colour = (255, 186, 92)
HEAD: Colour = (140, 224, 170)
GAZE: Colour = (236, 170, 240)

_AXIS_PX = 34
_BESIDE_PX = 8
_EYES_DOWN = 0.38
"""Where the eyes are in a face's box, from its top."""

_GAZE_PX_PER_DEG = 3.0
_LONGEST_ARROW = 0.2


def overlaid(
    image: Image, seen: Sequence[Observation], still_after_s: float, words: str = ""
) -> Image:
    """A copy of an RGB picture with what was seen in it, and ``words`` below.

    ``image`` (``uint8``, height x width x 3) stays as it is. Boxes and their labels keep off the
    face itself; figures stand in a corner at the top. A face that has been still for
    ``still_after_s``, the exam's own setting, is marked as one that never moves. Raises ValueError
    for what is no such picture.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:  # noqa: PLR2004
        raise ValueError(f"a picture of shape {image.shape} cannot be drawn on")
    canvas = np.ascontiguousarray(image).copy()
    faces = next((one.faces for one in seen if isinstance(one, FacesSeen)), ())
    _figures(canvas, _lines(seen), faces)
    for one in seen:
        match one:
            case ObjectsSeen(_, objects):
                for found in objects:
                    _object(canvas, found)
            case FacesSeen():
                for face in faces:
                    _face(canvas, face, face.still_s >= still_after_s)
            case _:
                pass
    if faces:
        _directions(canvas, faces[0], seen)
    drawing.caption(canvas, words)
    return canvas


def _figures(canvas: Image, lines: Sequence[tuple[str, Colour]], faces: Sequence[FaceBox]) -> None:
    """The figures in a corner at the top: at the left unless the largest face is there."""
    if not lines:
        return
    wide = max(drawing.width_px(text) for text, _ in lines) + 2 * drawing.PAD_PX
    tall = len(lines) * drawing.LINE_PX
    left = drawing.PAD_PX
    if faces:
        face_left, face_top, face_right, _ = _box_of(canvas, faces[0])
        clear_at_right = canvas.shape[1] - face_right
        if face_top < tall and face_left < wide and clear_at_right > face_left:
            left = canvas.shape[1]
    drawing.plate(canvas, (left, drawing.LINE_PX - drawing.DESCENT_PX), lines)


def _lines(seen: Iterable[Observation]) -> list[tuple[str, Colour]]:
    """The figures in the corner, one line an observation."""
    return [line for one in seen if (line := _line(one)) is not None]


def _line(one: Observation) -> tuple[str, Colour] | None:  # noqa: PLR0911 - one a kind
    match one:
        case FacesSeen(_, faces):
            return {0: "no face", 1: "1 face"}.get(len(faces), f"{len(faces)} faces"), FACE
        case HeadPose():
            angles = f"yaw {one.yaw_deg:+.0f}  pitch {one.pitch_deg:+.0f}  roll {one.roll_deg:+.0f}"
            return f"head  {angles} deg", HEAD
        case Gaze():
            where = f"{abs(one.horizontal_deg):.0f} {_side(one.horizontal_deg)}"
            where += f"  {abs(one.vertical_deg):.0f} {'up' if one.vertical_deg >= 0 else 'down'}"
            beyond = f"{one.outside_deg:.0f} deg off the screen" if one.outside_deg else "on screen"
            return f"gaze  {where} deg, {beyond}", GAZE
        case EyesSeen():
            down = ", not judged as closed" if one.looking_down else ""
            return f"eyes open  left {one.left:.0%}  right {one.right:.0%}{down}", WORDS
        case FaceCompared(_, similarity):
            return f"like the reference photo  {similarity:.2f}", WORDS
        case LivenessChecked(_, live):
            return f"looks alive  {live:.2f}", WORDS
        case PictureSeen() if one.frozen_s >= FROZEN_FROM_S or one.replaced:
            frozen = f"unchanged for {one.frozen_s:.0f} s"
            what = frozen if one.frozen_s >= FROZEN_FROM_S else "another scene"
            return f"picture  {what}", WORDS
        case _:
            return None


def _side(horizontal_deg: float) -> str:
    """The candidate's own side, as the records have it."""
    return "left" if horizontal_deg >= 0 else "right"


def _face(canvas: Image, face: FaceBox, still: bool) -> None:
    text = f"face {face.score:.2f}" + (", never moves" if still else "")
    box, colour = _box_of(canvas, face), STILL_FACE if still else FACE
    drawing.corners(canvas, box, colour)
    drawing.label(canvas, box, text, colour)


def _object(canvas: Image, found: ObjectBox) -> None:
    box = _box_of(canvas, found)
    drawing.frame(canvas, box, OBJECT)
    drawing.label(canvas, box, f"{found.label} {found.score:.2f}", OBJECT)


def _directions(canvas: Image, face: FaceBox, seen: Iterable[Observation]) -> None:
    """Where head and gaze point: the axes beside the face, the gaze from between the eyes."""
    left, top, right, bottom = _box_of(canvas, face)
    for one in seen:
        match one:
            case HeadPose():
                beside = right + _AXIS_PX + _BESIDE_PX
                if beside + _AXIS_PX > canvas.shape[1]:
                    beside = max(left - _AXIS_PX - _BESIDE_PX, _AXIS_PX)
                _axes(canvas, (beside, bottom - _AXIS_PX), one)
            case Gaze():
                eyes = ((left + right) // 2, top + round((bottom - top) * _EYES_DOWN))
                _gaze(canvas, eyes, one)
            case _:
                pass


def _axes(canvas: Image, middle: Point, pose: HeadPose) -> None:
    """The head's axes as the camera sees them: to the candidate's left, up, and ahead.

    The picture is not mirrored: the candidate's left is at its right.
    """
    for axis, colour in zip(_turned(pose), (WORDS, WORDS, HEAD), strict=True):
        end = (round(middle[0] + axis[0] * _AXIS_PX), round(middle[1] - axis[1] * _AXIS_PX))
        ahead = colour is HEAD
        drawing.arrow(canvas, middle, end, colour, 3 if ahead else 1)


def _turned(pose: HeadPose) -> NDArray[np.float64]:
    """Columns of the head's rotation, as rows: left, up, ahead; x right and y up in the picture."""
    yaw, pitch, roll = (math.radians(a) for a in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
    about_up = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    )
    about_left = np.array(
        [[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]]
    )
    about_ahead = np.array(
        [[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    turned: NDArray[np.float64] = (about_up @ about_left @ about_ahead).T
    return turned


def _gaze(canvas: Image, eyes: Point, gaze: Gaze) -> None:
    longest = _LONGEST_ARROW * canvas.shape[1]
    across, up = gaze.horizontal_deg * _GAZE_PX_PER_DEG, gaze.vertical_deg * _GAZE_PX_PER_DEG
    shrink = min(1.0, longest / max(math.hypot(across, up), 1.0))
    end = (round(eyes[0] + across * shrink), round(eyes[1] - up * shrink))
    drawing.arrow(canvas, eyes, end, GAZE, 2)


def _box_of(canvas: Image, found: FaceBox | ObjectBox) -> Box:
    return drawing.box_px(canvas, found.x, found.y, found.width, found.height)
