from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.recording.conversion import Plane
from proctor_desktop.recording.novelty import ANOTHER_PAGE, novelty

WIDTH, HEIGHT = 960, 400


def page(number: int) -> Plane:
    """Lines of letters on white, none twice."""
    luma = np.full((HEIGHT, WIDTH), 235, np.uint8)
    letters = np.random.default_rng(number).integers(0, 2, (HEIGHT, WIDTH)) * np.uint8(200)
    for line in range(0, HEIGHT, 20):
        luma[line : line + 12, 40:-40] = letters[line : line + 12, 40:-40]
    return luma


def seen(before: Plane, after: Plane) -> float:
    return novelty(before, [(0, after)])


def test_another_page_is_new_and_the_same_is_not() -> None:
    assert seen(page(1), page(2)) > 4 * ANOTHER_PAGE
    assert seen(page(1), page(1)) == 0


@pytest.mark.parametrize("by_px", [20, -60, 100])
def test_a_page_that_scrolled_is_the_one_before(by_px: int) -> None:
    scrolled = np.roll(page(1), by_px, axis=0)
    edge = slice(0, by_px) if by_px > 0 else slice(by_px, None)
    scrolled[edge] = page(2)[edge]
    assert 0 < seen(page(1), scrolled) < ANOTHER_PAGE


def test_a_line_that_is_typed_and_a_page_that_becomes_empty_are_little() -> None:
    typed = page(1)
    typed[20:32] = page(2)[20:32]
    assert 0 < seen(page(1), typed) < ANOTHER_PAGE / 2
    assert seen(page(1), np.full_like(typed, 235)) == 0


def test_rows_that_changed_are_enough() -> None:
    after = page(1)
    after[200:300] = page(2)[200:300]
    assert novelty(page(1), [(192, after[192:320])]) == seen(page(1), after)


def test_a_narrow_picture_is_never_another_page() -> None:
    assert seen(page(1)[:, :200], page(2)[:, :200]) == 0
