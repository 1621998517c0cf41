"""Nobody in front of the camera."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FocusChanged
from proctor_desktop.core.rules.face_missing import FaceMissing
from tests.playbook import faces

RULE = FaceMissing(policy.FaceMissing())


def test_only_a_picture_without_any_face_is_suspicious() -> None:
    readings = [RULE.read(faces(7, count)) for count in (0, 1, 2)]
    assert [reading is not None and reading.suspicious for reading in readings] == [
        True,
        False,
        False,
    ]


def test_the_reading_names_its_picture_and_measures_time() -> None:
    reading = RULE.read(faces(7, 0))
    assert reading is not None
    assert (reading.frame, reading.measured, reading.unit) == (7, None, "s")


def test_other_observations_say_nothing() -> None:
    assert RULE.read(FocusChanged(True, "exam")) is None
