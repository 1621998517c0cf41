"""The core's own rules as the judge of an evaluation, what they found and what was hinted at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from proctor_desktop.core import drift
from proctor_desktop.core.effect import Record, Warn
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event, Happening
from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.policy import Policy

START = Moment(100 * NS_PER_S, datetime(2026, 1, 1, tzinfo=UTC))
"""Second 0 of every exam that is evaluated."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A violation that started at ``at_s``, its matter at ``onset_s``, in seconds of the exam."""

    rule: str
    at_s: float
    onset_s: float
    reason: str
    measured: float
    threshold: float


class Judge:
    """The engine with a policy, and the violations that it has started."""

    def __init__(self, policy: Policy) -> None:
        self._engine = Engine(policy)
        self._fired: list[Fired] = []
        self._hinted_s: list[float] = []

    def tell(self, time_s: float, what: Happening) -> None:
        """Something happened at that second of the exam."""
        for effect in self._engine.step(Event(START.later(time_s), what)):
            if isinstance(effect, Record) and effect.kind == "violation.start":
                self._fired.append(_fired(time_s, effect))
            elif isinstance(effect, Warn) and effect.rule == drift.RULE:
                self._hinted_s.append(time_s)

    @property
    def fired(self) -> tuple[Fired, ...]:
        """All violations, in the order in which they started."""
        return tuple(self._fired)

    @property
    def hinted_s(self) -> tuple[float, ...]:
        """When the candidate was told that they sit differently."""
        return tuple(self._hinted_s)


def _fired(time_s: float, start: Record) -> Fired:
    data = start.data
    onset_s = (data["onset_mono_ns"] - START.mono_ns) / NS_PER_S
    return Fired(
        data["rule"],
        round(time_s, 3),
        round(onset_s, 3),
        data["reason"],
        data["measured"],
        data["threshold"],
    )
