"""A monitor's middle without its machine: real journal and engine, a clock moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from proctor_desktop.config import exam as exam_file
from proctor_desktop.config.exam import SignedExam
from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.core.chain import Record
from proctor_desktop.core.clock_watch import ClockReading
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event, Happening
from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.policy import Policy
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Writer
from proctor_desktop.monitor.conductor import Conductor, Hands, Session
from proctor_desktop.monitor.evidence import Evidence
from proctor_desktop.monitor.inbox import Inbox
from proctor_desktop.monitor.loop import Outlets, SessionLoop
from proctor_desktop.monitor.recent_frames import RecentFrames
from proctor_desktop.monitor.status import Status
from proctor_desktop.monitor.stop_request import StopRequest
from proctor_desktop.monitor.timers import Timers
from proctor_desktop.vision.calibration import Calibration, CalibrationOutcome, Neutral
from proctor_desktop.wire import dsse, stdio
from tests.fakes.journals import chain
from tests.fakes.manual_clock import ManualClock
from tests.fakes.sealed_session import INSTITUTION_KEY
from tests.fakes.sessions import BOOT, new_session, store
from tests.playbook import faces

STRAIGHT = Calibration(Neutral((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 0.5, 0.5, 0.4, 24))
CALIBRATED = CalibrationOutcome(STRAIGHT)
ADA = "ada@example.edu"


def signed_exam(policy: Policy | None = None) -> SignedExam:
    """A small exam of a test institution."""
    exam = exam_file.Exam(
        id="algebra-1",
        title="Algebra I",
        institution="Example University",
        endpoint="http://127.0.0.1:9",
        notice="We record.",
        policy=policy or Policy(),
    )
    envelope = exam_file.sign(exam, INSTITUTION_KEY)
    return exam_file.open_envelope(envelope, "test", [dsse.public_hex(INSTITUTION_KEY)])


@dataclass
class Studio:
    """All the parts; ``said`` is what the kiosk was told, ``done`` what was set going elsewhere."""

    folder: SessionFolder
    writer: Writer
    reader: Reader
    engine: Engine
    frames: RecentFrames = field(default_factory=RecentFrames)
    clock: ManualClock = field(default_factory=ManualClock)
    timers: Timers = field(default_factory=Timers)
    status: Status = field(default_factory=Status)
    inbox: Inbox = field(default_factory=Inbox)
    stop: StopRequest = field(default_factory=StopRequest)
    said: list[stdio.Downward] = field(default_factory=list)
    done: list[tuple[Any, ...]] = field(default_factory=list)
    exam: SignedExam = field(default_factory=signed_exam)
    takeover_wanted: bool = False
    held: dict[str, str] = field(default_factory=lambda: {"salt": "ab", "sha256": "cd"})
    _pictures: int = 0

    def __post_init__(self) -> None:
        self.evidence = Evidence(
            self.engine,
            self.writer,
            store(self.folder),
            self.frames,
            warn=lambda rule, text: self.said.append(stdio.Toast(rule, text)),
            wake=lambda mono_ns: self.timers.at("wake", mono_ns),
        )

    def conductor(self, *, unattended: bool = False, skip_preparation: bool = False) -> Conductor:
        """A conductor of this session whose hands only note what they are asked to do."""
        session = Session(
            self.folder.session,
            self.folder.session_key(),
            self.exam,
            {"name": "Ada Example", "email": ADA},
            (Capability("focus", Level.DETECTED, "the window manager tells"),),
        )
        hands = Hands(
            watch=lambda: self.done.append(("watch",)),
            calibrate=lambda gaze: self.done.append(("calibrate", gaze)),
            cancel=lambda: self.done.append(("cancel",)),
            use=lambda calibration: self.done.append(("use", calibration)),
            photo=lambda sha256: self.done.append(("photo", sha256)),
            remember=self._remember,
            recall=lambda sha256, stated: self.done.append(("recall", sha256, stated)),
            say=self.said.append,
            alarm=lambda seconds: self.done.append(("alarm", seconds)),
            stop=self.stop.ask,
        )
        return Conductor(session, self.evidence, self.clock, hands, unattended, skip_preparation)

    def _remember(self, frame: int, blob: str) -> dict[str, Any]:
        self.done.append(("remember", frame, blob))
        return {"held": self.held}

    def loop(
        self, conductor: Conductor, clocks: Callable[[], ClockReading] | None = None
    ) -> SessionLoop:
        """The loop around that conductor; ``clocks`` where there are more than the one."""
        outlets = Outlets(
            snapshot=lambda: self.done.append(("snapshot",)),
            beat=lambda: self.done.append(("beat",)) or 3,
            preview=lambda on: self.done.append(("preview", on)),
            wanted=lambda: self.takeover_wanted,
            photo=lambda held: self.done.append(("photo held", held)),
            clocks=clocks,
            disk=lambda now: self.done.append(("disk", now)),
        )
        return SessionLoop(
            self.inbox,
            self.timers,
            self.evidence,
            conductor,
            store(self.folder),
            self.status,
            self.clock,
            outlets,
            self.stop,
        )

    def event(self, what: Happening) -> Event:
        """Something that happens now."""
        return Event(self.clock.now(), what)

    def picture(self, count: int = 1) -> Event:
        """A new camera picture with so many faces, and what vision saw in it."""
        self._pictures += 1
        image = np.full((480, 640, 3), 10 * self._pictures % 256, np.uint8)
        self.frames.add(Frame(self._pictures, self.clock.now(), image))
        return self.event(faces(self._pictures, count))

    def records(self, *kinds: str) -> list[Record]:
        """The journal's records of these kinds (all without any), after checking the chain."""
        return [record for record in chain(self.reader) if not kinds or record.kind in kinds]

    def kinds(self) -> list[str]:
        """What is in the journal."""
        return [record.kind for record in self.records()]

    def asked(self, name: str) -> list[tuple[Any, ...]]:
        """What was set going under this name."""
        return [item[1:] for item in self.done if item[0] == name]

    def now(self) -> Moment:
        """The present moment."""
        return self.clock.now()


@contextmanager
def studio(
    data: Path,
    policy: Policy | None = None,
    next_violation: int = 1,
    folder: SessionFolder | None = None,
) -> Iterator[Studio]:
    """A studio on a new session, or on ``folder``."""
    exam = signed_exam(policy)
    folder = folder or new_session(data, exam.envelope)
    with ExitStack() as stack:
        writer = Writer(folder, BOOT)
        stack.callback(writer.close)
        reader = stack.enter_context(Reader(folder.path))
        engine = Engine(policy or Policy(), next_violation)
        yield Studio(folder, writer, reader, engine, exam=exam)
