"""Where passphrases come from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.config import os_keyring, passphrase
from proctor_desktop.core.errors import EnvironmentProblem

SECRET = "correct horse battery"
KEY = Path("a.key")


class Terminal:
    """A terminal at which somebody types these lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
        self._lines: Iterator[str] = iter(lines)
        self.asked: list[str] = []
        monkeypatch.setattr(sys, "stdin", self)
        monkeypatch.setattr("getpass.getpass", self._ask)

    def isatty(self) -> bool:
        return True

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return next(self._lines)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The keyring, which is nobody's real one."""
    held: dict[str, str] = {}
    monkeypatch.setattr(os_keyring, "stored", held.get)
    return held


def found(file: Path | None = None) -> list[str | None]:
    return [source(KEY, "name") for source in passphrase.sources(file)]


def test_the_file_comes_first_then_the_keyring_then_the_terminal(
    tmp_path: Path, kept: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("from the file\nnothing else is read\n")
    kept["name"] = "from the keyring"
    terminal = Terminal(monkeypatch, "from the terminal")
    assert found(tmp_path / "secret") == ["from the file", "from the keyring", "from the terminal"]
    assert terminal.asked == ["Passphrase for a.key: "]


def test_without_any_there_is_none() -> None:
    assert found() == [None, None]


def test_a_new_one_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, SECRET, SECRET)
    assert passphrase.new(None) == SECRET
    assert len(terminal.asked) == 2


def test_a_slip_of_the_finger_makes_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    Terminal(monkeypatch, SECRET, SECRET + "x")
    with pytest.raises(EnvironmentProblem, match="not the same"):
        passphrase.new(None)


def test_one_that_is_soon_guessed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Terminal(monkeypatch, "x" * 11)
    with pytest.raises(EnvironmentProblem, match="at least 12 characters"):
        passphrase.new(None)
    (tmp_path / "secret").write_text("short\n")
    with pytest.raises(EnvironmentProblem, match="at least 12 characters"):
        passphrase.new(tmp_path / "secret")


def test_without_a_terminal_the_ways_out_are_named() -> None:
    with pytest.raises(EnvironmentProblem, match="--passphrase-file, or --no-passphrase"):
        passphrase.new(None)


def test_a_file_that_gives_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"none: the passphrase cannot be read"):
        passphrase.read(tmp_path / "none")
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    with pytest.raises(EnvironmentProblem, match=r"odd: the passphrase in it is not UTF-8"):
        passphrase.read(tmp_path / "odd")
