"""How often the occasional checks were made in an exam: the rules that read them rest on that."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proctor_desktop.core.chain import Record
from proctor_desktop.core.observation import FaceCompared, LivenessChecked, ObjectsSeen
from proctor_desktop.core.rules import Rule
from proctor_desktop.export.report.words import offset

_MADE_BY: Final = {
    "objects": ObjectsSeen.__name__,
    "identity": FaceCompared.__name__,
    "liveness": LivenessChecked.__name__,
}
"""What a check leaves in the observations, by the ability that it takes."""

_OFTEN = 0.5
"""The share of the usual number of checks from which on nothing is said."""

_FEW = 4.0
"""Where so few checks were due, one less says nothing."""

_TIMES: Final = {0: "not checked once", 1: "checked once"}


class Checks:
    """Counts them as the records go by; what makes no sense in a record is passed over."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()
        self._boot: str | None = None
        self._from_ns = 0

    def take(self, record: Record) -> None:
        """Take the next record, whatever its kind."""
        if record.kind == "exam.start":
            self._boot, self._from_ns = record.boot, record.mono_ns
        elif record.kind == "observations" and self._boot is not None:
            events = record.data.get("events")
            for line in events if isinstance(events, list) else ():
                self._count(line, self._from_ns if record.boot == self._boot else 0)

    def _count(self, line: object, from_ns: int) -> None:
        match line:
            case [int(mono_ns), str(name), *_] if mono_ns >= from_ns:
                self._made[name] += 1

    def too_few(self, rule: Rule, exam_s: float) -> str:
        """Why ``rule`` could not see all of an exam of that length; empty if it could."""
        name = _MADE_BY.get(rule.ability)
        if name is None or rule.rate_per_s is None:
            return ""
        made, usual = self._made[name], exam_s * rule.rate_per_s
        if usual < 1 or made >= usual * _OFTEN or (made and usual < _FEW):
            return ""
        how_often = _TIMES.get(made, f"checked {made} times")
        return (
            f"It was {how_often} in {offset(exam_s)}, where {round(usual)} times are usual: the "
            "picture was not fit for it, or the computer had no time."
        )
