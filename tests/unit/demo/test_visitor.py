from __future__ import annotations

import numpy as np

from proctor_desktop.demo.person import make_person
from proctor_desktop.demo.portrait import Picture, Portrait
from proctor_desktop.demo.pose import AT_REST, Pose
from proctor_desktop.demo.visitor import make_visitor

WALL = (10, 200, 10)


def _drawn(portrait: Portrait, pose: Pose) -> Picture:
    canvas = np.full((480, 640, 3), WALL, np.uint8)
    make_visitor(portrait).draw(canvas, pose)
    return canvas


def test_the_visitor_stands_on_the_right_and_leaves_the_middle_free(portrait: Portrait) -> None:
    seen = np.nonzero((_drawn(portrait, AT_REST) != WALL).any(axis=2))[1]
    assert seen.min() > 320
    assert seen.max() == 639


def test_the_visitors_whole_face_is_in_the_picture(portrait: Portrait) -> None:
    face = make_visitor(portrait).head.turned(AT_REST)[:468, :2]
    assert face.min() > 0
    assert (face.max(axis=0) < (640, 480)).all()


def test_the_visitors_face_is_smaller_than_the_candidates(portrait: Portrait) -> None:
    widths = [
        np.ptp(person.head.turned(AT_REST)[:468, 0])
        for person in (make_visitor(portrait), make_person(portrait))
    ]
    assert 0.7 < widths[0] / widths[1] < 0.9


def test_the_visitor_looks_different(portrait: Portrait) -> None:
    candidate, visitor = make_person(portrait), make_visitor(portrait)
    nose = 4
    x, y = candidate.head.texture[nose].astype(int)
    their_x, their_y = visitor.head.texture[nose].astype(int)
    assert visitor.texture[their_y, their_x].sum() < candidate.texture[y, x].sum() - 30


def test_the_visitor_can_step_out_to_the_right(portrait: Portrait) -> None:
    assert (_drawn(portrait, Pose(shift_x_px=320)) == WALL).all()


def test_the_visitors_left_is_right_in_the_picture_too(portrait: Portrait) -> None:
    head = make_visitor(portrait).head
    assert head.turned(Pose(yaw_deg=20))[1, 0] > head.turned(AT_REST)[1, 0] + 10
