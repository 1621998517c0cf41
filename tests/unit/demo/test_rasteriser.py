from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.demo.rasteriser import rasterise

SIZE = (40, 60)
SQUARE = np.array([(5.0, 5.0, 0.0), (45.0, 5.0, 0.0), (45.0, 35.0, 0.0), (5.0, 35.0, 0.0)])
BOTH_HALVES = np.array([(0, 1, 2), (0, 2, 3)], np.int32)


def test_values_are_interpolated_within_a_triangle() -> None:
    values = SQUARE[:, :2] * 2 + 7
    drawn, covered = rasterise(SQUARE, BOTH_HALVES, values, SIZE)
    rows, columns = np.nonzero(covered)
    assert drawn[covered][:, 0] == pytest.approx(columns * 2 + 7, abs=1e-3)
    assert drawn[covered][:, 1] == pytest.approx(rows * 2 + 7, abs=1e-3)


def test_only_what_the_mesh_covers_is_drawn() -> None:
    drawn, covered = rasterise(SQUARE, BOTH_HALVES, np.ones((4, 1)), SIZE)
    assert covered[5:36, 5:46].all()
    assert covered.sum() == 31 * 41
    assert (drawn[~covered] == 0).all()


def test_what_faces_away_is_not_drawn() -> None:
    _, covered = rasterise(SQUARE, BOTH_HALVES[:, ::-1], np.ones((4, 1)), SIZE)
    assert not covered.any()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_nearer_hides_what_is_behind_whatever_their_order(order: tuple[int, int]) -> None:
    behind, before = SQUARE, SQUARE * (0.5, 0.5, 1) + (5, 5, 10)
    points = np.concatenate((behind, before))
    values = np.repeat([1.0, 2.0], 4)[:, np.newaxis]
    halves = np.stack((BOTH_HALVES, BOTH_HALVES + 4))[list(order)].reshape(-1, 3)
    drawn, _ = rasterise(points, halves, values, SIZE)
    assert drawn[15, 15, 0] == 2
    assert drawn[30, 40, 0] == 1


def test_a_triangle_seen_edge_on_does_no_harm() -> None:
    sliver = np.array([(5.0, 5.0, 0.0), (45.0, 5.0, 0.0), (45.0, 5.0 + 1e-7, 0.0)])
    drawn, _ = rasterise(sliver, np.array([(0, 1, 2)], np.int32), np.array([[0.0], [1], [2]]), SIZE)
    assert np.abs(drawn).max() <= 2


def test_an_empty_view_is_empty() -> None:
    drawn, covered = rasterise(SQUARE + np.array((500, 0, 0)), BOTH_HALVES, np.ones((4, 1)), SIZE)
    assert not covered.any()
    assert drawn.shape == (*SIZE, 1)
