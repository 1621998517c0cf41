"""A poster, a print or a face on a shirt."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import frozen


@dataclass
class PicturedFace(CameraRule):
    """A face in view in which nothing ever moves: told, so that nobody wonders, and not counted."""

    name = "pictured_face"
    says = "We see a face that never moves, perhaps a picture."
    rate_per_s = VISION_RATE

    settings: rule_settings.PicturedFace
    _frozen: bool = field(default=False, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious once a face has been still for the rule's time, unless the picture is."""
        self._frozen = frozen(self._frozen, observation)
        if not isinstance(observation, FacesSeen):
            return None
        stillest = max(observation.faces, key=lambda face: face.still_s, default=None)
        still_s = 0.0 if stillest is None or self._frozen else stillest.still_s
        return Reading(
            suspicious=still_s > 0 and still_s >= self.settings.after_s,
            reason="A face in view that has not moved at all (a poster or a print?)",
            confidence=stillest.score if stillest else 1.0,
            frame=observation.frame,
            since_s=still_s,
        )
