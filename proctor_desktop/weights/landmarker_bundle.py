"""The FaceLandmarker's ``.task`` file, put together from models of an older MediaPipe package.

The result is the same bytes on every machine: fixed dates, fixed order, nothing compressed. Each
model begins at a 16-byte boundary, because MediaPipe uses the models where they lie in the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from proctor_desktop.weights import mesh_rows

DETECTOR, LANDMARKS = "detector", "landmarks"
"""The roles that the manifest gives to the two models."""

_ENTRIES = {DETECTOR: "face_detector.tflite", LANDMARKS: "face_landmarks_detector.tflite"}
_DATE = (1980, 1, 1, 0, 0, 0)
_ALIGNMENT = 16
_LOCAL_HEADER = 30
_EXTRA_HEADER = 4
_PADDING_ID = 0xD935  # the padding field that Android's zipalign writes
_UNIX, _FILE_MODE = 3, 0o100644


def build(members: Mapping[str, bytes]) -> bytes:
    """The bundle from the members ``detector`` and ``landmarks`` (the seven-output model)."""
    from proctor_desktop.weights.attention_merge import merge  # noqa: PLC0415 - MediaPipe: 1 s

    merged = merge(members[LANDMARKS], mesh_rows.load())
    return pack({_ENTRIES[DETECTOR]: members[DETECTOR], _ENTRIES[LANDMARKS]: merged})


def pack(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP of stored, aligned entries, sorted by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            archive.writestr(_entry(name, target.tell()), entries[name])
    return target.getvalue()


def _entry(name: str, offset: int) -> zipfile.ZipInfo:
    """A header at ``offset`` that is padded so that the data after it is aligned."""
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system, info.external_attr = _UNIX, _FILE_MODE << 16
    unpadded = offset + _LOCAL_HEADER + len(name.encode()) + _EXTRA_HEADER
    padding = -unpadded % _ALIGNMENT
    info.extra = _PADDING_ID.to_bytes(2, "little") + padding.to_bytes(2, "little") + bytes(padding)
    return info
