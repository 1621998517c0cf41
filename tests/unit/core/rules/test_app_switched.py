"""Going on from one other application to the next."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, FocusChanged
from proctor_desktop.core.rules.app_switched import AppSwitched


def suspicions(*applications: str) -> list[bool]:
    """Whether each application in turn is suspicious; "exam" is the exam's own window."""
    rule = AppSwitched(policy.AppSwitched())
    readings = [rule.read(FocusChanged(name == "exam", name)) for name in applications]
    return [reading is not None and reading.suspicious for reading in readings]


def test_the_first_application_away_from_the_exam_is_another_rules_matter() -> None:
    assert suspicions("exam", "notes", "notes") == [False, False, False]


def test_the_second_one_is_a_switch_and_coming_back_to_the_first_is_not() -> None:
    assert suspicions("exam", "notes", "chat", "mail", "notes") == [False, False, True, True, False]


def test_the_exam_in_between_starts_anew() -> None:
    assert suspicions("notes", "exam", "chat") == [False, False, False]


def test_no_active_window_is_no_application() -> None:
    assert suspicions("", "notes", "", "chat") == [False, False, False, True]


def test_the_reason_names_both_programs() -> None:
    rule = AppSwitched(policy.AppSwitched())
    rule.read(FocusChanged(False, "notes"))
    reading = rule.read(FocusChanged(False, "chat"))
    assert reading is not None
    assert reading.reason == "Switched from notes to chat"


def test_other_observations_say_nothing() -> None:
    assert AppSwitched(policy.AppSwitched()).read(FacesSeen(1, ())) is None
