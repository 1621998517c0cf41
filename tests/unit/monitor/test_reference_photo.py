"""The photo that faces are compared with, when monitor is started again."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proctor_desktop.core.frame import Frame
from proctor_desktop.monitor.recent_frames import RecentFrames
from proctor_desktop.monitor.reference_photo import ReferencePhoto
from proctor_desktop.recording import still
from proctor_desktop.wire import stdio
from tests.playbook import moment

FACE = np.full((48, 64, 3), 200, np.uint8)
JPEG = still.jpeg(FACE)
HELD = stdio.HeldPhoto("blob", base64.b64encode(JPEG).decode())


@dataclass
class Desk:
    """A session whose photo is in frame 1, and on disk as far as ``folder`` has it."""

    folder: Path
    frames: list[int] = field(default_factory=list)
    compared: list[bytes] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    said: list[stdio.Downward] = field(default_factory=list)

    def photo(self, *, sealed: bool = True, kiosk: bool = True) -> ReferencePhoto:
        frames = RecentFrames()
        frames.add(Frame(1, moment(0), FACE))
        return ReferencePhoto(
            self,
            frames,
            lambda blob: self.folder / blob if (self.folder / blob).exists() else None,
            sealed,
            self.said.append if kiosk else None,
        )

    def remember(self, frame: int) -> None:
        self.frames.append(frame)

    def recall(self, photo: bytes) -> None:
        self.compared.append(photo)

    def not_compared(self, reason: str) -> None:
        self.gave_up.append(reason)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def stated(desk: Desk) -> dict[str, Any]:
    """What the record of the photo in frame 1 says."""
    told = desk.photo().taken(1, "blob")
    desk.said.clear()
    return told


def test_the_kiosk_holds_a_photo_that_is_sealed_on_disk(desk: Desk) -> None:
    desk.photo().taken(1, "blob")
    assert desk.said == [stdio.HoldPhoto(HELD.blob, HELD.jpeg)]


def test_nobody_holds_one_that_can_be_read_or_that_is_gone(desk: Desk) -> None:
    assert desk.photo(sealed=False).taken(1, "blob") == {}
    assert desk.photo(kiosk=False).taken(1, "blob") == {}
    assert desk.photo().taken(99, "blob") == {}
    assert desk.said == []
    assert desk.frames == [1, 1, 99], "faces are compared all the same"


def test_what_the_kiosk_hands_back_is_compared_with(desk: Desk, stated: dict[str, Any]) -> None:
    again = desk.photo()
    again.recall("blob", stated)
    again.held(HELD)
    again.held(None)
    assert (desk.compared, desk.gave_up) == ([JPEG], [])


@pytest.mark.parametrize("back", [None, stdio.HeldPhoto(), stdio.HeldPhoto("another", HELD.jpeg)])
def test_a_kiosk_that_holds_it_no_more_is_said(desk: Desk, back: stdio.HeldPhoto | None) -> None:
    again = desk.photo()
    again.recall("blob", {})
    again.held(back)
    assert desk.compared == []
    assert "did not hold it" in desk.gave_up[0]


def test_a_photo_of_somebody_else_is_told_and_not_used(desk: Desk, stated: dict[str, Any]) -> None:
    again = desk.photo()
    again.recall("blob", stated)
    other = still.jpeg(FACE // 2)
    again.held(stdio.HeldPhoto("blob", base64.b64encode(other).decode()))
    assert desk.compared == []
    assert "not the one that was taken" in desk.gave_up[0]


@pytest.mark.parametrize(
    "told", [{}, {"held": None}, {"held": {}}, {"held": {"salt": "no hex", "sha256": ""}}]
)
def test_a_photo_that_no_record_knows_is_not_used(desk: Desk, told: dict[str, Any]) -> None:
    again = desk.photo()
    again.recall("blob", told)
    again.held(HELD)
    assert desk.compared == []
    assert "not the one that was taken" in desk.gave_up[0]


def test_the_same_photo_is_never_stated_alike(desk: Desk, stated: dict[str, Any]) -> None:
    assert desk.photo().taken(1, "blob") != stated


def test_what_comes_back_damaged_is_said(desk: Desk) -> None:
    again = desk.photo()
    again.recall("blob", {})
    again.held(stdio.HeldPhoto("blob", "no base64!"))
    assert desk.compared == []
    assert "damaged" in desk.gave_up[0]


def test_a_photo_that_nobody_waits_for_changes_nothing(desk: Desk) -> None:
    desk.photo().held(HELD)
    desk.photo().held(None)
    assert (desk.compared, desk.gave_up) == ([], [])


def test_without_a_kiosk_a_sealed_photo_cannot_be_compared_with(desk: Desk) -> None:
    desk.photo(kiosk=False).recall("blob", {})
    assert desk.compared == []
    assert "sealed" in desk.gave_up[0]


def test_a_photo_that_is_not_sealed_is_read_again(desk: Desk) -> None:
    (desk.folder / "blob").write_bytes(JPEG)
    desk.photo(sealed=False).recall("blob", {})
    desk.photo(sealed=False, kiosk=False).recall("gone", {})
    assert desk.compared == [JPEG, b""], "what is gone is no picture"


def test_a_photo_that_the_disk_does_not_give_is_said(desk: Desk) -> None:
    (desk.folder / "blob").mkdir()
    desk.photo(sealed=False).recall("blob", {})
    assert "cannot be read" in desk.gave_up[0]
