"""The life of a session as a small state machine."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a session stands. Rules are evaluated in ``running`` only."""

    OPENED = "opened"
    CONSENTED = "consented"
    IDENTIFIED = "identified"
    CALIBRATED = "calibrated"
    RUNNING = "running"
    CLOSED = "closed"


_NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.OPENED: frozenset({Phase.CONSENTED, Phase.CLOSED}),
    Phase.CONSENTED: frozenset({Phase.IDENTIFIED, Phase.CLOSED}),
    Phase.IDENTIFIED: frozenset({Phase.CALIBRATED, Phase.CLOSED}),
    Phase.CALIBRATED: frozenset({Phase.CALIBRATED, Phase.RUNNING, Phase.CLOSED}),
    Phase.RUNNING: frozenset({Phase.RUNNING, Phase.CLOSED}),
    Phase.CLOSED: frozenset(),
}

PHASE_OF_RECORD: dict[str, Phase] = {
    "session.open": Phase.OPENED,
    "consent": Phase.CONSENTED,
    "identity": Phase.IDENTIFIED,
    "calibration": Phase.CALIBRATED,
    "exam.start": Phase.RUNNING,
    "session.close": Phase.CLOSED,
}
"""The record that brings a session into each phase: what recovery reads the phase from."""


class WrongPhase(ValueError):
    """A step that does not follow from where the session stands."""


def advance(now: Phase, to: Phase) -> Phase:
    """``to``, if a session may go there from ``now``; raises WrongPhase otherwise."""
    if to not in _NEXT[now]:
        raise WrongPhase(f"a session cannot go from {now.value} to {to.value}")
    return to
