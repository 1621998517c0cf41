"""A disk that remembers what was brought to it, and forgets the rest when the power goes.

Content counts once its file was synced, names once their folder was. What was written and not
synced may be there, in part or not: three answers are tried at every point.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the program asked of the system.

    ``what`` is create, write, truncate, sync, folder, rename, unlink or ack; a rename goes ``to``.
    """

    what: str
    path: str
    at: int = 0
    content: bytes = b""
    to: str = ""


class Survives(StrEnum):
    """What is left of what was not synced."""

    NOTHING = "nothing"
    ALL = "all"
    SOME = "some"


@dataclass
class _File:
    live: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    since: list[Step] = field(default_factory=list)


class Disk:
    """What is on it now, and what a power cut would leave."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._durable: dict[str, _File] = {}
        self._pending: list[tuple[str, str, _File | None]] = []

    def do(self, step: Step) -> None:
        """Carry one step out."""
        match step.what:
            case "create":
                self._name(step.path, _File())
            case "write" | "truncate":
                file = self._names[step.path]
                _apply(file.live, step)
                file.since.append(step)
            case "sync":
                file = self._names[step.path]
                file.synced, file.since = bytes(file.live), []
            case "rename":
                for path in [p for p in self._names if _is_in(p, step.path)]:
                    self._name(step.to + path[len(step.path) :], self._names[path])
                    self._name(path, None)
            case "unlink":
                self._name(step.path, None)
            case "folder":
                self._settle(step.path)

    def cut(self, survives: Survives, draw: random.Random) -> dict[str, bytes]:
        """The files that are there when the power is back."""
        names = dict(self._durable)
        if survives is not Survives.NOTHING:
            many = len(self._pending)
            for path, _, file in self._pending[
                : draw.randint(0, many) if _some(survives) else many
            ]:
                _put(names, path, file)
        return {path: _content(file, survives, draw) for path, file in names.items()}

    def _name(self, path: str, file: _File | None) -> None:
        _put(self._names, path, file)
        self._pending.append((path, str(Path(path).parent), file))

    def _settle(self, folder: str) -> None:
        """Names in ``folder`` are durable; a folder that was renamed takes what is in it along."""
        left = []
        for path, parent, file in self._pending:
            if parent == folder or parent.startswith(f"{folder}/"):
                _put(self._durable, path, file)
            else:
                left.append((path, parent, file))
        self._pending = left


def states(
    steps: list[Step], draw: random.Random, every: int = 1
) -> Iterator[tuple[int, Survives, dict[str, bytes]]]:
    """Behind each step, or each ``every``-th, what the disk may hold after a power cut there."""
    disk = Disk()
    for number, step in enumerate(steps):
        disk.do(step)
        if step.what != "ack" and number % every == 0:
            for survives in Survives:
                yield number, survives, disk.cut(survives, draw)


def _some(survives: Survives) -> bool:
    return survives is Survives.SOME


def _put(names: dict[str, _File], path: str, file: _File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.at :]
        content.extend(bytes(step.at - len(content)))
        return
    content.extend(bytes(max(0, step.at - len(content))))
    content[step.at : step.at + len(step.content)] = step.content


def _content(file: _File, survives: Survives, draw: random.Random) -> bytes:
    """The synced content with all, none, or some of what came since; the last of it torn."""
    if survives is Survives.NOTHING:
        return file.synced
    if survives is Survives.ALL:
        return bytes(file.live)
    content = bytearray(file.synced)
    for step in file.since:
        if draw.random() < 0.5:
            cut = draw.randint(0, len(step.content))
            torn = Step(step.what, step.path, step.at, step.content[:cut])
            _apply(content, torn if draw.random() < 0.5 else step)
    return bytes(content)
