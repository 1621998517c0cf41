"""The bookkeeping of the face count, and that its truths speak of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eval.face_count import PICTURES, VIDEOS, Tally, Truth, picture

pytestmark = pytest.mark.media


def test_a_tally_tells_missed_from_false() -> None:
    tally = Tally()
    for least, most, count in ((1, 1, 1), (2, 2, 1), (0, 0, 1), (1, 2, 2)):
        tally.add(Truth("", least, most), count)
    figures = tally.figures()
    assert (figures["right"], figures["missed"], figures["false"]) == (0.5, 1, 1)
    assert figures["precision"] == pytest.approx(4 / 5)
    assert figures["recall"] == pytest.approx(4 / 5)


def test_every_picture_and_video_is_there(shared: Path) -> None:
    media = shared / "media"
    assert picture(media, PICTURES[0].name).shape == (480, 640, 3)
    assert all((media / "videos" / truth.name).is_file() for truth in VIDEOS)
    missing = [t.name for t in PICTURES if not list((media / "images").glob(f"{t.name}.*"))]
    assert missing == []
