"""Finding the program's own files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from proctor_desktop.config import paths
from proctor_desktop.core.errors import EnvironmentProblem
from tests.conftest import CHECKOUT


def make(root: Path, name: str) -> Path:
    """A file in a folder of resources."""
    path = root / "assets" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    return path


def test_a_checkouts_own_assets_are_found() -> None:
    assert paths.is_checkout()
    assert paths.resource("assets", "reference_face.npz").is_relative_to(CHECKOUT)


def test_a_folder_named_by_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = make(tmp_path, "reference_face.npz")
    monkeypatch.setenv("PROCTOR_DESKTOP_RESOURCES", str(tmp_path))
    assert paths.resource("assets", "reference_face.npz") == wanted
    assert paths.weights_store() == tmp_path / "weights"


def test_a_frozen_build_looks_into_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = make(tmp_path, "frozen.bin")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resource("assets", "frozen.bin") == wanted


def test_an_installed_wheel_looks_into_its_package_and_keeps_weights_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "proctor_desktop"
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    wanted = make(package / "_resources", "reference_face.npz")
    assert not paths.is_checkout()
    assert paths.resource("assets", "reference_face.npz") == wanted
    assert not paths.weights_store().is_relative_to(package)


def test_a_file_that_is_nowhere_is_named_with_a_remedy() -> None:
    with pytest.raises(EnvironmentProblem, match=r"assets/none\.bin: .*weights sync"):
        paths.resource("assets", "none.bin")


def test_sessions_are_kept_in_a_folder_of_their_own() -> None:
    assert paths.default_data_folder().parts[-2:] == ("proctor-desktop", "sessions")
