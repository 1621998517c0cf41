"""What is drawn into the second picture, and what is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    SoundLevel,
)
from proctor_desktop.core.rules.stillness import STILL_AFTER_S
from proctor_desktop.recording import overlay
from proctor_desktop.recording.drawing import Colour, Image
from proctor_desktop.recording.overlay import overlaid

FACE = FaceBox(0.4, 0.35, 0.2, 0.3, 0.93)
SEEN = FacesSeen(1, (FACE,))


def grey(width: int = 640, height: int = 480) -> Image:
    return np.full((height, width, 3), 128, np.uint8)


def changed(*seen: Observation, words: str = "") -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which pixels differ from the untouched picture."""
    return (overlaid(grey(), seen, STILL_AFTER_S, words) != grey()).any(axis=2)


def has(image: Image, colour: Colour) -> bool:
    return bool((image == np.array(colour, np.uint8)).all(axis=2).any())


def test_the_picture_itself_stays_untouched() -> None:
    image = grey()
    image.flags.writeable = False
    drawn = overlaid(image, [SEEN], STILL_AFTER_S, "Head turned")
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert (image == 128).all()
    assert (drawn != image).any()


def test_where_nothing_was_seen_nothing_is_drawn() -> None:
    assert not changed().any()
    assert not changed(SoundLevel(-40, -50, True, 0.5)).any()


def test_a_box_stands_around_the_face_and_leaves_the_face_free() -> None:
    marks = changed(SEEN)
    assert marks[int(0.35 * 480) - 1 : int(0.35 * 480) + 2, 256:290].any()
    assert not marks[200:290, 280:360].any()


def test_every_face_has_a_box_and_they_are_counted() -> None:
    other = FaceBox(0.75, 0.5, 0.1, 0.15, 0.7)
    one, two = changed(SEEN), changed(FacesSeen(1, (FACE, other)))
    assert not one[240:312, 470:550].any()
    assert two[240:312, 470:550].any()


def test_a_face_that_never_moves_looks_and_is_called_different() -> None:
    still = FaceBox(0.4, 0.35, 0.2, 0.3, 0.93, still_s=60.0)
    drawn = overlaid(grey(), [FacesSeen(1, (still,))], STILL_AFTER_S)
    assert has(drawn, overlay.STILL_FACE)
    assert not has(overlaid(grey(), [SEEN], STILL_AFTER_S), overlay.STILL_FACE)
    label_row = slice(int(0.35 * 480) - 20, int(0.35 * 480) - 8)
    assert changed(FacesSeen(1, (still,)))[label_row].sum() > changed(SEEN)[label_row].sum()


def test_what_counts_as_never_moving_is_the_exams_own_matter() -> None:
    seen = [FacesSeen(1, (FaceBox(0.4, 0.35, 0.2, 0.3, 0.93, still_s=12.0),))]
    assert has(overlaid(grey(), seen, 12.0), overlay.STILL_FACE)
    assert not has(overlaid(grey(), seen, 12.1), overlay.STILL_FACE)


def test_an_object_is_drawn_where_it_is() -> None:
    phone = ObjectsSeen(1, (ObjectBox("phone", 0.7, 0.6, 0.1, 0.2, 0.87),))
    marks = changed(phone)
    assert marks[288:384, 447:450].any(axis=1).all()
    assert not marks[:200].any()


@pytest.mark.parametrize("yaw", [30.0, -30.0])
def test_the_heads_arrow_points_the_way_the_camera_sees(yaw: float) -> None:
    """The candidate's left is at the picture's right, for it is not mirrored."""
    axes = overlay._turned(HeadPose(1, yaw, 0.0, 0.0, 0.9))
    assert np.sign(axes[2][0]) == np.sign(yaw)
    assert axes[2][2] > 0.8


def test_up_is_up_and_a_tilt_goes_to_its_shoulder() -> None:
    assert overlay._turned(HeadPose(1, 0, 20, 0, 0.9))[2][1] > 0.3
    assert overlay._turned(HeadPose(1, 0, 0, 20, 0.9))[1][0] > 0.3
    assert np.allclose(overlay._turned(HeadPose(1, 0, 0, 0, 0.9)), np.eye(3))


@pytest.mark.parametrize("across", [40.0, -40.0])
def test_the_gaze_points_to_the_candidates_own_side(across: float) -> None:
    eyes = round(0.5 * 640)
    marks = changed(SEEN, Gaze(1, across, 0.0, 10.0, 0.8)) & ~changed(SEEN)
    band = marks[215:245]
    right, left = band[:, eyes + 20 :].sum(), band[:, : eyes - 20].sum()
    assert (right > left) == (across > 0)


def test_without_a_face_there_is_nothing_for_an_arrow_to_start_from() -> None:
    marks = changed(FacesSeen(1, ()), Gaze(1, 40, 0, 10, 0.8))
    assert not marks[120:].any()


def test_figures_give_way_to_a_face_in_their_corner() -> None:
    corner = FacesSeen(1, (FaceBox(0.02, 0.02, 0.25, 0.4, 0.9),))
    marks = changed(corner, EyesSeen(1, 1.0, 1.0, False))
    assert marks[:30, 560:].any()
    assert changed(SEEN, EyesSeen(1, 1.0, 1.0, False))[:30, :80].any()


def test_the_rules_words_stand_at_the_bottom_on_several_lines_if_need_be() -> None:
    short, long = changed(words="Head turned"), changed(words="Head turned away " * 12)
    assert short[-20:].any()
    assert not short[:-40].any()
    assert long.any(axis=1).sum() > short.any(axis=1).sum()


def test_every_kind_of_figure_has_its_line() -> None:
    lines = overlay._lines(
        [
            FacesSeen(1, ()),
            HeadPose(1, 31.6, -4.0, 2.0, 0.9),
            Gaze(1, -12.0, 3.0, 6.4, 0.8),
            EyesSeen(1, 0.2, 1.04, True),
            FaceCompared(1, 0.31),
            LivenessChecked(1, 0.12),
            PictureSeen(1, 0.5, 0.4, 3.2, False),
            PictureSeen(1, 0.5, 0.4, 0.0, False),
        ]
    )
    assert [text for text, _ in lines] == [
        "no face",
        "head  yaw +32  pitch -4  roll +2 deg",
        "gaze  12 right  3 up deg, 6 deg off the screen",
        "eyes open  left 20%  right 104%, not judged as closed",
        "like the reference photo  0.31",
        "looks alive  0.12",
        "picture  unchanged for 3 s",
    ]


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_picture_is_refused(image: Image) -> None:
    with pytest.raises(ValueError, match="cannot be drawn on"):
        overlaid(image, [], STILL_AFTER_S)


fraction = st.floats(-2, 3, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(fraction, fraction, fraction, fraction, st.floats(-180, 180), st.floats(-180, 180))
def test_whatever_the_figures_are_a_picture_comes_out(
    x: float, y: float, width: float, height: float, yaw: float, pitch: float
) -> None:
    seen = (
        FacesSeen(1, (FaceBox(x, y, width, height, 0.5),)),
        HeadPose(1, yaw, pitch, yaw, 0.5),
        Gaze(1, yaw, pitch, 3.0, 0.5),
        ObjectsSeen(1, (ObjectBox("book", y, x, height, width, 0.5),)),
    )
    assert overlaid(grey(320, 240), seen, STILL_AFTER_S, "words").shape == (240, 320, 3)
