from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.recording.conversion import Patches, encodable, patches, planes_of
from tests.fakes.screen_frames import noisy_frame, screen_frame

Planes = list[NDArray[np.uint8]]


def _planes(image: NDArray[np.uint8]) -> Planes:
    return [plane.copy() for plane in planes_of(encodable(image))]


def _painted(before: NDArray[np.uint8], new: Patches) -> Planes:
    planes = _planes(before)
    for patch in new.patches:
        for plane, rows, top in zip(
            planes, patch.planes, (patch.top_px, patch.top_px // 2, patch.top_px // 2), strict=True
        ):
            plane[top : top + len(rows)] = rows
    return planes


def _same(one: Iterable[NDArray[np.uint8]], other: Iterable[NDArray[np.uint8]]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("size", [(320, 200), (200, 1000), (64, 66)])
@pytest.mark.parametrize("rows", [range(1), range(31, 34), range(63, 64), range(9, 27)])
def test_converted_rows_are_those_of_the_whole_picture(size: tuple[int, int], rows: range) -> None:
    before = noisy_frame(1, 0, size).image
    for changed in (rows, range(size[1] - rows.stop, size[1] - rows.start)):
        after = before.copy()
        after[changed.start : changed.stop] = 255 - after[changed.start : changed.stop]
        new = patches(after, [changed])
        assert _same(_painted(before, new), _planes(after))


def test_only_bands_with_changed_rows_are_converted() -> None:
    image = noisy_frame(1, 0, (320, 480)).image
    new = patches(image, [range(40, 41), range(460, 480)])
    assert [(patch.top_px, len(patch.planes[0])) for patch in new.patches] == [(32, 32), (448, 32)]
    assert not new.whole


@pytest.mark.parametrize(
    ("size", "changed"),
    [
        ((320, 200), None),
        ((320, 200), [range(150)]),
        ((321, 201), [range(3)]),
        ((64, 20), [range(3)]),
    ],
)
def test_what_changed_nearly_everywhere_or_has_odd_sides_is_converted_as_a_whole(
    size: tuple[int, int], changed: list[range] | None
) -> None:
    image = noisy_frame(1, 0, size).image
    new = patches(image, changed)
    assert new.whole
    assert new.size_px == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    assert _same(new.patches[0].planes, _planes(image))


def test_a_patch_is_a_copy() -> None:
    image = noisy_frame(1, 0, (320, 200)).image
    new = patches(image, [range(10)])
    before = new.patches[0].planes[0].copy()
    image[:] = 0
    assert np.array_equal(new.patches[0].planes[0], before)


def test_a_picture_comes_out_the_same_whatever_was_made_ready_before_it_and_where() -> None:
    small, large = (
        screen_frame(0, 0, text=4, size=size).image for size in ((320, 200), (640, 400))
    )
    with ThreadPoolExecutor(1) as elsewhere:
        fresh = elsewhere.submit(_planes, small).result()
    encodable(large)
    assert _same(_planes(small), fresh)
