"""Another camera, or something that only pretends to be one."""

from __future__ import annotations

from dataclasses import dataclass, field

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import CameraOpened, Observation, PictureSeen
from proctor_desktop.core.rules.rule import CameraRule, Reading

_SCENE = "The whole scene before the camera became another one from one moment to the next"


@dataclass
class CameraChanged(CameraRule):
    """A virtual camera, another camera than the first one, or another scene all at once.

    The first two last for as long as that camera is in use; the third is an instant.
    """

    name = "camera_changed"
    says = "This seems to be another camera, or not a real one."
    rate_per_s = None

    settings: rule_settings.CameraChanged
    _first: str = field(default="", init=False)
    _strange: str = field(default="", init=False)

    def read(self, observation: Observation) -> Reading | None:
        """What the camera that is in use is, read again with each picture."""
        match observation:
            case CameraOpened():
                self._strange = self._strangeness(observation)
                return self._state(None)
            case PictureSeen(frame=frame, replaced=True):
                return Reading(True, _SCENE, frame=frame, at_once=True)
            case PictureSeen(frame=frame):
                return self._state(frame)
            case _:
                return None

    def _state(self, frame: int | None) -> Reading:
        return Reading(bool(self._strange), self._strange, frame=frame, at_once=True)

    def _strangeness(self, camera: CameraOpened) -> str:
        if camera.virtual:
            return f"A virtual camera is in use: {camera.name or 'without a name'}"
        if not camera.name:
            return ""
        self._first = self._first or camera.name
        if camera.name == self._first:
            return ""
        return f"Another camera is in use: {camera.name} (before: {self._first})"
