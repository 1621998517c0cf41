"""What the engine wants done."""

from __future__ import annotations

from proctor_desktop.core.effect import KeepStill, Record
from tests.playbook import moment


def test_a_record_has_no_picture_unless_one_is_asked_for() -> None:
    assert Record(moment(1), "gap", {}).still is None


def test_a_still_is_one_frame_or_the_newest() -> None:
    assert KeepStill(7) != KeepStill(None)
    assert KeepStill(7) == KeepStill(7)
