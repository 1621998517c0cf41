"""One stretch of screen video, while it is written and when it is done."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.recording.canvas import Canvas, Change
from proctor_desktop.recording.codec import SCREEN, Codec
from proctor_desktop.recording.encoder import FragmentedVideo, SegmentFull
from proctor_desktop.recording.sealed_file import SealedFile
from proctor_desktop.recording.segment_file import Sink
from proctor_desktop.wire.rest import MAX_BLOB_BYTES
from proctor_desktop.wire.seal import Recipients

ShownFrame: TypeAlias = Frame[Canvas]
"""What the screen showed, as it stands on the canvas at that moment."""

LIMIT_BYTES = MAX_BLOB_BYTES * 9 // 10
"""Room is left for the seal and for the end of the file."""

_SYNC_EVERY_S = 1.0
_REPEAT_EVERY_S = 10.0
_STILL_AT_MOST_S = 600.0
_CHANGING_AT_MOST_S = 60.0
_STANDS_ALONE_AT_MOST_EVERY_S = 5.0
"""A film would else be another page each time."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished file of screen video: from its first frame's moment to its last one's.

    ``frames`` counts the pictures in the file: a screen that stands still is not stored again.
    """

    path: Path
    started: Moment
    ended: Moment
    frames: int
    width: int
    height: int
    codec: str = SCREEN.name
    seals: str = ""
    """The salted hash of the content, where the file is sealed and complete."""

    titles: tuple[str, ...] = ()
    """Of the windows that were active meanwhile, where the exam wants them."""


class OpenSegment:
    """A segment that frames are still added to.

    Each picture is on its way to the disk when it has been added. Of pictures that are the same as
    the one before, only a few are encoded: one every ten seconds, so that a crash costs little of
    the time that the screen stood still; and the last, so that the video lasts as long as it did.
    """

    def __init__(
        self,
        folder: Path,
        first: ShownFrame,
        frames_per_s: float,
        open_file: Callable[[Path], Sink],
        to: Recipients,
        codec: Codec = SCREEN,
    ) -> None:
        """Make the file for ``first`` and those after it, not adding it yet; raises OSError.

        It is sealed if there is anybody to seal it ``to``.
        """
        self.size_px = width, height = first.image.size_px
        self.started = self._seen = self._synced = self._stood_alone = first.moment
        self._encoded: list[Moment] = []
        self.path = folder / f"{uuid.uuid4()}.part"
        about = comment(first.moment)
        form = {"width": width, "height": height, "codec": codec.name}
        self._file = open_file(self.path)
        if to:
            self._file = SealedFile(self._file, to, about | form)
        self._video = FragmentedVideo(
            self._file, width, height, frames_per_s, json.dumps(about), LIMIT_BYTES, codec=codec
        )
        self._codec = codec
        self._shown = first.image
        self._unsynced = False
        self._waiting: Moment | None = None

    @property
    def frames(self) -> int:
        """How many pictures were encoded."""
        return len(self._encoded)

    @property
    def last_seen(self) -> Moment:
        """Up to when it is known what the screen showed."""
        return self._seen

    def is_over(
        self, moment: Moment, size_px: tuple[int, int], change: Change, segment_s: float
    ) -> bool:
        """Whether a picture with this change had better begin another segment.

        A segment's first picture stands alone and weighs as much as a minute of typing. So after
        ``segment_s`` the next page begins a new one, or a minute is over; and while the screen
        stands still, ten.
        """
        age_s = moment.since_s(self.started)
        if size_px != self.size_px:
            return True
        if age_s < segment_s:
            return False
        if not change.share:
            return age_s >= _STILL_AT_MOST_S
        return age_s >= _CHANGING_AT_MOST_S or change.is_another_page

    def add(self, frame: ShownFrame) -> None:
        """Take the next frame, of the same size; raises OSError and SegmentFull."""
        self._shown = frame.image
        if self._encoded and not self._shown.changed and not self._repeat_is_due(frame.moment):
            self._waiting = frame.moment
        else:
            self._encode(frame.moment)
        self._seen = frame.moment
        self._sync(frame.moment)

    def finish(self) -> Segment:
        """Complete the file and bring it to disk; raises OSError.

        To be called before the canvas is painted on, or the last, still picture is not repeated.
        """
        with suppress(SegmentFull):  # only the length of the last, still picture is lost
            if self._waiting is not None and not self._shown.changed:
                self._encode(self._waiting)
        self._video.close()
        self._file.sync()
        self._file.close()
        return self._segment(self._seen, self.frames)

    def salvage(self) -> Segment | None:
        """What reached the disk before a failure; None (and no file) when no picture did."""
        self._video.abandon()
        self._file.close()
        if self._encoded:
            return self._segment(self._encoded[-1], self.frames)
        self.path.unlink(missing_ok=True)
        return None

    def _repeat_is_due(self, moment: Moment) -> bool:
        return moment.since_s(self._encoded[-1]) >= _REPEAT_EVERY_S

    def _encode(self, moment: Moment) -> None:
        self._waiting = None
        stands_alone = self._shown.is_another_page and (
            moment.since_s(self._stood_alone) >= _STANDS_ALONE_AT_MOST_EVERY_S
        )
        if stands_alone:
            self._stood_alone = moment
        at_s = moment.since_s(self.started)
        self._video.write_encodable(self._shown.picture, at_s, stands_alone=stands_alone)
        self._shown.encoded()
        self._encoded.append(moment)
        self._unsynced = True

    def _sync(self, moment: Moment) -> None:
        if self._unsynced and moment.since_s(self._synced) >= _SYNC_EVERY_S:
            self._file.sync()
            self._synced, self._unsynced = moment, False

    def _segment(self, ended: Moment, frames: int) -> Segment:
        width_px, height_px = self._video.width_px, self._video.height_px
        return Segment(
            self.path,
            self.started,
            ended,
            frames,
            width_px,
            height_px,
            self._codec.name,
            seals=self._file.seals,
        )


def comment(started: Moment) -> dict[str, Any]:
    """What the file says about itself, so that it can be adopted after a crash."""
    return {"started": rfc3339(started.wall_utc), "mono_ns": started.mono_ns}
