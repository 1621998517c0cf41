"""Adopting the segment that a killed process was writing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import av.error

from proctor_desktop.core.moment import Moment, from_rfc3339
from proctor_desktop.recording.segment import Segment
from proctor_desktop.wire.seal import MAGIC, is_sealed
from proctor_desktop.wire.unseal import BadSeal, Extent, extent

_MS_PER_S = 1000


def orphan(path: Path) -> Segment | None:
    """The segment in a ``.part`` file that nobody finished; None when no picture is in it.

    The pictures themselves are neither opened nor decoded, so no key is needed. A sealed file is
    cut behind its last whole chunk, since only that far it can be trusted. The monotonic times are
    those of the boot that the file was written in.
    """
    with path.open("rb") as file:
        sealed = is_sealed(file.read(len(MAGIC)))
    return _sealed(path) if sealed else _plain(path)


def _sealed(path: Path) -> Segment | None:
    try:
        with path.open("rb") as file:
            whole = extent(file)
        found = _as_said(path, whole)
    except (BadSeal, KeyError, TypeError, ValueError):
        return None  # killed before its header was on disk, or not one of our files
    if found is not None:
        os.truncate(path, whole.end_bytes)
    return found


def _as_said(path: Path, whole: Extent) -> Segment | None:
    """What the header and the times of the chunks say: one a picture, the end like the last one."""
    if not whole.times_ms:
        return None
    said = whole.header.about
    return Segment(
        path,
        started := _started(said),
        started.later(max(whole.times_ms) / _MS_PER_S),
        len(set(whole.times_ms)),
        int(said["width"]),
        int(said["height"]),
        str(said["codec"]),
    )


def _plain(path: Path) -> Segment | None:
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
            codec = _NAMES.get(stream.codec_context.name, stream.codec_context.name)
    except (av.error.InvalidDataError, av.error.EOFError, KeyError, IndexError, ValueError):
        return None  # killed before the first picture was on disk, or not one of our files
    if not times:
        return None
    started = _started(said)
    return Segment(path, started, started.later(max(times)), len(times), width, height, codec)


def _started(said: Mapping[str, Any]) -> Moment:
    return Moment(int(said["mono_ns"]), from_rfc3339(said["started"]))


_NAMES = {"libdav1d": "av1"}
"""What a decoder is called, where that is not the codec's name."""
