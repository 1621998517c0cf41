"""Nobody in front of the camera."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import FacesSeen, Observation
from proctor_desktop.core.rules.rule import VISION_RATE, CameraRule, Reading
from proctor_desktop.core.rules.stillness import frozen, living

_NONE = "No face in the camera picture"
_ONLY_STILL = "No face in the camera picture but one that has not moved at all for {:.0f} s"


@dataclass
class FaceMissing(CameraRule):
    """No face for longer than the candidate needs to pick up a pen.

    A face that never moves is nobody's: a print in front of an empty chair. It takes far longer to
    be sure of that than of a poster beside a candidate, for here the face is all there is to see.
    """

    name = "face_missing"
    says = "We can't see your face."
    rate_per_s = VISION_RATE

    settings: rule_settings.FaceMissing
    _frozen: bool = field(default=False, init=False)

    def read(self, observation: Observation) -> Reading | None:
        """Suspicious when the analysed picture holds no face that is alive."""
        self._frozen = frozen(self._frozen, observation)
        if not isinstance(observation, FacesSeen):
            return None
        faces = observation.faces
        alive = faces if self._frozen else living(faces, self.settings.still_after_s)
        still_s = min((face.still_s for face in faces), default=0.0)
        return Reading(
            suspicious=not alive,
            reason=_ONLY_STILL.format(still_s) if faces else _NONE,
            confidence=max((face.score for face in faces), default=1.0),
            frame=observation.frame,
        )
