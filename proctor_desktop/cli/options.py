"""What several commands have in common: kinds of words, and the data folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import click

from proctor_desktop.config import paths
from proctor_desktop.core.errors import EnvironmentProblem

Command: TypeAlias = Callable[..., None]
FILE = click.Path(path_type=Path)


def _or_default(_context: click.Context, _option: click.Parameter, given: Path | None) -> Path:
    return given or paths.default_data_folder()


DATA = click.option(
    "--data",
    type=FILE,
    callback=_or_default,
    help="Folder for sessions [default: the user's data folder].",
)

PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=FILE,
    help="File with the key's passphrase [default: the keyring, or asked for].",
)
SEALING_KEYS = click.option(
    "--key",
    "keys",
    type=FILE,
    multiple=True,
    help="Private key that opens what was sealed; can be given more than once.",
)


def existing(file: Path) -> Path:
    """The file, if it is one; raises EnvironmentProblem otherwise."""
    if not file.is_file():
        raise EnvironmentProblem(str(file), "there is no such file", "Check the path.")
    return file


def write(path: Path, text: str) -> None:
    """Write a text file; raises EnvironmentProblem where that is not possible."""
    try:
        path.write_text(text, "utf-8")
    except OSError as problem:
        raise EnvironmentProblem(
            str(path), f"it cannot be written ({problem.strerror})", "Choose another place."
        ) from problem
