"""A real microphone, as far as PulseAudio and PortAudio are concerned, that comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Health, SoundSignal, Source
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sources.microphone import Microphone
from proctor_desktop.sources.resample import Samples
from tests.fakes.media import write_wav
from tests.fakes.reports import Reports
from tests.fakes.sound_server import SoundServer, sound_server

pytestmark = pytest.mark.slow

PATIENCE_S = 15.0


class Listener:
    """The microphone with what hears it, and everything that either of them told."""

    def __init__(self) -> None:
        self.reports = Reports()
        self._hearing = Hearing(None)
        self.microphone = Microphone(
            "default", self._deliver, SystemClock(), self.reports, self.reports.crashed
        )

    def _deliver(self, moment: Moment, samples: Samples) -> None:
        for observation in self._hearing.hear(samples):
            self.reports(moment, observation)

    def wait_for_state(self, state: Health) -> None:
        before = len(self.reports.states)
        self.reports.wait_until(
            lambda: any(s is state for s, _ in self.reports.states[before:]), PATIENCE_S
        )

    def wait_for_signal(self, silent: bool) -> None:
        before = len(self.reports.of(SoundSignal))
        self.reports.wait_until(
            lambda: any(
                one.digital_silence is silent for one in self.reports.of(SoundSignal)[before:]
            ),
            PATIENCE_S,
        )


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    samples = np.random.default_rng(1).normal(0, 0.01, 60 * 16_000)
    return write_wav(tmp_path / "noise.wav", samples)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with sound_server(tmp_path / "pulse") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def listener(server: SoundServer) -> Iterator[Listener]:
    listening = Listener()
    listening.microphone.open()
    listening.microphone.start()
    yield listening
    assert listening.microphone.stop()


def test_a_microphone_that_is_muted_and_unmuted_is_told_as_such(
    server: SoundServer, listener: Listener, noise: Path
) -> None:
    with server.playing(noise):
        listener.wait_for_signal(silent=False)
        server.mute(True)
        listener.wait_for_signal(silent=True)
        server.mute(False)
        listener.wait_for_signal(silent=False)
    assert [state for state, _ in listener.reports.states] == [Health.OK]


def test_a_microphone_that_is_pulled_out_is_lost_and_found_again(
    server: SoundServer, listener: Listener, noise: Path
) -> None:
    with server.playing(noise):
        listener.wait_for_signal(silent=False)
        server.unplug()
        listener.wait_for_state(Health.LOST)
    server.plug_in()
    with server.playing(noise):
        listener.wait_for_signal(silent=False)
    assert [state for state, _ in listener.reports.states] == [Health.OK, Health.LOST, Health.OK]
    (gap,) = listener.reports.gaps
    assert gap.source is Source.MICROPHONE
    assert gap.reason == "the device went away"


def test_a_microphone_that_gives_way_to_one_without_sound_is_not_taken_for_a_quiet_room(
    server: SoundServer, listener: Listener, noise: Path
) -> None:
    """Desktops let recordings go on from whatever source is left, if only one of silence."""
    server.control("load-module", "module-null-source", "source_name=nothing")
    with server.playing(noise):
        listener.wait_for_signal(silent=False)
        server.unplug()
        listener.reports.wait_until(
            lambda: (
                listener.reports.of(SoundSignal)[-1].digital_silence
                or listener.reports.states[-1][0] is Health.LOST
            ),
            PATIENCE_S,
        )
