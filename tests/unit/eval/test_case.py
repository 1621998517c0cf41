"""Cases: which pictures and which blocks of sound the analysis gets."""

from __future__ import annotations

import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.case import Case, SoundCase

GREY: Image = np.full((480, 640, 3), 90, np.uint8)


def test_a_case_numbers_all_pictures_and_leaves_out_the_missed_ones() -> None:
    case = Case("c", "", 1.0, lambda: lambda _: GREY, calm_s=0.5, missed=frozenset({0, 3}))
    frames = [(number, time_s) for number, time_s, _ in case.frames()]
    assert frames[:5] == [(0, -0.5), (1, -0.375), (2, -0.25), (3, -0.125), (5, 0.125)]
    assert len(frames) == 10


def test_the_quiet_before_an_exam_ends_at_zero() -> None:
    case = SoundCase("s", "", lambda: np.zeros(4800, np.float32), calm_s=0.2)
    assert [(ends_s, len(block)) for ends_s, block in case.blocks()] == [
        (-0.1, 1600), (0.0, 1600), (0.1, 1600),
    ]  # fmt: skip
