"""What the program can do on this machine: the matrix in the evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.monitor import abilities as module
from proctor_desktop.monitor.abilities import abilities
from proctor_desktop.monitor.analysers import Analysers
from proctor_desktop.monitor.stages import StageOptions
from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.wire.fingerprint import fingerprint

HERE = Path("models")
BARE = Analysers(ModelFiles(HERE / "landmarker.task", HERE / "far.tflite"), speech=None)
FULL = Analysers(
    replace(
        BARE.vision,
        objects=HERE / "objects.onnx",
        identity=HERE / "identity.onnx",
        liveness=HERE / "liveness.onnx",
    ),
    speech=HERE / "speech.onnx",
)
MODELS = ("objects", "identity", "liveness", "speech")


class Desktop:
    """A machine that can tell which window is active."""

    def capabilities(self) -> tuple[Capability, ...]:
        return (Capability("focus", Level.DETECTED, "the window manager tells"),)


def matrix(analysers: Analysers = FULL, **options: Any) -> dict[str, Capability]:
    """The abilities by name, on files for devices unless told otherwise."""
    files: dict[str, Any] = {"camera": Path("a.mp4"), "microphone": Path("a.wav")}
    found = abilities(Desktop(), StageOptions(**(files | options)), analysers)  # type: ignore[arg-type]
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_is_there_looks_or_listens(name: str) -> None:
    ability = matrix()[name]
    assert (ability.level, ability.fix) == (Level.DETECTED, "")
    assert ability.reason


@pytest.mark.parametrize("name", MODELS)
def test_one_that_is_missing_is_not_possible_and_says_what_helps(name: str) -> None:
    without = replace(FULL, speech=None)
    if name != "speech":
        without = replace(FULL, vision=replace(FULL.vision, **{name: None}))
    found = matrix(without)
    assert found[name] == Capability(
        name,
        Level.NOT_POSSIBLE,
        "Its model is not installed.",
        "Run 'proctor-desktop weights sync'.",
    )
    assert all(found[other].level is Level.DETECTED for other in MODELS if other != name)


def test_a_model_needs_its_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed sees and hears nothing without camera and microphone."""
    monkeypatch.setattr(module, "is_there", lambda _: False)
    found = matrix(camera=3, microphone=None)
    for name in MODELS:
        device = found["microphone" if name == "speech" else "camera"]
        assert found[name].level is Level.NOT_POSSIBLE
        assert found[name].reason == device.reason


def test_files_that_stand_in_for_devices_are_called_so() -> None:
    found = matrix()
    assert "video file" in found["camera"].reason
    assert "sound file" in found["microphone"].reason


def test_a_camera_that_is_not_there_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_there", lambda number: number == 0)
    assert matrix(camera=0)["camera"].level is Level.DETECTED
    assert matrix(camera=3)["camera"].level is Level.NOT_POSSIBLE
    assert "number 3" in matrix(camera=3)["camera"].reason


def test_a_desktop_that_was_switched_off_is_not_watched() -> None:
    assert matrix()["focus"].level is Level.DETECTED
    assert matrix(desktop=False)["focus"].level is Level.NOT_POSSIBLE


def test_every_ability_gives_its_reason() -> None:
    assert all(ability.reason for ability in matrix(BARE).values())


def test_without_the_better_face_detector_the_worse_one_is_named_with_what_helps() -> None:
    found = matrix(BARE)["other people"]
    assert found.level is Level.DETECTED
    assert "less well" in found.reason
    assert "weights sync" in found.fix
    better = replace(BARE, vision=replace(BARE.vision, faces=HERE / "yunet.onnx"))
    assert matrix(better)["other people"].fix == ""


def test_without_a_camera_nobody_else_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_there", lambda _: False)
    assert matrix(camera=3)["other people"].level is Level.NOT_POSSIBLE


def test_whether_evidence_is_sealed_follows_from_the_exam() -> None:
    unsealed = matrix()["sealed evidence"]
    assert unsealed.level is Level.NOT_POSSIBLE
    assert "names no key" in unsealed.reason
    keys = ("ab" * 32, "cd" * 32)
    options = StageOptions(camera=Path("a.mp4"), microphone=None)
    found = abilities(Desktop(), options, BARE, keys)  # type: ignore[arg-type]
    (sealed,) = [one for one in found if one.name == "sealed evidence"]
    assert sealed.level is Level.ENFORCED
    assert all(fingerprint(key) in sealed.reason for key in keys)
