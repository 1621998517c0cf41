"""The decisions: events in, effects out, and nothing else.

The same policy and the same events always give the same effects, which is what lets anyone replay
an export and see that its violations follow from what was observed.
"""

from __future__ import annotations

from collections.abc import Iterable

from proctor_desktop.core.drift import SeatDrift
from proctor_desktop.core.effect import Effect, KeepClip, KeepSound, KeepStill, Record, WakeAt, Warn
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Tick
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FacesSeen, Gap, HeadPose, Health, Source, SourceHealth
from proctor_desktop.core.policy import Policy, Recording
from proctor_desktop.core.rules import Needs, Rule, enabled_rules
from proctor_desktop.core.rules.voice_detected import VoiceDetected
from proctor_desktop.core.source_states import SourceStates
from proctor_desktop.core.standing import Standing
from proctor_desktop.core.tracker import Tracker, Turn
from proctor_desktop.core.violation import Ending

WARN_SPACING_S = 60.0


class Engine:
    """Holds the rules' state of one session, which goes by ``policy``.

    ``next_violation`` continues the numbering after a restart.
    """

    def __init__(self, policy: Policy, next_violation: int = 1) -> None:
        self.policy = policy
        self._trackers = [
            Tracker(rule)
            for rule in enabled_rules(policy.rules)
            if policy.calibration.offered or rule.needs is Needs.NOTHING
        ]
        self._next_number = next_violation
        self._running = False
        self._calibrated: Calibrated | None = None
        self._warned: dict[str, Moment] = {}
        self._sources = SourceStates()
        self._window_lost = False
        self._standing = Standing()
        self._drift = SeatDrift()

    @property
    def open_violations(self) -> dict[int, str]:
        """The violations that are going on, by number, with their rules."""
        return {
            tracker.open_number: tracker.rule.name
            for tracker in self._trackers
            if tracker.open_number is not None
        }

    def step(self, event: Event) -> list[Effect]:
        """Take one event and say what is to be done about it."""
        match event.what:
            case Calibrated():
                self._calibrated = event.what
                self._drift.calibrated(event.moment)
                return []
            case ExamStarted():
                return self._start(event.moment)
            case ExamEnded():
                self._running = False
                ended = self._end_all(event.moment, Ending.SESSION_CLOSED)
                return [*ended, *self._sources.close(event.moment)]
            case SourceHealth():
                return self._source_changed(event, event.what)
            case Gap():
                return self._sources.account(event.moment, event.what)
            case _:
                return self._observed(event)

    def _start(self, moment: Moment) -> list[Effect]:
        """From here on rules are evaluated, beginning with what was told before and still holds."""
        self._running = True
        return [
            effect
            for what in self._standing.all()
            for effect in self._evaluate(Event(moment, what))
        ]

    def _observed(self, event: Event) -> list[Effect]:
        if isinstance(event.what, Tick):
            return self._evaluate(event) if self._running else []
        if isinstance(event.what, (Calibrated, ExamStarted, ExamEnded)):
            return []
        self._standing.hold(event.what)
        hints = self._seat(event)
        return [*self._evaluate(event), *hints] if self._running else []

    def _seat(self, event: Event) -> list[Warn]:
        """How the candidate sits; while they are calibrated that is what is usual."""
        match event.what:
            case FacesSeen():
                self._drift.place(event.moment, event.what)
            case HeadPose() if self._running:
                return self._drift.see(event.moment, event.what)
        return []

    def _evaluate(self, event: Event, lost: frozenset[Source] = frozenset()) -> list[Effect]:
        """Ask every rule; end what rests on ``lost`` sources, but for rules that read the loss."""
        turns: list[Turn] = []
        for tracker in self._trackers:
            for turn in self._ask(tracker, event, lost):
                turns.append(turn)
                if turn.kind == "start":
                    self._next_number += 1
        return [*self._effects(event.moment, turns), *self._wake()]

    def _ask(self, tracker: Tracker, event: Event, lost: frozenset[Source]) -> list[Turn]:
        rule, error_deg = tracker.rule, self._error_deg(tracker.rule)
        if isinstance(event.what, Tick):
            return tracker.tick(event.moment, self._next_number, error_deg)
        if isinstance(event.what, (Calibrated, ExamStarted, ExamEnded)):
            return []
        reading = rule.read(event.what) if self._may_judge(rule) else None
        if reading is not None:
            return tracker.feed(event.moment, reading, self._next_number, error_deg)
        if rule.source in lost:
            return tracker.end(event.moment, Ending.SOURCE_LOST, error_deg)
        return []

    def _may_judge(self, rule: Rule) -> bool:
        if rule.source is Source.FOCUS and self._window_lost:
            return False  # nobody can be held to a window that is not there
        return rule.needs is Needs.NOTHING or self._calibrated is not None

    def _error_deg(self, rule: Rule) -> float | None:
        if self._calibrated is None or rule.needs is Needs.NOTHING:
            return None
        if rule.needs is Needs.GAZE:
            return self._calibrated.gaze_error_deg
        return self._calibrated.error_deg

    def _source_changed(self, event: Event, what: SourceHealth) -> list[Effect]:
        effects = self._sources.change(event.moment, what)
        self._standing.hold(what)
        lost: set[Source] = set()
        if what.state is Health.LOST:
            lost.add(what.source)
            if what.source is Source.KIOSK:
                self._window_lost = True
                lost.add(Source.FOCUS)
        elif what.source is Source.KIOSK and what.state is Health.OK:
            self._window_lost = False
        return [*effects, *(self._evaluate(event, frozenset(lost)) if self._running else [])]

    def _end_all(self, moment: Moment, ending: Ending) -> list[Effect]:
        turns = [
            turn
            for tracker in self._trackers
            for turn in tracker.end(moment, ending, self._error_deg(tracker.rule))
        ]
        return self._effects(moment, turns)

    def _effects(self, moment: Moment, turns: Iterable[Turn]) -> list[Effect]:
        effects: list[Effect] = []
        for turn in turns:
            rule = self._rule(turn.violation.rule)
            effects.append(_record(moment, turn, rule))
            if turn.kind == "start":
                effects.extend(_kept(moment, turn.violation.number, rule, self.policy.recording))
                effects.extend(self._warn(moment, rule))
        return effects

    def _warn(self, moment: Moment, rule: Rule) -> list[Effect]:
        last = self._warned.get(rule.name)
        if last is not None and moment.since_s(last) < WARN_SPACING_S:
            return []
        self._warned[rule.name] = moment
        return [Warn(moment, rule.name, rule.says)]

    def _wake(self) -> list[Effect]:
        due = [ns for tracker in self._trackers if (ns := tracker.wake_at_ns()) is not None]
        return [WakeAt(min(due))] if due else []

    def _rule(self, name: str) -> Rule:
        return next(t.rule for t in self._trackers if t.rule.name == name)


def _record(moment: Moment, turn: Turn, rule: Rule) -> Record:
    data = turn.violation.to_json()
    if turn.ending is not None:
        data["ended"] = turn.ending.value
    keeps = turn.kind == "start" and rule.keeps_still
    return Record(moment, f"violation.{turn.kind}", data, KeepStill(turn.frame) if keeps else None)


def _kept(
    moment: Moment, violation: int, rule: Rule, recording: Recording
) -> list[KeepClip | KeepSound]:
    """What else is to be kept of a violation that starts, if the exam wants it."""
    if recording.clips and rule.keeps_still:
        return [KeepClip(moment, violation, recording.clip_s)]
    if recording.voice_clips and rule.name == VoiceDetected.name:
        return [KeepSound(moment, violation, recording.clip_s)]
    return []
