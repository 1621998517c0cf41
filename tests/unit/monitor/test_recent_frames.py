"""The last pictures, in memory."""

from __future__ import annotations

import numpy as np

from proctor_desktop.core.frame import FRAMES_PER_S, Frame
from proctor_desktop.monitor.recent_frames import KEPT, Picture, RecentFrames
from tests.playbook import faces, moment


def picture(number: int) -> Picture:
    return Frame(number, moment(number / 8), np.zeros((1, 1, 3), np.uint8))


def filled(*numbers: int, kept: int = KEPT) -> RecentFrames:
    frames = RecentFrames(kept)
    for number in numbers:
        frames.add(picture(number))
    return frames


def test_the_picture_that_decided_is_found_by_its_number() -> None:
    found = filled(1, 2, 5).find(2)
    assert found is not None
    assert found.number == 2


def test_the_newest_is_found_without_a_number() -> None:
    found = filled(1, 2, 3, 4, kept=2).find(None)
    assert found is not None
    assert found.number == 4


def test_no_picture_stands_in_for_one_that_is_gone() -> None:
    frames = filled(1, 2, 3, 4, kept=2)
    assert frames.find(1) is None
    assert frames.find(99) is None


def test_a_picture_comes_with_what_was_seen_in_it() -> None:
    frames = RecentFrames()
    frames.add(picture(1), (faces(1, 2),))
    frames.add(picture(2))
    seen = frames.seen(1)
    assert seen is not None
    assert (seen.picture.number, seen.observations) == (1, (faces(1, 2),))
    newest = frames.seen(None)
    assert newest is not None
    assert (newest.picture.number, newest.observations) == (2, ())
    assert frames.seen(9) is None


def test_without_any_picture_there_is_none() -> None:
    frames = RecentFrames()
    assert frames.find(None) is None
    assert frames.find(1) is None


def test_after_the_camera_was_lost_no_old_picture_stands_in() -> None:
    frames = filled(1, 2)
    frames.clear()
    assert frames.find(2) is None


def test_it_looks_back_by_more_than_a_second() -> None:
    assert KEPT > FRAMES_PER_S
