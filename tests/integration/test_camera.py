"""A camera that is pulled out, comes back, or gives way to another one: source, watch and engine.

The device is made up, since no computer that tests run on has one to pull out; all behind it is
real, the clock among it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from proctor_desktop.core.effect import Effect, Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event, ExamStarted
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import Observation
from proctor_desktop.core.policy import Policy
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.sources.camera import Camera
from proctor_desktop.sources.slot import Slot
from proctor_desktop.vision.picture import PictureWatch
from tests.fakes.rooms import Picture, lived_in, room

pytestmark = pytest.mark.slow

WITHIN_S = 3.0
PATIENCE_S = 10.0
BUILT_IN, OTHER, VIRTUAL = "Integrated Camera", "USB Camera", "OBS Virtual Camera"


class Socket:
    """What is plugged in: a camera by its name, or nothing; ``hung`` is a driver that waits."""

    def __init__(self) -> None:
        self.name: str | None = BUILT_IN
        self.hung = threading.Event()
        self.hung.set()
        self._views = {
            name: lived_in(room(seed), 8) for seed, name in enumerate((BUILT_IN, OTHER, VIRTUAL))
        }

    def open(self, _number: int) -> Device:
        return Device(self, self.name)

    def view(self, name: str, number: int) -> Picture:
        """What this camera sees; never twice the same."""
        return self._views[name][number % 8]


class Device:
    """One opening of a camera; it goes on for as long as the same one is plugged in."""

    def __init__(self, socket: Socket, name: str | None) -> None:
        self._socket = socket
        self._name = name
        self._grabs = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._name is not None

    def grab(self) -> bool:
        time.sleep(1 / 30)
        self._socket.hung.wait(PATIENCE_S)
        self._grabs += 1
        return self._name is not None and self._socket.name == self._name

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        assert self._name is not None
        return True, self._socket.view(self._name, self._grabs)

    def release(self) -> None:
        pass


class Desk:
    """A camera, what watches its pictures, and the engine that judges them.

    ``accused`` names the rule of each violation that started.
    """

    def __init__(self) -> None:
        self.socket = Socket()
        self.crashes: list[BaseException] = []
        self._clock = SystemClock()
        self._slot: Slot[Frame[Picture]] = Slot()
        self._engine = Engine(Policy())
        self._records: list[tuple[int, Record]] = []
        self.accused: list[str] = []
        self._changed = threading.Condition()
        self._camera = Camera(
            0,
            self._slot,
            self._clock,
            self._report,
            self.crashes.append,
            open_capture=self.socket.open,
            name_of=lambda _: self.socket.name or "",
        )
        self._watching = threading.Thread(target=self._watch)

    def __enter__(self) -> Desk:
        self._camera.open()
        self._step(Event(self._clock.now(), ExamStarted()))
        self._camera.start()
        self._watching.start()
        self.wait_for("source", state="ok")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._camera.stop()
        self._watching.join(PATIENCE_S)
        assert not self.crashes

    def wait_for(self, kind: str, **data: str) -> None:
        """Take the next record like this, which has to be there within three seconds from now."""
        asked_ns = time.monotonic_ns()
        with self._changed:
            self._changed.wait_for(lambda: self._find(kind, data) is not None, PATIENCE_S)
            found = self._find(kind, data)
            assert found is not None, f"no {kind} {data} among {self._records}"
            at_ns, record = self._records[found]
            del self._records[: found + 1]
        assert (at_ns - asked_ns) / NS_PER_S <= WITHIN_S, record

    def _find(self, kind: str, data: dict[str, str]) -> int | None:
        for at, (_, record) in enumerate(self._records):
            if record.kind == kind and data.items() <= record.data.items():
                return at
        return None

    def _watch(self) -> None:
        watch = PictureWatch()
        while (frame := self._slot.take()) is not None:
            seen = watch.see(frame.image, frame.moment, frame.number)
            if seen is not None:
                self._report(frame.moment, seen)

    def _report(self, moment: Moment, observation: Observation) -> None:
        self._step(Event(moment, observation))

    def _step(self, event: Event) -> None:
        with self._changed:
            effects: list[Effect] = self._engine.step(event)
            now_ns = time.monotonic_ns()
            records = [one for one in effects if isinstance(one, Record)]
            self._records += [(now_ns, one) for one in records]
            self.accused += [r.data["rule"] for r in records if r.kind == "violation.start"]
            self._changed.notify_all()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as made:
        time.sleep(1)
        yield made


def test_a_camera_that_is_pulled_out_is_lost_and_found_again(desk: Desk) -> None:
    desk.socket.name = None
    desk.wait_for("source", source="camera", state="lost")
    desk.socket.name = BUILT_IN
    desk.wait_for("gap", source="camera")
    desk.wait_for("source", source="camera", state="ok")
    time.sleep(2)
    assert desk.accused == []


def test_a_driver_that_hangs_is_told_as_a_loss(desk: Desk) -> None:
    desk.socket.hung.clear()
    desk.wait_for("source", source="camera", state="lost")
    desk.socket.hung.set()
    desk.wait_for("source", source="camera", state="ok")
    time.sleep(2)
    assert desk.accused == []


@pytest.mark.parametrize("other", [OTHER, VIRTUAL])
def test_another_camera_is_told_for_as_long_as_it_is_in_use(desk: Desk, other: str) -> None:
    desk.socket.name = other
    desk.wait_for("source", source="camera", state="lost")
    desk.wait_for("violation.start", rule="camera_changed")
    desk.wait_for("source", source="camera", state="ok")
    desk.socket.name = BUILT_IN
    desk.wait_for("source", source="camera", state="lost")
    desk.wait_for("violation.end", rule="camera_changed")
    time.sleep(2)
    assert desk.accused == ["camera_changed"]
