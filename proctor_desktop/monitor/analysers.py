"""Which model files this installation has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules import enabled_rules
from proctor_desktop.vision.models import ModelFiles
from proctor_desktop.weights.installed import find, require


@dataclass(frozen=True, slots=True)
class Analysers:
    """The model files for camera and microphone; ``speech`` is None where it is not installed."""

    vision: ModelFiles
    speech: Path | None

    def asked_by(self, rules: Rules) -> Analysers:
        """The same without the models that no rule of the exam asks.

        What nobody asked about is not looked at, and no face is compared for nothing.
        """
        asked = {rule.ability for rule in enabled_rules(rules)}
        silence = rules.prolonged_silence.enabled  # a voice ends a silence
        vision = replace(
            self.vision,
            objects=self.vision.objects if "objects" in asked else None,
            identity=self.vision.identity if "identity" in asked else None,
            liveness=self.vision.liveness if "liveness" in asked else None,
        )
        return Analysers(vision, self.speech if "speech" in asked or silence else None)


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
