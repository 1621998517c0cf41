from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.vision.view import IN_COMMON, RecentViews, View, places_in_common, view_of


def furnished(seed: int) -> NDArray[np.uint8]:
    """A wall with many things on it."""
    generator = np.random.default_rng(seed)
    picture = np.full((480, 640), 120, np.uint8)
    for _ in range(60):
        x, y, width, height = (int(n) for n in generator.integers((0, 0, 8, 8), (600, 440, 90, 70)))
        shade = int(generator.integers(20, 235))
        cv2.rectangle(picture, (x, y), (x + width, y + height), shade, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)


def turned(
    picture: NDArray[np.uint8], by_deg: float, across_px: float, zoom: float = 1.0
) -> NDArray[np.uint8]:
    move = cv2.getRotationMatrix2D((320, 240), by_deg, zoom)
    move[0, 2] += across_px
    return np.asarray(cv2.warpAffine(picture, move, (640, 480)), np.uint8)


ROOM, OTHER = furnished(1), furnished(2)


@pytest.mark.parametrize(
    ("by_deg", "across_px", "zoom"),
    [(0, 0, 1), (8, 0, 1), (0, 220, 1), (-12, -120, 1), (3, 60, 1.5)],
)
def test_a_room_is_known_from_another_angle(by_deg: float, across_px: float, zoom: float) -> None:
    now = view_of(turned(ROOM, by_deg, across_px, zoom))
    assert places_in_common(view_of(ROOM), now) >= IN_COMMON


def test_another_room_and_a_bare_wall_have_nothing_in_common_with_it() -> None:
    for other in (OTHER, np.full((480, 640), 120, np.uint8)):
        assert places_in_common(view_of(ROOM), view_of(other)) < IN_COMMON


def seen(*views: tuple[View, float]) -> RecentViews:
    kept = RecentViews()
    for view, at_s in views:
        kept.keep(view, round(at_s * NS_PER_S))
    return kept


def test_only_what_was_seen_before_the_change_counts() -> None:
    views = seen((view_of(ROOM), 1.0), (view_of(OTHER), 2.0))
    again = view_of(turned(OTHER, 5, 40))
    assert not views.had_seen(again, 2 * NS_PER_S)
    assert views.had_seen(again, 3 * NS_PER_S)


def test_what_was_seen_seconds_ago_is_forgotten() -> None:
    later = [(view_of(OTHER), 2.0 + number / 2) for number in range(12)]
    assert not seen((view_of(ROOM), 1.0), *later).had_seen(view_of(ROOM), 100 * NS_PER_S)
