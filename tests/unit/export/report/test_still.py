"""Only pictures of a known kind and a sensible size reach a browser."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctor_desktop.export.report.still import still
from tests.unit.export.report.conftest import png

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08\x01\xe0\x02\x80\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
)


def test_a_jpeg_is_shown_at_its_own_size() -> None:
    shown = still(JPEG)
    assert shown is not None
    assert (shown.width_px, shown.height_px) == (640, 480)
    assert base64.b64decode(shown.address.removeprefix("data:image/jpeg;base64,")) == JPEG


def test_a_png_is_shown_at_its_own_size() -> None:
    shown = still(png(7, 5))
    assert shown is not None
    assert (shown.width_px, shown.height_px) == (7, 5)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff",
        JPEG[:22],
        JPEG.replace(b"\x01\xe0\x02\x80", b"\xff\xff\xff\xff"),
        JPEG.replace(b"\x01\xe0\x02\x80", b"\x00\x00\x02\x80"),
        png()[:20],
        JPEG + bytes(2 * 1024 * 1024),
    ],
)
def test_anything_else_is_not_shown(content: bytes | None) -> None:
    assert still(content) is None


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_any_bytes_get_an_answer(tail: bytes) -> None:
    still(b"\xff\xd8\xff" + tail)
    still(b"\x89PNG\r\n\x1a\n" + tail)
