from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from proctor_desktop.core.capability import Level
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts import this_host
from proctor_desktop.hosts.focus import ActiveWindow
from proctor_desktop.hosts.x11_focus import X11FocusProbe, program_name
from tests.fakes.x_display import focused_window, x_display


def _after_change(probe: X11FocusProbe, wanted_pid: int | None) -> ActiveWindow | None:
    """The active window once it belongs to ``wanted_pid``; each wait is for an announcement."""
    for _ in range(20):
        window = probe.active()
        if (window.pid if window else None) == wanted_pid:
            return window
        probe.wait(5)
    pytest.fail(f"process {wanted_pid} did not become active")


@pytest.mark.x11
def test_the_active_windows_program_is_told_as_it_changes() -> None:
    with x_display() as display:
        probe = X11FocusProbe(display)
        try:
            assert probe.active() is None
            with focused_window(display) as first:
                window = _after_change(probe, first)
                assert window is not None
                assert window.application.startswith("python")
                with focused_window(display) as second:
                    assert _after_change(probe, second) is not None
                assert _after_change(probe, first) is not None
            assert _after_change(probe, None) is None
        finally:
            probe.close()


@pytest.mark.x11
def test_wake_ends_a_wait_from_another_thread() -> None:
    with x_display() as display:
        probe = X11FocusProbe(display)
        waiter = threading.Thread(target=probe.wait, args=(3600,))
        waiter.start()
        probe.wake()
        waiter.join(10)
        assert not waiter.is_alive()
        probe.close()


@pytest.mark.x11
def test_an_x_server_that_goes_away_is_told() -> None:
    with x_display() as display:
        probe = X11FocusProbe(display)
    with pytest.raises(EnvironmentProblem, match="lost"):
        probe.active()
    with pytest.raises(EnvironmentProblem, match="lost"):
        probe.wait(5)
    probe.close()


@pytest.mark.x11
def test_without_a_window_manager_nobody_knows_the_active_window() -> None:
    with x_display(window_manager=False) as display:
        host = this_host("linux", {"DISPLAY": display})

        levels = {ability.name: ability for ability in host.capabilities()}

        assert levels["focus"].level is Level.NOT_POSSIBLE
        assert "window manager" in levels["focus"].reason
        assert levels["screen"].level is Level.DETECTED
        with pytest.raises(EnvironmentProblem, match="window manager"):
            host.open_focus_probe()


@pytest.mark.x11
def test_with_a_window_manager_focus_is_detected() -> None:
    with x_display() as display:
        abilities = this_host("linux", {"DISPLAY": display}).capabilities()
        assert {one.name for one in abilities if one.level is Level.DETECTED} == {"focus", "screen"}


def test_a_program_is_named_by_its_file_and_else_by_the_kernel(tmp_path: Path) -> None:
    for pid in ("11", "12"):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "comm").write_text("kernel-name\n")
    os.symlink("/usr/lib/firefox/firefox (deleted)", tmp_path / "11" / "exe")

    assert program_name(11, tmp_path) == "firefox"
    assert program_name(12, tmp_path) == "kernel-name"
    assert program_name(13, tmp_path) == ""
