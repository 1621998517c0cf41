"""A phone, a book or another screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import ObjectBox, ObjectsSeen, Observation
from proctor_desktop.core.rules.last_checks import LastChecks, of_last
from proctor_desktop.core.rules.rule import OBJECTS_RATE, CameraRule, Reading


@dataclass
class SuspiciousObject(CameraRule):
    """The same kind of object in several of the last pictures: a detector errs, but not like that.

    Each kind counts for itself. A phone, a book and a laptop, each seen once, are three errors.
    """

    name = "suspicious_object"
    says = "We see an object that the exam asks about."
    rate_per_s = OBJECTS_RATE
    ability = "objects"

    settings: rule_settings.SuspiciousObject
    _seen: dict[str, LastChecks] = field(init=False)

    def __post_init__(self) -> None:
        self._seen = {label: LastChecks(self.settings) for label in self.settings.objects}

    def read(self, observation: Observation) -> Reading | None:
        """As sure as the detector is, on average, of what it saw often enough."""
        if not isinstance(observation, ObjectsSeen):
            return None
        hits = {
            label: checks.add(self._best(label, observation.objects))
            for label, checks in self._seen.items()
        }
        often = {label: of for label, of in hits.items() if len(of) >= self.settings.needed}
        scores = [score for of in often.values() for score in of]
        return Reading(
            suspicious=bool(often),
            reason=self._reason(often),
            confidence=sum(scores) / len(scores) if scores else 1.0,
            measured=max(scores, default=0.0),
            threshold=self.settings.score,
            unit="fraction",
            frame=observation.frame,
        )

    def _best(self, label: str, objects: tuple[ObjectBox, ...]) -> float | None:
        scores = [one.score for one in objects if one.label == label]
        best = max(scores, default=0.0)
        return best if best >= self.settings.score else None

    def _reason(self, often: dict[str, tuple[float, ...]]) -> str:
        named = (
            f"{label} ({of_last(len(scores), self.settings)} pictures, score {max(scores):.0%})"
            for label, scores in often.items()
        )
        return f"In view, as it looks: {', '.join(named)}"
