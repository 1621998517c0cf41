"""Changes of an X11 screen as the server tells them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.x11_damage import X11Damage
from proctor_desktop.hosts.x11_focus import connect
from tests.fakes.x_display import focused_window, x_display

pytestmark = pytest.mark.x11


@pytest.fixture
def display() -> Iterator[str]:
    with x_display("640x480") as name:
        yield name


def settled(damage: X11Damage) -> None:
    """Wait until nobody draws any more."""
    while damage.drawn():
        time.sleep(0.2)


def test_the_first_look_finds_something_and_an_idle_screen_nothing(display: str) -> None:
    damage = X11Damage(display)
    assert damage.drawn()
    settled(damage)
    assert not damage.drawn()
    damage.close()
    damage.close()


def test_a_window_of_any_program_is_a_drawing_and_is_told_once(display: str) -> None:
    damage = X11Damage(display)
    settled(damage)
    with focused_window(display):
        for _ in range(200):
            if damage.drawn():
                break
            time.sleep(0.05)
        else:
            pytest.fail("the window was not told")
        settled(damage)
    damage.close()


def test_the_pointer_is_asked_for(display: str) -> None:
    damage = X11Damage(display)
    assert damage.pointer() == (320, 240)
    damage.close()


def test_a_server_that_left_is_a_problem_with_words() -> None:
    with x_display("640x480") as name:
        damage = X11Damage(name)
    with pytest.raises(EnvironmentProblem, match="was lost"):
        damage.drawn()
    damage.close()


@pytest.mark.parametrize(
    ("named", "kind", "encoding"),
    [
        ("_NET_WM_NAME", "UTF8_STRING", "utf-8"),
        ("WM_NAME", "STRING", "latin-1"),
        ("WM_NAME", "UTF8_STRING", "utf-8"),
    ],
)
def test_the_active_windows_title_is_told(
    display: str, named: str, kind: str, encoding: str
) -> None:
    damage = X11Damage(display)
    assert damage.title() == ""
    root = connect(display)
    screen = root.screen()
    window = screen.root.create_window(0, 0, 100, 50, 0, screen.root_depth)
    name, kind_of_text = root.intern_atom(named), root.intern_atom(kind)
    window.change_property(name, kind_of_text, 8, "Réponses".encode(encoding))
    window.set_wm_hints(flags=1, input=1)
    for attempt in range(200):
        if attempt % 40 == 0:  # a window manager that is just starting activates no window
            window.unmap()
            window.map()
            root.sync()
        if damage.title():
            break
        time.sleep(0.05)
    assert damage.title() == "Réponses"
    damage.close()
    root.close()
