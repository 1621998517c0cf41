"""What a ``segment`` record says about a piece of screen video."""

from __future__ import annotations

from typing import Any

from proctor_desktop.core.moment import rfc3339
from proctor_desktop.recording.segment import Segment


def segment_data(segment: Segment, programs: tuple[str, ...] = ()) -> dict[str, Any]:
    """The ``data`` of the record that names the segment's file.

    ``programs`` are the names of those that were active meanwhile; never what they showed,
    unless the exam wants the titles of their windows.
    """
    data: dict[str, Any] = {
        "source": "screen",
        "started": rfc3339(segment.started.wall_utc),
        "ended": rfc3339(segment.ended.wall_utc),
        "frames": segment.frames,
        "width": segment.width,
        "height": segment.height,
        "codec": segment.codec,
    }
    names = {"programs": list(programs), "titles": list(segment.titles)}
    return data | {what: found for what, found in names.items() if found}
