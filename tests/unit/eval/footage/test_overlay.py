"""What is laid over a film: where it is, when it comes, and when it goes."""

from __future__ import annotations

import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.footage.overlay import Place, Where, excursion, layer, moves, stays, visit

GREY: Image = np.full((480, 640, 3), 90, np.uint8)
WHITE_PATCH = np.full((50, 50, 4), 255, np.uint8)
HERE, THERE = Place(100, 100, 50), Place(200, 100, 50)


def way(where: Where, *times_s: float) -> list[float | None]:
    return [None if (place := where(time_s)) is None else place.x for time_s in times_s]


def test_a_patch_is_there_only_while_it_has_a_place() -> None:
    film = layer(lambda _: GREY, [WHITE_PATCH], moves((1, HERE), (2, THERE)))
    assert np.array_equal(film(0.5), GREY)
    assert film(1.0)[100, 100].tolist() == [255, 255, 255]
    assert film(1.5)[100, 150].tolist() == [255, 255, 255]
    assert film(1.5)[100, 100].tolist() == [90, 90, 90]


def test_a_visitor_comes_within_a_second_and_goes_within_one() -> None:
    path = visit(HERE, THERE, 5, 10)
    assert way(path, 3.9, 4, 4.5, 5, 10, 10.5, 11, 11.1) == [
        None, 100, 150, 200, 200, 150, 100, None,
    ]  # fmt: skip


def test_who_goes_on_an_excursion_is_always_somewhere() -> None:
    path = excursion(HERE, THERE, 5, 10)
    assert way(path, -12, 4, 5, 10, 10.5, 11, 75) == [100, 100, 200, 200, 150, 100, 100]
    assert way(stays(HERE), -12, 75) == [100, 100]
