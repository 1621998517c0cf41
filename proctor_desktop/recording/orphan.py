"""Adopting the segment that a killed process was writing."""

from __future__ import annotations

import json
from pathlib import Path

import av
import av.error

from proctor_desktop.core.moment import Moment, from_rfc3339
from proctor_desktop.recording.segment import Segment


def orphan(path: Path) -> Segment | None:
    """The segment in a ``.part`` file that nobody finished; None when no picture is in it.

    The pictures themselves are not decoded. The monotonic times are those of the boot that the
    file was written in.
    """
    try:
        with av.open(str(path), "r") as container:
            said = json.loads(container.metadata["comment"])
            stream = container.streams.video[0]
            times = [
                float(packet.pts * packet.time_base)
                for packet in container.demux(stream)
                if packet.pts is not None and packet.time_base is not None and packet.size
            ]
            width, height = stream.width, stream.height
    except (av.error.InvalidDataError, av.error.EOFError, KeyError, IndexError, ValueError):
        return None  # killed before the first picture was on disk, or not one of our files
    if not times:
        return None
    started = Moment(int(said["mono_ns"]), from_rfc3339(said["started"]))
    return Segment(path, started, started.later(max(times)), len(times), width, height)
