"""A poster, a print or a face on a shirt."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FaceBox, FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import OWN_STILL_AFTER_S, frozen


@dataclass
class PicturedFace(CameraRule):
    """A face in view in which nothing ever moves: told, so that nobody wonders, and not counted.

    The largest face is taken for the candidate's own. It is doubted after ``own_still_after_s``
    only, as where nobody sits: who thinks or reads may hardly move for many seconds.
    """

    name = "pictured_face"
    says = "We see a face that never moves, perhaps a picture."
    rate_per_s = VISION_RATE

    settings: rule_settings.PicturedFace
    own_still_after_s: float = OWN_STILL_AFTER_S
    _frozen: bool = field(default=False, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious once a face has been still for its time, unless the whole picture is."""
        self._frozen = frozen(self._frozen, observation)
        if not isinstance(observation, FacesSeen):
            return None
        pictured = None if self._frozen else self._pictured(observation.faces)
        return Reading(
            suspicious=pictured is not None,
            reason="A face in view that has not moved at all (a poster or a print?)",
            confidence=pictured.score if pictured else 1.0,
            frame=observation.frame,
            since_s=pictured.still_s if pictured else 0.0,
        )

    def _pictured(self, faces: tuple[FaceBox, ...]) -> FaceBox | None:
        """The face that has been still for longest of those that have been for long enough."""
        own = max(faces, key=lambda face: face.width * face.height, default=None)
        others_s = self.settings.after_s
        own_s = max(others_s, self.own_still_after_s)
        still = [face for face in faces if face.still_s >= (own_s if face is own else others_s)]
        return max(still, key=lambda face: face.still_s, default=None)
