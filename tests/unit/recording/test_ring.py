"""The camera's last seconds, in memory."""

from __future__ import annotations

from tests.fakes.camera_pictures import camera_frame, filled_ring
from tests.playbook import moment


def times(ring_pictures: tuple[object, ...]) -> list[float]:
    return [one.moment.since_s(moment(0)) for one in ring_pictures]  # type: ignore[attr-defined]


def test_a_span_is_given_oldest_first() -> None:
    ring = filled_ring([0, 1, 2, 3, 4])
    assert times(ring.between(moment(1), moment(3))) == [1, 2, 3]


def test_what_is_older_than_it_holds_is_forgotten() -> None:
    ring = filled_ring([0, 1, 2, 3, 4, 5], kept_s=2.0)
    assert times(ring.between(moment(0), moment(9))) == [3, 4, 5]


def test_after_a_long_pause_only_the_new_picture_is_there() -> None:
    ring = filled_ring([0, 1, 2], kept_s=2.0)
    ring.add(camera_frame(50))
    assert times(ring.between(moment(0), moment(60))) == [50]


def test_an_empty_ring_has_nothing_to_give() -> None:
    ring = filled_ring([])
    assert ring.between(moment(0), moment(9)) == ()


def test_pictures_are_held_small() -> None:
    held = filled_ring([0, 1]).between(moment(0), moment(1))
    assert len(held) == 2
    assert max(len(picture.jpeg) for picture in held) < camera_frame(0).image.nbytes / 20


def test_what_was_taken_out_stays_when_the_ring_goes_on() -> None:
    ring = filled_ring([0, 1, 2], kept_s=2.0)
    taken = ring.between(moment(0), moment(2))
    ring.add(camera_frame(50))
    assert times(taken) == [0, 1, 2]
