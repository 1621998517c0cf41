from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.vision.stillness import Stillness

START = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))
BOX = FaceBox(0.4, 0.3, 0.2, 0.35, 0.9)
EVERY_S = 0.125
NOISE = 4.0

Grey = NDArray[np.uint8]


def drawn(lids: float = 0.0) -> NDArray[np.float32]:
    """A drawn face in the box; ``lids`` is how far its eyes are closed."""
    picture = np.full((480, 640), 70, np.float32)
    cv2.ellipse(picture, (320, 228), (60, 82), 0, 0, 360, 180, -1)
    for x in (296, 344):
        cv2.ellipse(picture, (x, 205), (13, max(1, round(9 * (1 - lids)))), 0, 0, 360, 40, -1)
        cv2.ellipse(picture, (x, 186), (15, 3), 0, 0, 360, 60, -1)
    cv2.ellipse(picture, (320, 236), (7, 16), 0, 0, 360, 140, -1)
    cv2.ellipse(picture, (320, 272), (24, 7), 0, 0, 360, 90, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 5), np.float32)


def filmed(face: NDArray[np.float32], seed: int, light: float = 1.0) -> Grey:
    """The picture as a camera delivers it: with noise of its own."""
    noise = np.random.default_rng(seed).normal(0, NOISE, face.shape)
    return np.clip(face * light + noise, 0, 255).astype(np.uint8)


def longest(pictures: list[Grey], boxes: list[FaceBox] | None = None) -> tuple[float, bool]:
    watch = Stillness()
    boxes = boxes or [BOX] * len(pictures)
    seen = [
        watch.see(picture, box, START.later(number * EVERY_S))
        for number, (picture, box) in enumerate(zip(pictures, boxes, strict=True))
    ]
    return max(seen), watch.moved


def test_a_poster_is_still_through_noise_flicker_and_an_unsteady_box() -> None:
    generator = np.random.default_rng(5)
    pictures = [filmed(drawn(), n, 1 + 0.05 * np.sin(n)) for n in range(40)]
    jitter = generator.normal(0, 0.004, (40, 4))
    boxes = [FaceBox(0.4 + a, 0.3 + b, 0.2 + c, 0.35 + d, 0.9) for a, b, c, d in jitter]
    assert longest(pictures, boxes) == (pytest.approx(39 * EVERY_S), False)


def test_a_face_on_a_swaying_shirt_is_still() -> None:
    pictures, boxes = [], []
    for number in range(40):
        sway = np.sin(number * 0.4)
        turn = cv2.getRotationMatrix2D((320, 228), 3 * sway, 1 + 0.02 * sway)
        turn[:, 2] += (10 * sway, 4 * sway)
        pictures.append(filmed(np.asarray(cv2.warpAffine(drawn(), turn, (640, 480))), number))
        boxes.append(FaceBox(0.4 + 10 * sway / 640, 0.3 + 4 * sway / 480, 0.2, 0.35, 0.9))
    assert longest(pictures, boxes) == (pytest.approx(39 * EVERY_S), False)


def test_one_blink_is_a_living_face() -> None:
    pictures = [filmed(drawn(lids=1.0 if n == 20 else 0.0), n) for n in range(40)]
    still_s, moved = longest(pictures)
    assert moved
    assert still_s == pytest.approx(19 * EVERY_S)


def long_still(*moved_s: float, seconds: float = 14.0) -> float:
    """For how long a face is said to be still in the end, that moved at those moments."""
    watch, still_s = Stillness(), 0.0
    at = {round(time_s / EVERY_S) for time_s in moved_s}
    for number in range(round(seconds / EVERY_S)):
        picture = filmed(drawn(lids=float(number in at)), number)
        still_s = watch.see(picture, BOX, START.later(number * EVERY_S))
    return still_s


def test_a_print_that_has_been_still_for_long_is_not_alive_for_one_fold() -> None:
    assert long_still(10.0) > 13.0


def test_a_face_that_has_been_still_for_long_and_moves_twice_is_alive() -> None:
    assert long_still(10.0, 11.5) < 3.0
    assert long_still(10.0, 15.9, seconds=18.0) > 17.0


def test_what_cannot_be_compared_counts_as_movement() -> None:
    blank = [np.full((480, 640), 80, np.uint8)] * 10
    assert longest(blank) == (0.0, True)


def test_after_a_restart_the_next_picture_is_the_first() -> None:
    watch = Stillness()
    watch.see(filmed(drawn(), 1), BOX, START)
    watch.restart()
    assert watch.see(filmed(drawn(lids=1.0), 2), BOX, START.later(5)) == 0.0
    assert not watch.moved


def pulled(face: NDArray[np.float32], pull_px: float) -> NDArray[np.float32]:
    """The same face with its mouth a little further down: a change, and none of the whole."""
    rows, columns = np.indices(face.shape, np.float32)
    below = np.clip((rows - 250) / 12, 0, 1) * np.clip((300 - rows) / 12, 0, 1)
    return np.asarray(cv2.remap(face, columns, rows - pull_px * below, cv2.INTER_CUBIC))


def test_a_slow_change_below_the_noise_of_each_picture_is_a_living_face() -> None:
    dim = [0.2 * pulled(drawn(), 5 * min(1.0, n / 60)) for n in range(80)]
    assert longest([filmed(face, n) for n, face in enumerate(dim)])[1]


def test_a_dim_poster_in_the_noise_is_still() -> None:
    still_s, moved = longest([filmed(0.2 * drawn(), n) for n in range(80)])
    assert not moved
    assert still_s > 8.0


def test_where_noise_hides_a_face_the_clock_runs_slower() -> None:
    clear, hidden = (
        longest([filmed(light * drawn(), n) for n in range(80)])[0] for light in (1.0, 0.05)
    )
    assert hidden < clear / 2
