"""The folder that a site without a package index names: finished files, or wheels to take apart."""

from __future__ import annotations

import os
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem

FOLDER_VARIABLE = "PROCTOR_DESKTOP_WEIGHTS_FROM"
"""The environment variable that names it."""


def site_folder() -> Path | None:
    """The folder that FOLDER_VARIABLE names, if it names one; what is no folder is refused."""
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise EnvironmentProblem(
            f"{FOLDER_VARIABLE}={named}", "it is not a folder", "Correct the variable or unset it."
        )
    return folder
