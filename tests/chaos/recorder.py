"""Writes down what a program asks of the disk: in this process, or with strace of another one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.bench.not_measured import NotMeasured
from tests.chaos.power_model import Step

_CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat2,unlink,unlinkat,ftruncate,lseek"
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)")
_FD = re.compile(r"^-?\d+<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@contextmanager
def recorded(folder: Path) -> Iterator[list[Step]]:
    """The steps that Python code of this process takes in ``folder`` by functions of ``os``."""
    steps: list[Step] = []
    root = str(folder)

    def path_of(descriptor: int) -> str:
        return os.readlink(f"/proc/self/fd/{descriptor}")

    def note(step: Step) -> None:
        if step.path.startswith(root):
            steps.append(step)

    def watched(name: str, tell: Callable[..., None]) -> Any:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            answer = real(*args, **options)
            tell(answer, *args)
            return answer

        return patch.object(os, name, call)

    def opened(_: int, path: Any, flags: int = 0, *__: Any) -> None:
        if flags & os.O_CREAT:
            note(Step("create", str(path)))

    def wrote(count: int, descriptor: int, content: Any) -> None:
        at = os.lseek(descriptor, 0, os.SEEK_CUR) - count if _seekable(descriptor) else 0
        note(Step("write", path_of(descriptor), at, bytes(content)[:count]))

    def synced(_: None, descriptor: int) -> None:
        path = path_of(descriptor)
        note(Step("folder" if Path(path).is_dir() else "sync", path))

    def allocated(_: None, descriptor: int, __: int, size_bytes: int) -> None:
        note(Step("truncate", path_of(descriptor), size_bytes))

    with (
        watched("open", opened),
        watched("write", wrote),
        watched("fsync", synced),
        watched("ftruncate", lambda _, fd, size: note(Step("truncate", path_of(fd), size))),
        watched("posix_fallocate", allocated),
        watched("replace", lambda _, old, new: note(Step("rename", str(old), to=str(new)))),
        watched("rename", lambda _, old, new: note(Step("rename", str(old), to=str(new)))),
        watched("unlink", lambda _, path, **__: note(Step("unlink", str(path)))),
    ):
        yield steps


def _seekable(descriptor: int) -> bool:
    return Path(os.readlink(f"/proc/self/fd/{descriptor}")).is_file()


def traced(words: Sequence[str], folder: Path, log: Path) -> list[Step]:
    """The steps that another process takes in ``folder``; what it says on its output is an ack.

    Raises NotMeasured without strace.
    """
    strace = shutil.which("strace")
    if strace is None:
        raise NotMeasured("strace is not here")
    options = ["-f", "-y", "-xx", "-s", "99999999", "-e", f"trace={_CALLS}", "-o", str(log)]
    subprocess.run(
        [strace, *options, sys.executable, *words],
        check=True,
        stdout=subprocess.PIPE,
        timeout=300,
    )
    return list(_Trace(str(folder)).steps(log.read_text().splitlines()))


class _Trace:
    """Reads strace's lines; positions are followed, since a plain write does not say its own."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._positions: dict[str, int] = {}
        self._known: set[str] = set()
        self._begun: dict[str, str] = {}

    def steps(self, lines: Sequence[str]) -> Iterator[Step]:
        for line in lines:
            whole = self._joined(line)
            found = _LINE.match(whole) if whole else None
            if found and not found[3].startswith("-"):
                yield from self._step(found[1], found[2], int(found[3], 0))

    def _joined(self, line: str) -> str | None:
        """Calls of two threads at once are told in two lines each."""
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            self._begun[thread] = line.removesuffix("<unfinished ...>").rstrip()
            return None
        again = re.match(r"\d+ +<\.\.\. \w+ resumed>(.*)", line)
        return self._begun.pop(thread) + again[1] if again else line

    def _step(self, call: str, words: str, answer: int) -> Iterator[Step]:
        texts = [bytes.fromhex(t.replace("\\x", "")) for t in _TEXT.findall(words)]
        named = _FD.match(words)
        path = bytes.fromhex(named[1].replace("\\x", "")).decode() if named else ""
        if call in ("openat", "rename", "renameat2", "unlink", "unlinkat"):
            yield from self._named(call, words, [text.decode() for text in texts])
        elif call == "write" and re.match(r"1<", words):
            yield Step("ack", self._root, content=texts[0])
        elif path.startswith(self._root) and not path.endswith("-shm"):  # memory, not disk
            yield from self._on_file(call, path, words, texts, answer)

    def _named(self, call: str, words: str, paths: list[str]) -> Iterator[Step]:
        paths = [path for path in paths if path.startswith(self._root)]
        if not paths or "-shm" in paths[0]:
            return
        if call == "openat":
            self._positions[paths[0]] = 0
            if "O_CREAT" in words and paths[0] not in self._known:
                self._known.add(paths[0])
                yield Step("create", paths[0])
        elif call.startswith("unlink"):
            self._known.discard(paths[0])
            yield Step("unlink", paths[0])
        else:
            old, new = paths
            moved = [p for p in self._known if p == old or p.startswith(f"{old}/")]
            for one in moved:
                self._known.discard(one)
                self._known.add(new + one[len(old) :])
            yield Step("rename", old, to=new)

    def _on_file(
        self, call: str, path: str, words: str, texts: list[bytes], answer: int
    ) -> Iterator[Step]:
        last = words.rsplit(",", 1)[-1].strip()
        if call == "write":
            at = self._positions.get(path, 0)
            self._positions[path] = at + answer
            yield Step("write", path, at, texts[-1][:answer])
        elif call == "pwrite64":
            yield Step("write", path, int(last), texts[-1][:answer])
        elif call == "lseek":
            self._positions[path] = answer
        elif call == "ftruncate":
            yield Step("truncate", path, int(last))
        else:
            yield Step("folder" if path not in self._known else "sync", path)
