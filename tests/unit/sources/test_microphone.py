from __future__ import annotations

import itertools
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Health
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.sources import microphone as microphone_module
from proctor_desktop.sources.microphone import Microphone
from proctor_desktop.sources.resample import Samples
from proctor_desktop.sources.sound_device import Heard, SoundStream
from tests.fakes.manual_clock import ManualClock
from tests.fakes.media import tone, write_wav
from tests.fakes.reports import Reports

FINE = SimpleNamespace(input_overflow=False)
OVERFLOW = SimpleNamespace(input_overflow=True)


class Device:
    """A sound card that the test speaks into, and can pull out."""

    def __init__(self) -> None:
        self.active = True
        self.closed = 0
        self.present = True
        self.opened = 0
        self.heard: Heard | None = None

    def open(self, _device: str, heard: Heard) -> tuple[SoundStream, int]:
        if not self.present:
            raise EnvironmentProblem("microphone", "this computer has none", "Plug one in.")
        self.heard, self.active = heard, True
        self.opened += 1
        return self, 16_000

    def say(self, level: float, status: SimpleNamespace = FINE) -> None:
        assert self.heard is not None
        self.heard(np.full((1600, 1), level, np.float32), 1600, None, status)

    def abort(self) -> None:
        self.active = False

    def close(self) -> None:
        self.closed += 1


class Sitting:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.device = Device()
        self.reports = Reports()
        self.heard: list[Samples] = []
        self.microphone = Microphone(
            "default",
            self._deliver,
            self.clock,
            self.reports,
            self.reports.crashed,
            self.device.open,
        )

    def _deliver(self, _moment: Moment, samples: Samples) -> None:
        self.heard.append(samples)
        if len(self.heard) % 10 == 0:
            self.clock.advance(1)

    @property
    def states(self) -> list[Health]:
        return [state for state, _ in self.reports.states]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone_module, "_RETRY_S", 0.01)
    monkeypatch.setattr(microphone_module, "_LOOK_S", 0.01)


def test_what_is_said_is_delivered_in_blocks() -> None:
    sitting = Sitting()
    sitting.microphone.open()
    sitting.microphone.start()
    for _ in range(3):
        sitting.device.say(0.25)
    sitting.reports.wait_until(lambda: Health.OK in sitting.states)
    while len(sitting.heard) < 3:
        threading.Event().wait(0.005)
    assert sitting.microphone.stop()

    assert [len(block) for block in sitting.heard] == [1600] * 3
    assert float(sitting.heard[-1][-1]) == pytest.approx(0.25, abs=0.01)
    assert sitting.device.closed == 1


def test_a_device_that_is_pulled_out_is_lost_and_found_again() -> None:
    sitting = Sitting()
    sitting.microphone.open()
    sitting.microphone.start()
    sitting.device.say(0.1)
    sitting.reports.wait_until(lambda: sitting.states == [Health.OK])
    sitting.device.present = sitting.device.active = False
    sitting.reports.wait_until(lambda: sitting.states[-1] is Health.LOST)
    sitting.clock.advance(4)
    sitting.device.present = True
    while sitting.device.opened < 2:
        threading.Event().wait(0.005)
    sitting.device.say(0.1)
    sitting.reports.wait_until(lambda: sitting.states == [Health.OK, Health.LOST, Health.OK])
    assert sitting.microphone.stop()

    assert [gap.seconds for gap in sitting.reports.gaps] == [4.0]


def test_a_device_that_falls_silent_without_a_word_is_lost() -> None:
    sitting = Sitting()
    sitting.microphone.open()
    sitting.microphone.start()
    sitting.device.say(0.1)
    sitting.reports.wait_until(lambda: sitting.states == [Health.OK])
    sitting.clock.advance(3)
    sitting.reports.wait_until(lambda: sitting.states[-1] is Health.LOST)
    assert sitting.microphone.stop()

    assert sitting.reports.states[-1] == (Health.LOST, "the microphone gives no more sound")


def test_sound_that_was_lost_on_the_way_is_counted_and_told() -> None:
    sitting = Sitting()
    sitting.microphone.open()
    sitting.microphone.start()
    sitting.device.say(0.1, OVERFLOW)
    told = [1]
    sitting.reports.wait_until(
        lambda: [one.skipped for one in sitting.reports.all if getattr(one, "skipped", 0)] == told
    )
    assert sitting.microphone.stop()


def test_what_was_heard_before_the_start_is_not_delivered() -> None:
    sitting = Sitting()
    sitting.microphone.open()
    for _ in range(100):
        sitting.device.say(0.9)
    sitting.microphone.start()
    sitting.device.say(0.1)
    sitting.reports.wait_until(lambda: sitting.states == [Health.OK])
    assert sitting.microphone.stop()

    assert max(float(block.max()) for block in sitting.heard) < 0.2


def test_a_file_is_played_to_its_end(tmp_path: Path) -> None:
    reports = Reports()
    heard: list[tuple[Moment, Samples]] = []
    path = write_wav(tmp_path / "s.wav", tone(440, 0.45, 44_100), 44_100)
    microphone = Microphone(
        path,
        lambda moment, samples: heard.append((moment, samples)),
        SystemClock(),
        reports,
        reports.crashed,
    )
    microphone.open()
    microphone.start()
    reports.wait_until(lambda: (Health.LOST, "the file ended") in reports.states)
    assert microphone.stop()

    assert len(heard) == 5
    steps = [b.since_s(a) for (a, _), (b, _) in itertools.pairwise(heard)]
    assert steps == pytest.approx([0.1] * 4)
    assert not reports.gaps


def test_no_microphone_is_refused_at_opening() -> None:
    sitting = Sitting()
    sitting.device.present = False
    with pytest.raises(EnvironmentProblem):
        sitting.microphone.open()
