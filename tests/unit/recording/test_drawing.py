"""Letters and boxes on a picture."""

from __future__ import annotations

import numpy as np
import pytest

from proctor_desktop.recording import drawing
from proctor_desktop.recording.drawing import WORDS, Image, ascii_only


def white() -> Image:
    return np.full((120, 200, 3), 255, np.uint8)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Head turned 44° (limit 30°)", "Head turned 44 deg (limit 30 deg)"),
        ("We can\N{RIGHT SINGLE QUOTATION MARK}t see Zoë", "We can't see Zoe"),
        ("文", "?"),
    ],
)
def test_words_are_put_in_what_the_font_knows(text: str, shown: str) -> None:
    assert ascii_only(text) == shown


def test_a_box_keeps_within_the_picture() -> None:
    assert drawing.box_px(white(), 0.25, 0.5, 0.5, 0.25) == (50, 60, 150, 90)
    assert drawing.box_px(white(), -1, -1, 5, 5) == (1, 1, 198, 118)


@pytest.mark.parametrize("at", [(-50, 20), (20, 20), (500, 20)])
def test_a_plate_is_moved_into_view(at: tuple[int, int]) -> None:
    canvas = white()
    drawing.plate(canvas, at, [("phone 0.87", WORDS)])
    dimmed = (canvas != 255).any(axis=(0, 2)).sum()
    assert dimmed == drawing.width_px("phone 0.87") + 2 * drawing.PAD_PX


def test_light_letters_can_be_read_on_white() -> None:
    canvas = white()
    drawing.plate(canvas, (20, 20), [("phone", WORDS)])
    plate = canvas[(canvas != 255).any(axis=2)]
    assert np.ptp(plate) > 100


def test_a_label_goes_below_a_box_at_the_top() -> None:
    canvas = white()
    drawing.label(canvas, (20, 2, 120, 60), "face 0.91", WORDS)
    marks = (canvas != 255).any(axis=(1, 2))
    assert not marks[:60].any()
    assert marks[60:].any()


def test_a_caption_without_words_draws_nothing() -> None:
    canvas = white()
    drawing.caption(canvas, "")
    assert (canvas == 255).all()


def test_a_caption_takes_three_lines_at_most() -> None:
    short, long = white(), white()
    drawing.caption(short, "word " * 12)
    drawing.caption(long, "word " * 200)
    height = (long != 255).any(axis=(1, 2)).sum()
    assert (short != 255).any(axis=(1, 2)).sum() <= height < 4 * drawing.LINE_PX
