from __future__ import annotations

import sys
from typing import Any

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.sources.sound_device import open_stream


class PortAudioError(Exception):
    """As PortAudio's own."""


class Stream:
    active = True

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.started = False

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.started = False


class SoundCard:
    """A stand-in for the ``sounddevice`` module with one microphone, or none."""

    PortAudioError = PortAudioError
    InputStream = Stream

    def __init__(self, present: bool = True, rates_hz: tuple[int, ...] = (16_000, 48_000)) -> None:
        self._present = present
        self._rates_hz = rates_hz

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        pass

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        known = [{"name": "Built-in", "max_input_channels": 2, "default_samplerate": 48_000.0}]
        if kind is None:
            return known if self._present else []
        if not self._present or device not in (None, 0, "Built-in"):
            raise ValueError(f"No input device matching {device!r}")
        return known[0]

    def check_input_settings(self, device: Any, channels: int, dtype: str, samplerate: int) -> None:
        if samplerate not in self._rates_hz:
            raise PortAudioError("Invalid sample rate")


def _nothing(*_: Any) -> None:
    pass


def test_sound_is_asked_for_at_16_khz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", SoundCard())
    stream, rate_hz = open_stream("default", _nothing)
    assert isinstance(stream, Stream)
    assert stream.started
    assert rate_hz == 16_000
    assert (stream.settings["device"], stream.settings["blocksize"]) == (None, 1600)


def test_a_device_that_cannot_do_16_khz_is_taken_at_its_own_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", SoundCard(rates_hz=(48_000,)))
    stream, rate_hz = open_stream("0", _nothing)
    assert isinstance(stream, Stream)
    assert rate_hz == 48_000
    assert (stream.settings["device"], stream.settings["blocksize"]) == (0, 4800)


def test_without_any_microphone_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", SoundCard(present=False))
    with pytest.raises(EnvironmentProblem, match="has none"):
        open_stream("default", _nothing)


def test_an_unknown_name_is_answered_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", SoundCard())
    with pytest.raises(EnvironmentProblem, match=r"0 \(Built-in\)"):
        open_stream("headset", _nothing)


def test_a_system_without_portaudio_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(EnvironmentProblem, match="PortAudio library not found") as caught:
        open_stream("default", _nothing)
    assert "Install PortAudio" in caught.value.remedy
