from __future__ import annotations

import pytest

from proctor_desktop.hosts.session_kind import SessionKind, session_kind


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("win32", {}, SessionKind.WINDOWS),
        ("darwin", {"DISPLAY": ":0"}, SessionKind.MACOS),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, SessionKind.X11),
        ("linux", {"DISPLAY": ":7"}, SessionKind.X11),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, SessionKind.WAYLAND),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, SessionKind.WAYLAND),
        ("linux", {"XDG_SESSION_TYPE": "tty"}, SessionKind.HEADLESS),
        ("linux", {"DISPLAY": ""}, SessionKind.HEADLESS),
    ],
)
def test_the_session_is_what_platform_and_environment_say(
    platform: str, environ: dict[str, str], expected: SessionKind
) -> None:
    assert session_kind(platform, environ) is expected
