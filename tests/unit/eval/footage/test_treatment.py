"""Worse cameras: how much they lose."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tests.eval.footage.treatment import far_away, lost_pictures


def test_about_a_third_of_the_pictures_is_lost_and_never_more_than_half_a_second_at_once() -> None:
    lost = lost_pictures(60.0)
    assert 0.25 < len(lost) / 480 < 0.45
    kept = [-1, *(n for n in range(480) if n not in lost)]
    assert max(after - before - 1 for before, after in pairwise(kept)) <= 4


def test_what_is_far_away_is_half_as_large_and_in_the_middle() -> None:
    white = np.zeros((480, 640, 3), np.uint8)
    white[100:380, 100:540] = 255
    assert np.argwhere(far_away(white)[:, :, 0] > 127).min(axis=0).tolist() == [170, 210]
    assert np.argwhere(far_away(white)[:, :, 0] > 127).max(axis=0).tolist() == [309, 429]
