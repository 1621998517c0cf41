"""The photo that faces are compared with, across restarts of monitor.

Where files stay readable, it is read from disk again. Where they are sealed, this computer cannot
open them: then the kiosk holds the photo in memory, and hands it to a monitor that is started
again. It is on no disk, and a monitor without a kiosk says that faces are not compared any more.

What comes back is not believed: the session's record of the photo has a salted hash of what was
handed out, and a photo of anybody else is told and left out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from proctor_desktop.monitor.recent_frames import RecentFrames
from proctor_desktop.recording import still
from proctor_desktop.wire import stdio

HELD = "held"
"""The name, in the photo's record, of what was handed to the kiosk."""

_SALT_BYTES = 16


class Comparison(Protocol):
    """What compares faces with a photo."""

    def remember(self, frame: int) -> None:
        """Take the face in this frame."""
        ...

    def recall(self, photo: bytes) -> None:
        """Take the face in this JPEG."""
        ...

    def not_compared(self, reason: str) -> None:
        """Say why faces are compared with none."""
        ...


class ReferencePhoto:
    """Keeps one session's photo at hand. ``say`` is None without a kiosk."""

    def __init__(
        self,
        comparison: Comparison,
        frames: RecentFrames,
        path: Callable[[str], Path | None],
        sealed: bool,
        say: Callable[[stdio.Downward], None] | None,
    ) -> None:
        self._comparison = comparison
        self._frames = frames
        self._path = path
        self._sealed = sealed
        self._say = say
        self._awaited = ""
        self._stated: Mapping[str, Any] = {}

    def taken(self, frame: int, blob: str) -> dict[str, Any]:
        """Compare with the face in this frame, kept as ``blob``, now and after a restart.

        Returns what the photo's record has to say so that :meth:`held` knows it again.
        """
        self._comparison.remember(frame)
        picture = self._frames.find(frame)
        if not self._sealed or self._say is None or picture is None:
            return {}
        jpeg = still.jpeg(picture.image)
        self._say(stdio.HoldPhoto(blob, _text(jpeg)))
        salt = os.urandom(_SALT_BYTES)
        return {HELD: {"salt": salt.hex(), "sha256": hashlib.sha256(salt + jpeg).hexdigest()}}

    def recall(self, blob: str, stated: Mapping[str, Any]) -> None:
        """Compare faces with the photo that was kept as ``blob`` before monitor was restarted.

        ``stated`` is the data of the photo's record.
        """
        if not self._sealed:
            self._read(blob)
        elif self._say is None:
            self._comparison.not_compared(
                "the reference photo is sealed, and nobody held it in memory"
            )
        else:
            self._awaited, self._stated = blob, stated

    def held(self, photo: stdio.HeldPhoto | None) -> None:
        """Take what the kiosk held; None once the kiosk is gone."""
        awaited, self._awaited = self._awaited, ""
        if not awaited:
            return
        if photo is None or photo.blob != awaited:
            reason = "the reference photo is sealed, and the exam window did not hold it any more"
            self._comparison.not_compared(reason)
            return
        try:
            content = base64.b64decode(photo.jpeg, validate=True)
        except ValueError as problem:
            self._comparison.not_compared(f"the reference photo came back damaged ({problem})")
            return
        if not _is_stated(content, self._stated):
            self._comparison.not_compared(
                "the photo that the exam window handed back is not the one that was taken"
            )
            return
        self._comparison.recall(content)

    def _read(self, blob: str) -> None:
        path = self._path(blob)
        try:
            content = b"" if path is None else path.read_bytes()
        except OSError as problem:
            self._comparison.not_compared(f"the reference photo cannot be read ({problem})")
            return
        self._comparison.recall(content)


def _is_stated(content: bytes, stated: Mapping[str, Any]) -> bool:
    """Whether the record says that this photo was handed out; one that says nothing does not."""
    held = stated.get(HELD)
    if not isinstance(held, Mapping):
        return False
    try:
        salt = bytes.fromhex(str(held.get("salt")))
    except ValueError:
        return False
    found = hashlib.sha256(salt + content).hexdigest()
    return hmac.compare_digest(found.encode(), str(held.get("sha256")).encode())


def _text(jpeg: bytes) -> str:
    return base64.b64encode(jpeg).decode("ascii")
