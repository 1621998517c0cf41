"""A language for rule tests: feed observations over time, expect violations.

play = Playbook(policy)
play.until(12, faces=1)
play.until(20, faces=0)
play.expects(started("face_missing", at=17))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from proctor_desktop.core.effect import Record, WakeAt, Warn
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Tick
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import (
    FaceBox,
    FacesSeen,
    FocusChanged,
    Gap,
    HeadPose,
    Health,
    Observation,
    SoundLevel,
    Source,
    SourceHealth,
)
from proctor_desktop.core.policy import Policy

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
FPS = 8


def moment(seconds: float) -> Moment:
    """The moment ``seconds`` into a test."""
    return Moment(0, EPOCH).later(seconds)


def faces(frame: int, count: int, centre: tuple[float, float] = (0.5, 0.5)) -> FacesSeen:
    """A picture with ``count`` faces, the first one at ``centre``."""
    x, y = centre
    first = FaceBox(x - 0.15, y - 0.2, 0.3, 0.4, 0.95)
    return FacesSeen(
        frame, (first,) * min(count, 1) + (FaceBox(0, 0, 0.1, 0.1, 0.8),) * (count - 1)
    )


@dataclass
class Playbook:
    """Drives an engine through a scripted session at eight pictures a second."""

    policy: Policy = field(default_factory=Policy)
    calibrated: bool = True
    engine: Engine = field(init=False)
    records: list[Record] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    now_s: float = 0.0
    _frame: int = 0
    _wake_ns: int | None = None

    def __post_init__(self) -> None:
        self.engine = Engine(self.policy)
        if self.calibrated:
            self.tell(Calibrated(0.5))
        self.tell(ExamStarted())

    def until(
        self,
        end_s: float,
        *,
        faces: int = 1,
        yaw: float = 0.0,
        pitch: float = 0.0,
        centre: tuple[float, float] = (0.5, 0.5),
        sound: bool | None = True,
        camera: bool = True,
        rate: float = FPS,
    ) -> Playbook:
        """Let time run to ``end_s`` with the candidate like this."""
        start_s, count = self.now_s, round((end_s - self.now_s) * rate)
        for i in range(count):
            self._advance(start_s + (i + 1) / rate)
            if camera:
                self._see(faces, yaw, pitch, centre)
            if sound is not None and (i + 1) % round(rate / 2) == 0:
                level = -30.0 if sound else -70.0
                self.tell(SoundLevel(level, -50.0, sound, 0.5))
        self._advance(end_s)
        return self

    def focus(self, application: str, *, inside: bool = False) -> Playbook:
        """Another window becomes active now."""
        return self.tell(FocusChanged(inside, application))

    def lose(self, source: Source, reason: str = "unplugged") -> Playbook:
        """A source stops working now."""
        return self.tell(SourceHealth(source, Health.LOST, reason))

    def restore(self, source: Source) -> Playbook:
        """A source works again now."""
        return self.tell(SourceHealth(source, Health.OK, ""))

    def gap(self, source: Source, seconds: float, reason: str) -> Playbook:
        """A source reports a span without anything."""
        return self.tell(Gap(source, seconds, reason))

    def end(self) -> Playbook:
        """The exam ends now."""
        return self.tell(ExamEnded())

    def tell(self, what: Observation | Calibrated | ExamStarted | ExamEnded | Tick) -> Playbook:
        """Feed one event at the present time."""
        event = Event(moment(self.now_s), what)
        self.events.append(event)
        for effect in self.engine.step(event):
            match effect:
                case Record():
                    self.records.append(effect)
                case Warn():
                    self.warnings.append(effect)
                case WakeAt(mono_ns):
                    self._wake_ns = mono_ns
        return self

    def of(self, kind: str, rule: str | None = None) -> list[Record]:
        """The records of one kind, of one rule if given."""
        return [r for r in self.records if r.kind == kind and rule in (None, r.data.get("rule"))]

    def started(self) -> list[str]:
        """The rules whose violations started, in order."""
        return [record.data["rule"] for record in self.of("violation.start")]

    def expects(self, *wanted: Callable[[Playbook], None]) -> Playbook:
        """Check expectations such as :func:`started`."""
        for check in wanted:
            check(self)
        return self

    def _advance(self, to_s: float) -> None:
        while self._wake_ns is not None and self._wake_ns / NS_PER_S <= to_s:
            self.now_s, self._wake_ns = self._wake_ns / NS_PER_S, None
            self.tell(Tick())
        self.now_s = to_s

    def _see(self, count: int, yaw: float, pitch: float, centre: tuple[float, float]) -> None:
        self._frame += 1
        self.tell(faces(self._frame, count, centre))
        if count and self.calibrated:
            self.tell(HeadPose(self._frame, yaw, pitch, 0.0, 0.9))


def started(rule: str, at: float, within: float = 0.25) -> Callable[[Playbook], None]:
    """Exactly one violation of ``rule`` started, at most ``within`` seconds after ``at``."""

    def check(play: Playbook) -> None:
        found = [(r.moment.since_s(moment(0)), r) for r in play.of("violation.start", rule)]
        assert len(found) == 1, f"{rule} started {len(found)} times"
        assert at - 0.001 <= found[0][0] <= at + within, f"{rule} started at {found[0][0]}"

    return check


def nothing(play: Playbook) -> None:
    """No violation started at all."""
    assert play.started() == []
