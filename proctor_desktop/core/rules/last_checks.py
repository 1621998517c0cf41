"""The last few results of a check that is sometimes wrong: one alone says little."""

from __future__ import annotations

from collections import deque

from proctor_desktop.core.rule_settings import RepeatedChecks


class LastChecks:
    """The scores that were suspicious among the last ``checks`` results of one rule."""

    def __init__(self, settings: RepeatedChecks) -> None:
        self._results: deque[float | None] = deque(maxlen=settings.checks)

    def add(self, hit: float | None) -> tuple[float, ...]:
        """Take one result, None for nothing suspicious; all hits that still count, oldest first."""
        self._results.append(hit)
        return tuple(result for result in self._results if result is not None)


def of_last(hits: int, settings: RepeatedChecks) -> str:
    """In words: ``3 of the last 5``."""
    return f"{hits} of the last {settings.checks}"
