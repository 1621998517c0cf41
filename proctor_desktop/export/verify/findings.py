"""What is collected on the way to a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.export.verdict import Facts, Gap, Outcome, Verdict, printable

_MAX_LINES = 500


class Invalid(ValueError):
    """The export is not what it claims to be, in a way that nothing more can be judged."""


@dataclass(slots=True)
class Findings:
    """Collects problems and gaps; a hostile export cannot make it grow without end."""

    problems: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    _unlisted: int = 0

    def problem(self, text: str) -> None:
        """The export is INVALID because of this."""
        if len(self.problems) < _MAX_LINES:
            self.problems.append(printable(text))

    def gap(self, kind: str, text: str, seconds: float | None = None) -> None:
        """The export is authentic, and this is not in it."""
        if len(self.gaps) < _MAX_LINES:
            rounded = None if seconds is None else round(seconds, 3)
            self.gaps.append(Gap(kind, rounded, printable(text)))
        else:
            self._unlisted += 1

    def verdict(self, facts: Facts) -> Verdict:
        """The outcome that follows from what was collected."""
        gaps = tuple(self.gaps)
        if self._unlisted:
            gaps += (Gap("more", None, f"and {self._unlisted} more gaps that are not listed"),)
        quiet = Outcome.GAPS if gaps else Outcome.VALID
        outcome = Outcome.INVALID if self.problems else quiet
        return Verdict(outcome, tuple(self.problems), gaps, facts)
