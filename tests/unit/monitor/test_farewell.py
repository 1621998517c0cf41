"""What the candidate is told at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.journal.ledger import Counts
from proctor_desktop.monitor.delivery import Outcome
from proctor_desktop.monitor.farewell import NOT_DELIVERED, farewell
from proctor_desktop.wire import stdio

EXPORT = Path("s.evidence")
REPLY: Any = {"score": 95.0, "risk": "green"}


def told(reply: Any, counts: Counts) -> tuple[int, list[stdio.Ended], str]:
    said: list[stdio.Ended] = []
    lines: list[str] = []
    outcome = Outcome(EXPORT, counts, reply, "no route")
    code = farewell(outcome, said.append, lines.append, "https://exams.example.edu", Path("data"))
    return code, said, "\n".join(lines)


def test_a_delivered_session_ends_with_the_endpoints_score() -> None:
    code, said, words = told(REPLY, Counts(0, 0, delivered=9, refused=0))
    assert (code, said) == (0, [stdio.Ended("s.evidence", 0, 95.0, "green")])
    assert "score 95, risk green" in words


def test_what_waits_is_counted_and_the_way_to_send_it_named() -> None:
    code, said, words = told(None, Counts(2, 3, delivered=0, refused=0))
    assert (code, said) == (NOT_DELIVERED, [stdio.Ended("s.evidence", 5, None, None)])
    assert "5 items wait; no route" in words
    assert "proctor-desktop upload --data data" in words


@pytest.mark.parametrize("reply", [REPLY, None])
def test_refused_files_are_never_passed_over(reply: Any) -> None:
    assert "2 files were refused" in told(reply, Counts(0, 0, delivered=0, refused=2))[2]
