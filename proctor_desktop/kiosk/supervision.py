"""What to do when monitor is gone: pure decisions, so that they can be read and tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from proctor_desktop.core.session import Phase
from proctor_desktop.kiosk.state import CandidateView
from proctor_desktop.wire import stdio

MAX_RESTARTS = 5
RESTART_SPAN_S = 60.0


@dataclass(frozen=True, slots=True)
class Exit:
    """How monitor went: its code, whether it crashed, and the last lines it wrote to stderr."""

    code: int
    crashed: bool
    last_words: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """One plain sentence for the candidate's help desk."""
        how = "stopped suddenly" if self.crashed else "ended too early"
        return f"it {how} (code {self.code})"


class After(Enum):
    """What follows monitor's exit."""

    NOTHING = auto()
    RESTART = auto()
    GIVE_UP = auto()


def after_exit(view: CandidateView, end: Exit, restarts_s: Sequence[float], now_s: float) -> After:
    """What to do now that monitor went; ``restarts_s`` are the times of earlier restarts.

    A session that has ended, was declined or cannot go on is left alone. Otherwise monitor is
    started again, which continues the session, unless it fell too often in too short a time.
    """
    closed = view.phase is Phase.CLOSED and end.code == 0 and not end.crashed
    if closed or view.ended is not None or view.declined or view.fatal is not None:
        return After.NOTHING
    recent = [moment for moment in restarts_s if now_s - moment < RESTART_SPAN_S]
    return After.GIVE_UP if len(recent) >= MAX_RESTARTS else After.RESTART


def gave_up(end: Exit) -> stdio.Trouble:
    """The trouble to show when monitor does not stay alive."""
    return stdio.Trouble(
        what="The recorder",
        why=f"It was started again {MAX_RESTARTS} times within a minute and {end.in_words} "
        "each time.",
        remedy="Choose 'Try again'. If that does not help, restart the computer and open the "
        "exam again, or contact your institution. What was recorded so far is kept.",
        fatal=True,
    )


def not_started(program: str, why: str) -> stdio.Trouble:
    """The trouble to show when monitor could not be started at all."""
    return stdio.Trouble(
        what=f"The recorder ({program})",
        why=f"It could not be started: {why}.",
        remedy="Install the program again, or contact your institution.",
        fatal=True,
    )


def not_understood(fault: str) -> stdio.Trouble:
    """The note to show when monitor said something that is no message."""
    return stdio.Trouble(
        what="The recorder",
        why=f"It said something that this window does not understand: {fault}",
        remedy="You can go on. Please tell your institution's help desk afterwards.",
    )
