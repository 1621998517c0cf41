"""One picture on its way."""

from __future__ import annotations

import dataclasses

import pytest

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX, Frame
from tests.playbook import moment


def test_the_picture_itself_is_opaque_to_the_core_and_stays_as_it_is() -> None:
    image = object()
    frame = Frame(3, moment(1), image)
    assert frame.image is image
    with pytest.raises(dataclasses.FrozenInstanceError):
        frame.number = 4  # type: ignore[misc]


def test_every_picture_has_the_size_that_the_rules_assume() -> None:
    assert (WIDTH_PX, HEIGHT_PX) == (640, 480)
