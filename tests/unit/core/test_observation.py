"""What sources say."""

from __future__ import annotations

import pytest

from proctor_desktop.core.observation import FaceBox, Health, Source


def test_the_centre_of_a_face_is_the_middle_of_its_box() -> None:
    assert FaceBox(0.2, 0.1, 0.4, 0.6, 0.9).centre == pytest.approx((0.4, 0.4))


def test_sources_and_health_are_plain_words_in_the_journal() -> None:
    assert f"{Source.CAMERA} {Health.LOST}" == "camera lost"
    assert Source("microphone") is Source.MICROPHONE
