from __future__ import annotations

import cv2
import numpy as np
import pytest

from proctor_desktop.recording import still


def _picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, :320] = (200, 30, 40)
    image[:, 320:] = (20, 60, 210)
    return image


def _decoded(jpeg: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1), cv2.COLOR_BGR2RGB)


def test_a_still_looks_as_the_picture_does() -> None:
    image = _picture()
    seen = _decoded(still.jpeg(image))
    assert seen.shape == image.shape
    assert np.abs(seen.astype(int) - image).mean() < 5


def test_a_still_can_be_read_again() -> None:
    image = _picture()
    assert np.abs(still.picture(still.jpeg(image, 95)).astype(int) - image).mean() < 3


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_still_is_not_read(content: bytes) -> None:
    with pytest.raises(ValueError, match="no picture"):
        still.picture(content)


def test_a_better_quality_costs_more() -> None:
    noisy = np.random.default_rng(0).integers(0, 255, (480, 640, 3)).astype(np.uint8)
    assert len(still.jpeg(noisy, 90)) > len(still.jpeg(noisy))


def test_a_preview_is_small() -> None:
    preview = still.preview(_picture())
    assert preview.startswith(b"\xff\xd8\xff")
    assert _decoded(preview).shape == (240, 320, 3)
