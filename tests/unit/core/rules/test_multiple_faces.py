"""More than one person in front of the camera."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FocusChanged
from proctor_desktop.core.rules.multiple_faces import MultipleFaces
from tests.playbook import faces

RULE = MultipleFaces(policy.MultipleFaces(analyses=4))


def test_it_is_suspicious_from_the_second_face_on() -> None:
    readings = [RULE.read(faces(1, count)) for count in (0, 1, 2, 3)]
    assert [reading is not None and reading.suspicious for reading in readings] == [
        False,
        False,
        True,
        True,
    ]


def test_it_is_as_sure_as_the_least_sure_of_the_faces() -> None:
    reading = RULE.read(faces(1, 2))
    assert reading is not None
    assert (reading.confidence, reading.measured, reading.reason) == (
        0.8,
        2.0,
        "2 faces in the camera picture",
    )


def test_the_exam_says_how_many_pictures_in_a_row_it_takes() -> None:
    assert RULE.after_readings == 4


def test_other_observations_say_nothing() -> None:
    assert RULE.read(FocusChanged(True, "exam")) is None
