from __future__ import annotations

import pytest

from proctor_desktop.core.capability import Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.session_kind import SessionKind


@pytest.mark.parametrize(
    ("platform", "environ", "word"),
    [
        ("linux", {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}, "Wayland"),
        ("linux", {}, "display"),
        ("win32", {}, "Windows"),
        ("darwin", {}, "macOS"),
    ],
)
def test_where_nothing_can_be_watched_every_ability_says_why(
    platform: str, environ: dict[str, str], word: str
) -> None:
    host = this_host(platform, environ)

    abilities = host.capabilities()

    assert {ability.name for ability in abilities} == {"focus", "screen", "displays"}
    assert all(ability.level is Level.NOT_POSSIBLE for ability in abilities)
    assert all(word.lower() in ability.reason.lower() and ability.fix for ability in abilities)
    with pytest.raises(EnvironmentProblem) as caught:
        host.open_focus_probe()
    assert caught.value.remedy


def test_an_x_server_that_does_not_answer_is_told_as_such() -> None:
    host = this_host("linux", {"DISPLAY": ":9999"})

    assert host.session is SessionKind.X11
    assert all(one.level is Level.NOT_POSSIBLE for one in host.capabilities())
    assert all(":9999" in one.reason for one in host.capabilities())
    with pytest.raises(EnvironmentProblem, match=":9999"):
        host.open_focus_probe()
