"""The last words of a session: where its export is, and what has not been delivered yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from proctor_desktop.monitor.delivery import Outcome
from proctor_desktop.wire import stdio

NOT_DELIVERED = 4
"""Exit code when all is recorded but not all of it has reached the endpoint."""


def farewell(
    outcome: Outcome,
    say: Callable[[stdio.Ended], None],
    tell: Callable[[str], None],
    endpoint: str,
    data: Path,
) -> int:
    """Tell the kiosk and the terminal how the session in ``data`` ended; the exit code."""
    reply, waiting = outcome.reply, outcome.counts.pending
    score, risk = (reply["score"], reply["risk"]) if reply else (None, None)
    say(stdio.Ended(str(outcome.export), waiting, score, risk))
    tell(f"export: {outcome.export}")
    if outcome.counts.refused:
        tell(
            f"{outcome.counts.refused} files were refused by the endpoint and are kept here; "
            "'proctor-desktop upload --retry-refused' sends them again."
        )
    if reply is not None:
        tell(f"delivered: score {reply['score']:g}, risk {reply['risk']}")
        return 0
    tell(
        f"{endpoint}: not everything is delivered yet "
        f"({waiting} items wait; {outcome.trouble or 'no answer in time'}). "
        "All of it is safe on this computer. "
        f"Run 'proctor-desktop upload --data {data}' to send the rest."
    )
    return NOT_DELIVERED
