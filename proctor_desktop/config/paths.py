"""Where the program's own files and its data live.

One function, :func:`resource`, finds ``assets/`` and ``weights/`` in a checkout, in an installed
wheel and in a frozen build, so that nothing else needs to know which of them it runs in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from proctor_desktop.config.remedy import SYNC_OR_INSTALL
from proctor_desktop.core.errors import EnvironmentProblem

APP_NAME = "proctor-desktop"
_PACKAGE = Path(__file__).resolve().parent.parent


def resource_roots() -> Iterator[Path]:
    """Folders that may hold ``assets/`` and ``weights/``, most specific first."""
    override = os.environ.get("PROCTOR_DESKTOP_RESOURCES")
    if override:
        yield Path(override)
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        yield Path(frozen)
    if is_checkout():
        yield _PACKAGE.parent
    yield _PACKAGE / "_resources"
    yield Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def is_checkout() -> bool:
    """True when the package runs from a source tree (its ``pyproject.toml`` is beside it)."""
    return (_PACKAGE.parent / "pyproject.toml").is_file()


def resource(*parts: str) -> Path:
    """The path of a file such as ``resource("assets", "reference_face.npz")``.

    Raises EnvironmentProblem if no root has it.
    """
    for root in resource_roots():
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise EnvironmentProblem(
        "/".join(parts),
        "the file is in none of the program's folders",
        SYNC_OR_INSTALL,
    )


def weights_store() -> Path:
    """The folder that ``weights sync`` writes models to; it may not exist yet."""
    override = os.environ.get("PROCTOR_DESKTOP_RESOURCES")
    if override:
        return Path(override) / "weights"
    if is_checkout():
        return _PACKAGE.parent / "weights"
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "weights"


def default_data_folder() -> Path:
    """Where sessions are kept when no ``--data`` is given."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "sessions"
