"""Score, risk and the flag for review: computed by whoever holds the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from proctor_desktop.core.chain import Record
from proctor_desktop.core.policy import Policy

FULL_SCORE = 100.0
GREEN_ABOVE = 85.0
YELLOW_ABOVE = 50.0


class Risk(StrEnum):
    """How much a proctor should want to look."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Score:
    """The outcome for one session.

    ``counts`` holds every violation that started, by rule; ``counted`` only those with a penalty.
    ``reasons`` says in words what brought the score down and why the session is flagged.
    """

    score: float
    risk: Risk
    flagged: bool
    counts: dict[str, int]
    counted: int
    reasons: tuple[str, ...]


def score(records: Iterable[Record], policy: Policy) -> Score:
    """Score a session from its records and the exam's signed policy.

    Only the *start* of a violation counts, once for each violation number; penalties come from the
    policy and never from the record.
    """
    started = {
        record.data["violation"]: str(record.data["rule"])
        for record in records
        if record.kind == "violation.start"
    }
    counts = Counter(started.values())
    penalties = {name: settings.penalty for name, settings in policy.rules.items()}
    lost = sum(penalties.get(rule, 0.0) * times for rule, times in counts.items())
    counted = sum(times for rule, times in counts.items() if penalties.get(rule, 0.0) > 0)
    points = max(0.0, FULL_SCORE - lost)
    flagged = counted >= policy.flag_at_violations
    return Score(
        score=points,
        risk=risk(points),
        flagged=flagged,
        counts=dict(sorted(counts.items())),
        counted=counted,
        reasons=_reasons(counts, penalties, policy.flag_at_violations if flagged else None),
    )


def risk(points: float) -> Risk:
    """Green above 85, yellow above 50, red at 50 and below."""
    if points > GREEN_ABOVE:
        return Risk.GREEN
    return Risk.YELLOW if points > YELLOW_ABOVE else Risk.RED


def _reasons(
    counts: Counter[str], penalties: dict[str, float], flag_at: int | None
) -> tuple[str, ...]:
    lines = [
        f"{rule}: {times} x {penalties.get(rule, 0.0):g} points"
        for rule, times in sorted(counts.items())
    ]
    if flag_at is not None:
        lines.append(f"flagged: {flag_at} or more counted violations")
    return tuple(lines)
