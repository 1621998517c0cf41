"""A language for rule tests: feed observations over time, expect violations.

play = Playbook(policy)
play.until(12, faces=1)
play.until(20, faces=0)
play.expects(started("face_missing", at=17))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from proctor_desktop.core.effect import Effect, KeepClip, KeepSound, Record, WakeAt, Warn
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Tick
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import (
    CameraOpened,
    EyesSeen,
    FaceBox,
    FaceCompared,
    FacesSeen,
    FocusChanged,
    Gap,
    Gaze,
    HeadPose,
    Health,
    LivenessChecked,
    ObjectBox,
    ObjectsSeen,
    Observation,
    PictureSeen,
    SoundLevel,
    SoundSignal,
    Source,
    SourceHealth,
    SpeechHeard,
)
from proctor_desktop.core.policy import Policy

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
FPS = 8
_SOUND_S = 0.5


def moment(seconds: float) -> Moment:
    """The moment ``seconds`` into a test."""
    return Moment(0, EPOCH).later(seconds)


def faces(frame: int, count: int, centre: tuple[float, float] = (0.5, 0.5)) -> FacesSeen:
    """A picture with ``count`` faces, the first one at ``centre``."""
    return FacesSeen(frame, Scene(faces=count, centre=centre).boxes(0.0))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What camera and microphone have before them; as it stands, an honest candidate.

    ``outside_deg`` is the gaze beyond the screen's edge, ``likeness`` that to the reference photo,
    ``speech`` the share of the time that is speech. ``poster_since``, ``still_since`` and
    ``frozen_since``: since when a poster hangs, the first face has not moved, the picture stands.
    """

    faces: int = 1
    centre: tuple[float, float] = (0.5, 0.5)
    score: float = 0.95
    still_since: float | None = None
    poster_since: float | None = None
    yaw: float = 0.0
    pitch: float = 0.0
    outside_deg: float = 0.0
    openness: float = 1.0
    looking_down: bool = False
    objects: tuple[str, ...] = ()
    object_score: float = 0.8
    likeness: float = 0.7
    live: float = 0.95
    detail: float = 0.3
    frozen_since: float | None = None
    camera: bool = True
    sound: bool | None = True
    speech: float = 0.0
    digital_silence: bool = False
    clipped: float = 0.0

    def boxes(self, now_s: float) -> tuple[FaceBox, ...]:
        """The faces, the candidate's first, a poster's last."""
        x, y = self.centre
        still_s = 0.0 if self.still_since is None else now_s - self.still_since
        first = FaceBox(x - 0.15, y - 0.2, 0.3, 0.4, self.score, still_s)
        others = (FaceBox(0, 0, 0.1, 0.1, 0.8),) * (self.faces - 1)
        poster: tuple[FaceBox, ...] = ()
        if self.poster_since is not None:
            poster = (FaceBox(0.8, 0.1, 0.1, 0.1, 0.9, now_s - self.poster_since),)
        return (first,) * min(self.faces, 1) + others + poster

    def pose(self, frame: int) -> Iterator[Observation]:
        """What is told of a face once it is calibrated."""
        yield HeadPose(frame, self.yaw, self.pitch, 0.0, 0.9)
        yield EyesSeen(frame, self.openness, self.openness, self.looking_down)
        edge = "left" if self.outside_deg else ""
        yield Gaze(frame, self.yaw + 20, self.pitch, self.outside_deg, 0.8, edge)

    def picture(self, frame: int, now_s: float) -> PictureSeen:
        """The picture as a picture."""
        frozen_s = 0.0 if self.frozen_since is None else now_s - self.frozen_since
        return PictureSeen(frame, 0.5, self.detail, frozen_s, False)

    def objects_seen(self, frame: int) -> ObjectsSeen:
        """The objects on the table."""
        found = (ObjectBox(label, 0.1, 0.6, 0.1, 0.2, self.object_score) for label in self.objects)
        return ObjectsSeen(frame, tuple(found))

    def heard(self) -> Iterator[Observation]:
        """Half a second at the microphone."""
        yield SoundLevel(-30.0 if self.sound else -70.0, -50.0, bool(self.sound), _SOUND_S)
        yield SoundSignal(_SOUND_S, self.digital_silence, self.clipped)
        yield SpeechHeard(_SOUND_S, self.speech * _SOUND_S, 0.9)


