from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.config.paths import resource
from proctor_desktop.core.capability import Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor import software
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.recording.prefix import ReadablePrefix
from proctor_desktop.weights.installed import State, WeightStatus
from proctor_desktop.weights.manifest import Manifest, load, parse
from tests.unit.weights.samples import entry, manifest_text, sha256


def _manifest(name: str, file: str) -> Manifest:
    return parse(manifest_text(entry(name=name, file=file)))


def test_program_and_system_are_named() -> None:
    assert "Python 3." in software.program().reason
    assert "desktop session: X11" in software.system(SessionKind.X11).reason


def test_the_installed_landmarker_is_loaded() -> None:
    try:
        resource("weights", "face_landmarker.task")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    assert "right hash" in software.landmarker().reason


def test_a_landmarker_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "doctor_model.task").write_bytes(b"something else")
    monkeypatch.setenv("PROCTOR_DESKTOP_RESOURCES", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match=sha256(b"something else")):
        software.landmarker(_manifest("face_landmarker", "doctor_model.task"))


@pytest.mark.parametrize(
    ("state", "level", "word"),
    [
        (State.PRESENT, Level.DETECTED, "right hash"),
        (State.MISSING, Level.NOT_POSSIBLE, "is missing"),
        (State.CHANGED, Level.NOT_POSSIBLE, "wrong content"),
    ],
)
def test_the_portrait_is_told_by_its_state(state: State, level: Level, word: str) -> None:
    weight = _manifest("demo_portrait", "portrait.png").weight("demo_portrait")
    found = software.portrait([WeightStatus(weight, state)])
    assert found.level is level
    assert word in found.reason


def test_the_encoder_is_run_and_its_video_read_back() -> None:
    assert software.encoder().level is Level.DETECTED


def test_a_video_that_cannot_be_read_back_whole_is_not_possible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(software, "readable_frames", lambda _: ReadablePrefix(2, 64, 64, "av1"))
    found = software.encoder()
    assert found.level is Level.NOT_POSSIBLE
    assert "Of 3 encoded frames 2" in found.reason


def test_an_encoder_that_is_not_in_the_library_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no codec named libsvtav1")

    monkeypatch.setattr(software, "FragmentedVideo", refuse)
    with pytest.raises(EnvironmentProblem, match="libsvtav1"):
        software.encoder()


def test_this_installation_has_exactly_one_opencv() -> None:
    assert software.opencv().level is Level.DETECTED


@pytest.mark.parametrize(
    "installed",
    [
        {"numpy"},
        {"opencv-contrib-python"},
        {"opencv-python", "opencv-contrib-python"},
        {"opencv-python", "opencv-python-headless"},
    ],
)
def test_any_other_set_of_opencvs_is_a_gap(installed: set[str]) -> None:
    found = software.opencv(installed, frozen=False)
    assert found.level is Level.NOT_POSSIBLE
    assert found.fix


def test_a_frozen_build_carries_its_own_opencv() -> None:
    assert software.opencv(set(), frozen=True).level is Level.DETECTED


def test_without_a_display_there_is_no_exam_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(EnvironmentProblem, match="DISPLAY"):
        software.exam_window({})
    assert software.exam_window({"QT_QPA_PLATFORM": "offscreen"}).level is Level.DETECTED


def test_each_missing_optional_model_is_told_with_what_is_lost() -> None:
    statuses = [WeightStatus(one, State.MISSING) for one in load().weights]
    ability = software.optional_models(statuses)
    assert ability.level is Level.NOT_POSSIBLE
    assert "yolox_nano.onnx is missing: phones" in ability.reason
    assert "astronaut" not in ability.reason
    assert "weights sync" in ability.fix


def test_optional_models_that_are_there_are_counted() -> None:
    statuses = [WeightStatus(one, State.PRESENT) for one in load().weights]
    assert "All 5 have the right hash" in software.optional_models(statuses).reason
