from __future__ import annotations

import threading

import pytest

from proctor_desktop.core.capability import Capability
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor.probe import Probe, ask, within, works


def test_what_is_found_is_told() -> None:
    finding = ask(Probe("clock", False, lambda: works("clock", "It runs.")))
    assert finding.works
    assert not finding.required


def test_a_problem_becomes_reason_and_fix() -> None:
    def look() -> Capability:
        raise EnvironmentProblem("camera 0", "another program is using it", "Close it.")

    finding = ask(Probe("camera", True, look))
    assert not finding.works
    assert finding.required
    assert finding.capability.reason == "Camera 0: another program is using it."
    assert finding.capability.fix == "Close it."


def test_a_problem_does_not_repeat_the_name_of_its_row() -> None:
    def look() -> Capability:
        raise EnvironmentProblem("microphone", "this computer has none", "Plug one in.")

    assert ask(Probe("microphone", True, look)).capability.reason == "This computer has none."


def test_a_bug_is_shown_with_type_message_and_place() -> None:
    def look() -> Capability:
        raise ZeroDivisionError("a bug of ours")

    finding = ask(Probe("clock", True, look))
    assert not finding.works
    assert "ZeroDivisionError: a bug of ours" in finding.capability.reason
    assert "test_probe.py" in finding.capability.reason
    assert "fault of the program" in finding.capability.fix


def test_a_driver_that_hangs_is_left_behind() -> None:
    release = threading.Event()
    try:
        with pytest.raises(EnvironmentProblem, match="did not answer"):
            within(0.01, "camera 0", release.wait)
    finally:
        release.set()


def test_what_is_raised_in_time_comes_through() -> None:
    def look() -> None:
        raise TimeoutError("the device's own")

    assert within(5.0, "camera 0", lambda: 7) == 7
    with pytest.raises(TimeoutError, match="the device's own"):
        within(5.0, "camera 0", look)
