"""The media types of the files that records name."""

from __future__ import annotations

from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
MP4: Final = "video/mp4"
OGG: Final = "audio/ogg"
BYTES: Final = "application/octet-stream"
