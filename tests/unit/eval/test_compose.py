"""Composed footage: the same every time, in motion where it should be, still where it should be."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tests.eval.compose import (
    Case,
    Image,
    Place,
    grain,
    layer,
    lost_pictures,
    moves,
    then,
    to_and_fro,
)

GREY: Image = np.full((480, 640, 3), 90, np.uint8)
WHITE_PATCH = np.full((50, 50, 4), 255, np.uint8)


def test_a_loop_goes_there_and_back_and_also_runs_before_zero() -> None:
    assert [to_and_fro(n, 3) for n in range(-2, 6)] == [2, 1, 0, 1, 2, 1, 0, 1]
    assert to_and_fro(7, 1) == 0


def test_grain_differs_from_picture_to_picture_and_is_the_same_every_time() -> None:
    film, again = grain(lambda _: GREY, seed=1), grain(lambda _: GREY, seed=1)
    assert np.array_equal(film(1.0), again(1.0))
    assert not np.array_equal(film(1.0), film(1.125))


def test_the_bars_that_fill_a_picture_up_stay_black() -> None:
    barred = GREY.copy()
    barred[:, :100] = 0
    assert grain(lambda _: barred, seed=1)(0.0)[:, :100].max() == 0


def test_a_patch_is_there_only_while_it_has_a_place() -> None:
    where = moves((1, Place(100, 100, 50)), (2, Place(200, 100, 50)))
    film = layer(lambda _: GREY, [WHITE_PATCH], where)
    assert np.array_equal(film(0.5), GREY)
    assert film(1.0)[100, 100].tolist() == [255, 255, 255]
    assert film(1.5)[100, 150].tolist() == [255, 255, 255]
    assert film(1.5)[100, 100].tolist() == [90, 90, 90]


def test_one_picture_follows_the_other_from_its_time_on() -> None:
    film = then((-99, lambda _: GREY), (4, lambda _: GREY + 1))
    assert [int(film(t)[0, 0, 0]) for t in (-5.0, 3.875, 4.0, 9.0)] == [90, 90, 91, 91]


def test_a_case_numbers_all_pictures_and_leaves_out_the_missed_ones() -> None:
    case = Case("c", "", 1.0, lambda: lambda _: GREY, calm_s=0.5, missed=frozenset({0, 3}))
    frames = [(number, time_s) for number, time_s, _ in case.frames()]
    assert frames[:5] == [(0, -0.5), (1, -0.375), (2, -0.25), (3, -0.125), (5, 0.125)]
    assert len(frames) == 10


def test_about_a_third_of_the_pictures_is_lost_and_never_more_than_half_a_second_at_once() -> None:
    lost = lost_pictures(60.0)
    assert 0.25 < len(lost) / 480 < 0.45
    kept = [-1, *(n for n in range(480) if n not in lost)]
    assert max(after - before - 1 for before, after in pairwise(kept)) <= 4
