from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.rules.stillness import STILL_AFTER_S
from proctor_desktop.vision.coarse_pose import NOSE_REACH
from proctor_desktop.vision.faces import (
    BEGINS_SCORE,
    FORGOTTEN_S,
    MESH_ALONE,
    STAYS_SCORE,
    Faces,
    brightness,
)
from proctor_desktop.vision.geometry import Mesh, fit
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import Detection, Sight
from tests.fakes.faces import detection, mesh, rotation

START = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))
EVERY_S = 0.125
REFERENCE = load_reference_face()
SCENE = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
OTHER_SCENE = np.random.default_rng(2).integers(0, 255, (480, 640, 3), np.uint8)
GLIMPSE, TRACE = BEGINS_SCORE - 0.05, STAYS_SCORE - 0.05


class Camera:
    """Shows one analysis after the other to the faces under test."""

    def __init__(self, still_after_s: float = STILL_AFTER_S) -> None:
        self.faces = Faces(still_after_s)
        self.number = 0

    def show(
        self,
        *detections: Detection,
        follows: Mesh | None = None,
        scene: np.ndarray = SCENE,
        after_s: float = EVERY_S,
    ) -> Sight:
        self.number += 1
        self.now = START.later(self.number * after_s)
        laid = None if follows is None else fit(follows, REFERENCE)
        return self.faces.see(Frame(self.number, self.now, scene), detections, follows, laid)


@pytest.fixture
def camera() -> Camera:
    return Camera()


LEFT, RIGHT = detection(x=0.1), detection(x=0.6, width=0.25)


def test_all_faces_are_told_of_largest_first(camera: Camera) -> None:
    sight = camera.show(LEFT, RIGHT)
    assert [face.x for face in sight.faces] == [RIGHT.box.x, LEFT.box.x]
    assert [face.score for face in sight.faces] == [0.9, 0.9]


def test_a_second_face_is_told_of_at_once(camera: Camera) -> None:
    camera.show(LEFT)
    assert len(camera.show(LEFT, RIGHT).faces) == 2


def test_a_glimpse_of_a_face_is_no_new_face_but_keeps_a_known_one(camera: Camera) -> None:
    assert camera.show(detection(score=GLIMPSE)).faces == ()
    camera.show(detection(score=0.8))
    (kept,) = camera.show(detection(score=GLIMPSE)).faces
    assert kept.score == GLIMPSE


def test_a_known_face_flickers_once_without_going(camera: Camera) -> None:
    for _ in range(3):
        camera.show(LEFT)
    assert len(camera.show().faces) == 1
    assert camera.show().faces == ()


def test_one_mistake_of_the_detector_is_told_of_once(camera: Camera) -> None:
    for _ in range(3):
        camera.show(LEFT)
    assert len(camera.show(LEFT, RIGHT).faces) == 2
    assert len(camera.show(LEFT).faces) == 1


def test_a_followed_face_is_counted_once_with_the_detectors_score(camera: Camera) -> None:
    (face,) = camera.show(detection(x=0.4, y=0.32), follows=mesh(centre=(0.5, 0.5))).faces
    assert face.score == 0.9


def test_a_face_that_only_the_mesh_sees_counts_and_is_said_to_be_seen_badly(
    camera: Camera,
) -> None:
    (face,) = camera.show(follows=mesh()).faces
    assert face.score == pytest.approx(MESH_ALONE)


def test_a_face_too_near_for_the_detector_is_seen_well(camera: Camera) -> None:
    (face,) = camera.show(follows=mesh(px_per_mm=2.6)).faces
    assert face.score == pytest.approx(1.0)


def test_a_mesh_where_the_detector_sees_no_face_beside_one_is_not_a_second(
    camera: Camera,
) -> None:
    assert len(camera.show(LEFT, follows=mesh(centre=(0.75, 0.5))).faces) == 1


def test_a_face_that_never_moves_is_still_and_not_living(camera: Camera) -> None:
    for _ in range(round(STILL_AFTER_S / EVERY_S) + 2):
        sight = camera.show(LEFT)
    assert sight.faces[0].still_s >= STILL_AFTER_S
    assert sight.living == 0


def test_a_face_that_moves_is_living_from_then_on_until_it_is_still_for_long(
    camera: Camera,
) -> None:
    assert camera.show(LEFT).living == 0
    moved = camera.show(LEFT, scene=OTHER_SCENE)
    assert (moved.living, moved.faces[0].still_s) == (1, 0.0)
    assert camera.show(LEFT, scene=OTHER_SCENE).living == 1
    for _ in range(round(STILL_AFTER_S / EVERY_S)):
        sight = camera.show(LEFT, scene=OTHER_SCENE)
    assert sight.living == 0


def test_how_long_is_long_enough_is_the_exams_own_matter() -> None:
    camera = Camera(still_after_s=2.0)
    camera.show(LEFT)
    living = [camera.show(LEFT, scene=OTHER_SCENE).living for _ in range(round(2.0 / EVERY_S) + 1)]
    assert living == [1] * round(2.0 / EVERY_S) + [0]


def test_a_missed_analysis_does_not_start_the_stillness_again(camera: Camera) -> None:
    for number in range(16):
        sight = camera.show(*([] if number == 8 else [LEFT]))
    assert sight.faces[0].still_s == pytest.approx(15 * EVERY_S)


def test_a_face_that_was_away_for_long_is_a_new_one(camera: Camera) -> None:
    for _ in range(8):
        camera.show(LEFT)
    for _ in range(round(FORGOTTEN_S / EVERY_S) + 1):
        camera.show()
    assert camera.show(LEFT).faces[0].still_s == 0.0


def profile(side: int) -> Detection:
    return detection(nose=side * NOSE_REACH, eyes=0.2)


def test_who_turns_away_until_the_mesh_is_lost_is_turned(camera: Camera) -> None:
    assert camera.show(detection(), follows=mesh(rotation(40))).coarse_yaw_deg is None
    turned_deg = camera.show(profile(1)).coarse_yaw_deg
    assert turned_deg is not None
    assert turned_deg > 60


def test_who_is_lost_looking_ahead_or_to_the_other_side_is_not(camera: Camera) -> None:
    camera.show(detection(), follows=mesh())
    assert camera.show(profile(1)).coarse_yaw_deg is None
    camera.show(detection(), follows=mesh(rotation(-40)))
    assert camera.show(profile(1)).coarse_yaw_deg is None


def test_who_left_and_came_back_in_profile_has_not_turned(camera: Camera) -> None:
    camera.show(detection(), follows=mesh(rotation(40)))
    for _ in range(round(FORGOTTEN_S / EVERY_S) + 2):
        camera.show()
    assert camera.show(profile(1)).coarse_yaw_deg is None


def test_brightness_is_that_of_the_box_or_of_the_picture() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:240] = 255
    assert brightness(picture, None) == pytest.approx(0.5)
    assert brightness(picture, detection(y=0.05, width=0.2).box) == pytest.approx(1.0)
    assert brightness(picture, detection(x=1.5).box) == 0.0
