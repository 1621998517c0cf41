"""The operating system's keyring, stood in for by one in memory."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from proctor_desktop.config import os_keyring


class InMemory(KeyringBackend):
    """A keyring that works, unless it is locked or keeps everything in the open."""

    priority = 5  # type: ignore[assignment]

    def __init__(self, *, safe: bool = True, locked: bool = False) -> None:
        super().__init__()
        self.priority = 5 if safe else 0.5  # type: ignore[assignment]
        self.locked = locked
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("it is locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("it is locked")
        self.held[service, username] = password


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_what_is_kept_is_found_again() -> None:
    keyring.set_keyring(InMemory())
    assert os_keyring.stored("a key") is None
    assert os_keyring.store("a key", "a secret") == ""
    assert os_keyring.stored("a key") == "a secret"


def test_a_keyring_that_keeps_things_in_the_open_is_not_used() -> None:
    there = InMemory(safe=False)
    there.held["proctor-desktop", "a key"] = "a secret"
    keyring.set_keyring(there)
    assert "no keyring" in os_keyring.store("another", "a secret")
    assert os_keyring.stored("a key") is None
    assert len(there.held) == 1


def test_one_that_is_locked_says_so_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    keyring.set_keyring(InMemory(locked=True))
    assert "it is locked" in os_keyring.store("a key", "a secret")
    assert os_keyring.stored("a key") is None
    assert "it is locked" in caplog.text
