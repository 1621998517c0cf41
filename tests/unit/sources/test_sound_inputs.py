from __future__ import annotations

import builtins
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.sound_inputs import sound_inputs

_DEVICES = [
    {"name": "Speakers", "max_input_channels": 0},
    {"name": "Built-in", "max_input_channels": 2},
    {"name": "Headset", "max_input_channels": 1},
]


def _sound_card(devices: list[dict[str, Any]], default: int) -> SimpleNamespace:
    return SimpleNamespace(
        query_devices=lambda: devices, default=SimpleNamespace(device=(default, 0))
    )


def test_only_inputs_are_listed_and_the_default_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", _sound_card(_DEVICES, 2))
    inputs = sound_inputs()
    assert inputs.names == ("Built-in", "Headset")
    assert inputs.default == "Headset"


def test_no_device_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", _sound_card([], -1))
    inputs = sound_inputs()
    assert (inputs.names, inputs.default) == ((), "")


def test_a_missing_portaudio_is_a_problem_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentProblem, match="PortAudio cannot be loaded") as caught:
        sound_inputs()
    assert "libportaudio2" in caught.value.remedy
