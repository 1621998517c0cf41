"""Where the passphrase of a key comes from: a file that was named, the keyring, the terminal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from proctor_desktop.config import os_keyring
from proctor_desktop.core.errors import EnvironmentProblem

MIN_CHARS = 12
_MAX_FILE_BYTES = 4096

Source: TypeAlias = Callable[[Path, str], str | None]
"""Gives the passphrase of the key in a file, which the keyring knows by a name, or None."""


def sources(file: Path | None = None) -> Sequence[Source]:
    """Every way to a passphrase, in the order in which they are tried."""
    named: list[Source] = [] if file is None else [lambda _path, _name: read(file)]
    return (*named, lambda _path, name: os_keyring.stored(name), _asked)


def read(file: Path) -> str:
    """The passphrase in a file: its first line. Raises EnvironmentProblem for one that is none."""
    try:
        with file.open("rb") as source:
            text = source.read(_MAX_FILE_BYTES).decode("utf-8").split("\n")[0].rstrip("\r")
    except OSError as problem:
        reason = f"the passphrase cannot be read ({problem.strerror})"
        raise EnvironmentProblem(str(file), reason, "Check the path.") from problem
    except UnicodeDecodeError as problem:
        raise EnvironmentProblem(
            str(file), "the passphrase in it is not UTF-8 text", "Write it as a line of text."
        ) from problem
    return text


def new(file: Path | None) -> str:
    """A passphrase for a new key, from ``file`` or asked for twice; raises EnvironmentProblem."""
    if file is not None:
        return _long_enough(read(file), str(file))
    if not _has_terminal():
        raise EnvironmentProblem(
            "passphrase",
            "there is no terminal to ask for one",
            "Give --passphrase-file, or --no-passphrase for a key that anybody can use who gets "
            "hold of its file.",
        )
    first = _long_enough(getpass.getpass("Passphrase for the new key: "), "passphrase")
    if getpass.getpass("The same again: ") != first:
        raise EnvironmentProblem(
            "passphrase", "the two are not the same", "Start again; no key has been made."
        )
    return first


def _asked(path: Path, _name: str) -> str | None:
    return getpass.getpass(f"Passphrase for {path}: ") if _has_terminal() else None


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _long_enough(text: str, where: str) -> str:
    if len(text) < MIN_CHARS:
        raise EnvironmentProblem(
            where,
            f"a passphrase has at least {MIN_CHARS} characters",
            "Choose some words that do not go together.",
        )
    return text
