"""Another camera, or something that only pretends to be one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from proctor_desktop.core import rule_settings
from proctor_desktop.core.observation import CameraOpened, Observation, PictureSeen, Source
from proctor_desktop.core.rules.rule import Needs, Reading

_SCENE = "The whole scene before the camera became another one from one moment to the next"


@dataclass
class CameraChanged:
    """A virtual camera, another camera than the first one, or another scene all at once.

    The first two last for as long as that camera is in use; the third is an instant.
    """

    name: ClassVar[str] = "camera_changed"
    source: ClassVar[Source] = Source.CAMERA
    rate_per_s: ClassVar[float | None] = None
    bridges_s: ClassVar[float] = 0.0
    ability: ClassVar[str] = "camera"
    keeps_still: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    says: ClassVar[str] = "The camera picture is another one all at once."

    settings: rule_settings.CameraChanged
    after_readings: int = 1
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