@dataclass
class Playbook:
    """Drives an engine through a scripted session at eight pictures a second."""

    policy: Policy = field(default_factory=Policy)
    calibrated: bool = True
    running: bool = True
    engine: Engine = field(init=False)
    effects: list[Effect] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    now_s: float = 0.0
    _frame: int = 0
    _wake_ns: int | None = None
    _told: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = Engine(self.policy)
        if self.calibrated:
            self.tell(Calibrated(0.5, 2.5))
        if self.running:
            self.tell(ExamStarted())

    def until(self, end_s: float, *, rate: float = FPS, **scene: Any) -> Playbook:
        """Let time run to ``end_s`` with the candidate like this: the fields of a Scene."""
        shown = Scene(**scene)
        start_s, count = self.now_s, round((end_s - self.now_s) * rate)
        for i in range(count):
            self._advance(start_s + (i + 1) / rate)
            if shown.camera:
                self._see(shown)
            if shown.sound is not None and self._due("sound", _SOUND_S):
                self._tell_all(shown.heard())
        self._advance(end_s)
        return self

    def focus(self, application: str, *, inside: bool = False) -> Playbook:
        """Another window becomes active now."""
        return self.tell(FocusChanged(inside, application))

    def opens(self, camera: str, *, virtual: bool = False) -> Playbook:
        """A camera is opened now."""
        return self.tell(CameraOpened(camera, virtual))

    def swapped(self) -> Playbook:
        """The camera shows another scene all at once."""
        return self.tell(PictureSeen(self._frame, 0.5, 0.3, 0.0, True))

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
            self.effects.append(effect)
            if isinstance(effect, WakeAt):
                self._wake_ns = effect.mono_ns
        return self

    @property
    def records(self) -> list[Record]:
        """What has been recorded."""
        return [effect for effect in self.effects if isinstance(effect, Record)]

    @property
    def warnings(self) -> list[Warn]:
        """What the candidate has been told."""
        return [effect for effect in self.effects if isinstance(effect, Warn)]

    @property
    def kept(self) -> list[KeepClip | KeepSound]:
        """What is to be kept beside the records."""
        return [effect for effect in self.effects if isinstance(effect, KeepClip | KeepSound)]

    def of(self, kind: str, rule: str | None = None) -> list[Record]:
        """The records of one kind, of one rule if given."""
        return [r for r in self.records if r.kind == kind and rule in (None, r.data.get("rule"))]

    def start_of(self, rule: str) -> dict[str, Any]:
        """The data of the one record with which a violation of ``rule`` starts."""
        (record,) = self.of("violation.start", rule)
        return record.data

    def end_of(self, rule: str) -> dict[str, Any]:
        """The data of the one record with which a violation of ``rule`` ends."""
        (record,) = self.of("violation.end", rule)
        return record.data

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
            asked_ns, self._wake_ns = self._wake_ns, None
            self.now_s = asked_ns / NS_PER_S
            self.tell(Tick())
            assert self._wake_ns is None or self._wake_ns > asked_ns, "woken for nothing"
        self.now_s = to_s

    def _see(self, scene: Scene) -> None:
        self._frame += 1
        frame = self._frame
        if self._due("picture", 0.5):
            self.tell(scene.picture(frame, self.now_s))
        self.tell(FacesSeen(frame, scene.boxes(self.now_s)))
        if scene.faces and self.calibrated:
            self._tell_all(scene.pose(frame))
        if self._due("objects", 1.0):
            self.tell(scene.objects_seen(frame))
        if scene.faces and self._due("liveness", 2.0):
            self.tell(LivenessChecked(frame, scene.live))
        if scene.faces and self._due("identity", 30.0):
            self.tell(FaceCompared(frame, scene.likeness))

    def _due(self, what: str, every_s: float) -> bool:
        """Whether so much time has passed since ``what`` was told last, or since the test began."""
        if self.now_s - self._told.get(what, 0.0) < every_s - 1e-6:
            return False
        self._told[what] = self.now_s
        return True

    def _tell_all(self, observations: Iterator[Observation]) -> None:
        for observation in observations:
            self.tell(observation)


def started(rule: str, at: float, within: float = 0.25) -> Callable[[Playbook], None]:
    """Exactly one violation of ``rule`` started, at most ``within`` seconds after ``at``."""

    def check(play: Playbook) -> None:
        found = [(r.moment.since_s(moment(0)), r) for r in play.of("violation.start", rule)]
        assert len(found) == 1, f"{rule} started {len(found)} times"
        assert at - 0.001 <= found[0][0] <= at + within, f"{rule} started at {found[0][0]}"

    return check


def ended(rule: str, at: float, within: float = 0.75) -> Callable[[Playbook], None]:
    """Exactly one violation of ``rule`` ended, at most ``within`` seconds after ``at``."""

    def check(play: Playbook) -> None:
        found = [r.moment.since_s(moment(0)) for r in play.of("violation.end", rule)]
        assert len(found) == 1, f"{rule} ended {len(found)} times"
        assert at - 0.001 <= found[0] <= at + within, f"{rule} ended at {found[0]}"

    return check


def nothing(play: Playbook) -> None:
    """No violation started at all."""
    assert play.started() == []
