"""Which model files this installation has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.weights.installed import find, require


@dataclass(frozen=True, slots=True)
class Analysers:
    """The model files for camera and microphone; ``speech`` is None where it is not installed."""

    vision: ModelFiles
    speech: Path | None


def installed() -> Analysers:
    """The models that are there.

    Raises EnvironmentProblem for one that is missing and needed, and for any whose bytes are not
    those of the manifest: a changed model is refused and never quietly left out.
    """
    return Analysers(
        ModelFiles(
            landmarker=require("face_landmarker"),
            faces_far=require("face_detector_far"),
            faces=find("face_detector"),
            objects=find("objects"),
            identity=find("identity"),
            liveness=find("liveness"),
        ),
        speech=find("speech"),
    )
