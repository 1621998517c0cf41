"""Composed films: the same every time, in motion where it should be, still where it should be."""

from __future__ import annotations

import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.footage.film import grain, loop, then, to_and_fro, treated

GREY: Image = np.full((480, 640, 3), 90, np.uint8)


def test_a_loop_goes_there_and_back_and_also_runs_before_zero() -> None:
    assert [to_and_fro(n, 3) for n in range(-2, 6)] == [2, 1, 0, 1, 2, 1, 0, 1]
    assert to_and_fro(7, 1) == 0
    film = loop([GREY, GREY + 1, GREY + 2])
    assert [int(film(n / 8)[0, 0, 0]) for n in range(-2, 4)] == [92, 91, 90, 91, 92, 91]


def test_grain_differs_from_picture_to_picture_and_is_the_same_every_time() -> None:
    film, again = grain(lambda _: GREY), grain(lambda _: GREY)
    assert np.array_equal(film(1.0), again(1.0))
    assert not np.array_equal(film(1.0), film(1.125))
    assert not np.array_equal(film(1.0), grain(lambda _: GREY, seed=1)(1.0))


def test_the_bars_that_fill_a_picture_up_stay_black() -> None:
    barred = GREY.copy()
    barred[:, :100] = 0
    assert grain(lambda _: barred)(0.0)[:, :100].max() == 0


def test_one_film_follows_the_other_from_its_time_on() -> None:
    film = then((-99, lambda _: GREY), (4, treated(lambda _: GREY, lambda image: image + 1)))
    assert [int(film(t)[0, 0, 0]) for t in (-5.0, 3.875, 4.0, 9.0)] == [90, 90, 91, 91]
