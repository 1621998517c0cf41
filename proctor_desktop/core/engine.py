"""The decisions: events in, effects out, and nothing else.

The same policy and the same events always give the same effects, which is what lets anyone replay
an export and see that its violations follow from what was observed.
"""

from __future__ import annotations

from collections.abc import Iterable

from proctor_desktop.core.effect import Effect, KeepStill, Record, WakeAt, Warn
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Tick
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FocusChanged, Gap, Health, Source, SourceHealth
from proctor_desktop.core.policy import Policy
from proctor_desktop.core.rules import Rule, enabled_rules
from proctor_desktop.core.source_states import SourceStates
from proctor_desktop.core.tracker import Tracker, Turn
from proctor_desktop.core.violation import Ending

WARN_SPACING_S = 60.0


class Engine:
    """Holds the rules' state of one session.

    ``next_violation`` continues the numbering after a restart.
    """

    def __init__(self, policy: Policy, next_violation: int = 1) -> None:
        self._trackers = [Tracker(rule) for rule in enabled_rules(policy.rules)]
        self._next_number = next_violation
        self._running = False
        self._error_deg: float | None = None
        self._warned: dict[str, Moment] = {}
        self._sources = SourceStates()
        self._window_lost = False
        self._focus: FocusChanged | None = None

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
            case Calibrated(error_deg):
                self._error_deg = error_deg
                return []
            case ExamStarted():
                self._running = True
                return self._evaluate(Event(event.moment, self._focus)) if self._focus else []
            case ExamEnded():
                self._running = False
                ended = self._end_all(event.moment, Ending.SESSION_CLOSED)
                return [*ended, *self._sources.close(event.moment)]
            case SourceHealth() | Gap():
                return self._source_changed(event.moment, event.what)
            case _:
                return self._observed(event)

    def _observed(self, event: Event) -> list[Effect]:
        # Who has the focus is told once and then holds: it is known before the exam begins.
        if isinstance(event.what, FocusChanged):
            self._focus = event.what
        return self._evaluate(event) if self._running else []

    def _evaluate(self, event: Event) -> list[Effect]:
        turns: list[Turn] = []
        for tracker in self._trackers:
            for turn in self._ask(tracker, event):
                turns.append(turn)
                if turn.kind == "start":
                    self._next_number += 1
        return [*self._effects(event.moment, turns), *self._wake()]

    def _ask(self, tracker: Tracker, event: Event) -> list[Turn]:
        if isinstance(event.what, Tick):
            return tracker.tick(event.moment, self._next_number, self._error_deg)
        if isinstance(event.what, (Calibrated, ExamStarted, ExamEnded)):
            return []
        if tracker.rule.source is Source.FOCUS and self._window_lost:
            return []  # nobody can be held to a window that is not there
        reading = tracker.rule.read(event.what)
        if reading is None:
            return []
        return tracker.feed(event.moment, reading, self._next_number, self._error_deg)

    def _source_changed(self, moment: Moment, what: SourceHealth | Gap) -> list[Effect]:
        if isinstance(what, Gap):
            return self._sources.account(moment, what)
        effects = self._sources.change(moment, what)
        if what.source is Source.KIOSK and what.state is Health.OK:
            self._window_lost = False
        if what.state is not Health.LOST:
            return effects
        if what.source is Source.FOCUS:
            self._focus = None
        lost = {what.source}
        if what.source is Source.KIOSK:
            self._window_lost = True
            lost.add(Source.FOCUS)
        turns = [
            turn
            for tracker in self._trackers
            if tracker.rule.source in lost
            for turn in tracker.end(moment, Ending.SOURCE_LOST, self._error_deg)
        ]
        return [*effects, *self._effects(moment, turns)]

    def _end_all(self, moment: Moment, ending: Ending) -> list[Effect]:
        turns = [t for tr in self._trackers for t in tr.end(moment, ending, self._error_deg)]
        return self._effects(moment, turns)

    def _effects(self, moment: Moment, turns: Iterable[Turn]) -> list[Effect]:
        effects: list[Effect] = []
        for turn in turns:
            effects.append(self._record(moment, turn))
            if turn.kind == "start":
                effects.extend(self._warn(moment, turn.violation.rule))
        return effects

    def _record(self, moment: Moment, turn: Turn) -> Record:
        data = turn.violation.to_json()
        if turn.ending is not None:
            data["ended"] = turn.ending.value
        keeps = turn.kind == "start" and self._rule(turn.violation.rule).keeps_still
        still = KeepStill(turn.frame) if keeps else None
        return Record(moment, f"violation.{turn.kind}", data, still)

    def _warn(self, moment: Moment, rule: str) -> list[Effect]:
        last = self._warned.get(rule)
        if last is not None and moment.since_s(last) < WARN_SPACING_S:
            return []
        self._warned[rule] = moment
        return [Warn(moment, rule, self._rule(rule).says)]

    def _wake(self) -> list[Effect]:
        due = [ns for tracker in self._trackers if (ns := tracker.wake_at_ns()) is not None]
        return [WakeAt(min(due))] if due else []

    def _rule(self, name: str) -> Rule:
        return next(t.rule for t in self._trackers if t.rule.name == name)
