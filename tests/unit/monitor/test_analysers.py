"""Which model files this installation has."""

from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core import rule_settings
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import Rules
from proctor_desktop.monitor import analysers as module
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.weights import installed as weights
from proctor_desktop.weights.manifest import load

NEEDED = ("face_landmarker", "face_detector_far")
OPTIONAL = ("face_detector", "objects", "identity", "liveness", "speech")


class Store:
    """A folder of models in place of the installed ones."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._manifest = load()
        self.fine: set[str] = set()
        monkeypatch.setattr(weights, "_find", self._find)
        monkeypatch.setattr(weights, "_sha256", self._sha256)

    def add(self, *names: str, damaged: bool = False) -> None:
        for name in names:
            path = self.folder / self._manifest.weight(name).file
            path.write_bytes(name.encode())
            if not damaged:
                self.fine.add(path.name)

    def path(self, name: str) -> Path:
        return self.folder / self._manifest.weight(name).file

    def _find(self, file: str, _: Path | None) -> Path | None:
        path = self.folder / file
        return path if path.exists() else None

    def _sha256(self, path: Path) -> str:
        known = {weight.file: weight.sha256 for weight in self._manifest.weights}
        return known[path.name] if path.name in self.fine else "0" * 64


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def test_what_is_there_is_used_and_what_is_not_is_left_out(store: Store) -> None:
    store.add(*NEEDED, "objects")
    found = installed()
    assert found.vision.landmarker == store.path("face_landmarker")
    assert found.vision.faces_far == store.path("face_detector_far")
    assert found.vision.objects == store.path("objects")
    assert (found.vision.faces, found.vision.identity, found.vision.liveness) == (None,) * 3
    assert found.speech is None


def test_each_model_has_its_own_place(store: Store) -> None:
    store.add(*NEEDED, *OPTIONAL)
    found = module.installed()
    vision = found.vision
    files = (vision.faces, vision.objects, vision.identity, vision.liveness, found.speech)
    assert files == tuple(store.path(name) for name in OPTIONAL)


def test_a_model_that_no_rule_asks_is_not_used(store: Store) -> None:
    store.add(*NEEDED, *OPTIONAL)
    off = Rules(
        suspicious_object=rule_settings.SuspiciousObject(enabled=False),
        identity_mismatch=rule_settings.IdentityMismatch(enabled=False),
        spoof_suspected=rule_settings.SpoofSuspected(enabled=False),
        voice_detected=rule_settings.VoiceDetected(enabled=False),
        prolonged_silence=rule_settings.ProlongedSilence(enabled=False),
    )
    asked = installed().asked_by(off)
    vision = asked.vision
    assert (vision.objects, vision.identity, vision.liveness, asked.speech) == (None,) * 4
    assert vision.faces == store.path("face_detector")
    assert installed().asked_by(Rules()) == installed()


def test_a_voice_ends_a_silence_so_speech_is_heard_for_either(store: Store) -> None:
    store.add(*NEEDED, *OPTIONAL)
    off = Rules(voice_detected=rule_settings.VoiceDetected(enabled=False))
    assert installed().asked_by(off).speech == store.path("speech")


@pytest.mark.parametrize("name", NEEDED)
def test_without_a_model_that_is_needed_nothing_begins(store: Store, name: str) -> None:
    store.add(*(set(NEEDED) - {name}), *OPTIONAL)
    with pytest.raises(EnvironmentProblem, match=store.path(name).name):
        installed()


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_damaged_model_is_refused_and_not_quietly_left_out(store: Store, name: str) -> None:
    """To go on as if it were missing would let somebody switch a check off."""
    store.add(*NEEDED, *(set(OPTIONAL) - {name}))
    store.add(name, damaged=True)
    with pytest.raises(EnvironmentProblem, match="weights list") as refused:
        installed()
    assert str(store.path(name)) in str(refused.value)
