"""How often the occasional checks were made in an exam: the rules that read them rest on that."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proctor_desktop.core.chain import Record
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.observation import FaceCompared, LivenessChecked, ObjectsSeen
from proctor_desktop.core.rules import Rule
from proctor_desktop.core.rules.rule import IDENTITY_RATE, LIVENESS_RATE, OBJECTS_RATE
from proctor_desktop.export.report.words import offset

_MADE_BY: Final = {
    "objects": ObjectsSeen.__name__,
    "identity": FaceCompared.__name__,
    "liveness": LivenessChecked.__name__,
}
"""What a check leaves in the observations, by the ability that it takes."""

_APART_NS: Final = {
    ObjectsSeen.__name__: round(NS_PER_S / OBJECTS_RATE),
    FaceCompared.__name__: round(NS_PER_S / IDENTITY_RATE),
    LivenessChecked.__name__: round(NS_PER_S / LIVENESS_RATE),
}
"""How far apart they usually are."""

_SOONER = 0.75
"""A check that follows the one before it after less than this share of the usual time was made in
doubt, once more; it does not stand in for one that was never made."""

_OFTEN = 0.5
"""The share of the usual number of checks from which on nothing is said."""

_FEW = 4.0
"""Where so few checks were due, one less says nothing."""

_TIMES: Final = {0: "not checked once", 1: "checked once"}


class Checks:
    """Counts them as the records go by; what makes no sense in a record is passed over."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()
        self._counted_ns: dict[str, int] = {}
        self._boot: str | None = None
        self._from_ns = 0

    def take(self, record: Record) -> None:
        """Take the next record, whatever its kind."""
        if record.kind == "exam.start":
            self._boot, self._from_ns = record.boot, record.mono_ns
        elif record.kind == "observations" and self._boot is not None:
            if record.boot != self._boot:  # another clock
                self._boot, self._from_ns, self._counted_ns = record.boot, 0, {}
            events = record.data.get("events")
            for line in events if isinstance(events, list) else ():
                self._count(line)

    def _count(self, line: object) -> None:
        match line:
            case [int(mono_ns), str(name), *_] if name in _APART_NS and mono_ns >= self._from_ns:
                before_ns = self._counted_ns.get(name)
                if before_ns is None or mono_ns - before_ns >= _SOONER * _APART_NS[name]:
                    self._made[name] += 1
                    self._counted_ns[name] = mono_ns

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
            "picture was not fit for it or showed no face, or the computer had no time."
        )
