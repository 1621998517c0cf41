"""Which of the faces in view are alive."""

from __future__ import annotations

from proctor_desktop.core.observation import FaceBox, FacesSeen, PictureSeen
from proctor_desktop.core.rules.stillness import frozen, living

ALIVE, POSTER = FaceBox(0, 0, 0.3, 0.3, 0.9, 0.4), FaceBox(0, 0, 0.1, 0.1, 0.9, 8.0)


def test_a_face_that_has_not_moved_for_long_is_not_alive() -> None:
    assert living((ALIVE, POSTER), 8.0) == (ALIVE,)
    assert living((ALIVE, POSTER), 8.1) == (ALIVE, POSTER)


def test_a_picture_that_stands_still_is_known_until_it_moves() -> None:
    stands, moves = PictureSeen(1, 0.5, 0.3, 1.5, False), PictureSeen(1, 0.5, 0.3, 0.2, False)
    assert frozen(False, stands)
    assert frozen(True, FacesSeen(1, ()))
    assert not frozen(True, moves)
