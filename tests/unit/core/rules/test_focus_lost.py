"""The exam's window is not the active one."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, FocusChanged
from proctor_desktop.core.rules.focus_lost import FocusLost

RULE = FocusLost(policy.FocusLost())


def test_another_programs_window_is_suspicious_and_named() -> None:
    reading = RULE.read(FocusChanged(False, "notes"))
    assert reading is not None
    assert (reading.suspicious, reading.reason) == (True, "Another window is active: notes")


def test_no_active_window_at_all_is_suspicious_without_a_name() -> None:
    reading = RULE.read(FocusChanged(False, ""))
    assert reading is not None
    assert (reading.suspicious, reading.reason) == (True, "The exam window is not active")


def test_the_exams_own_window_is_not() -> None:
    reading = RULE.read(FocusChanged(True, "kiosk"))
    assert reading is not None
    assert not reading.suspicious


def test_other_observations_say_nothing() -> None:
    assert RULE.read(FacesSeen(1, ())) is None
