"""A phone, a book or another screen."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import FacesSeen, ObjectBox, ObjectsSeen
from proctor_desktop.core.rules.suspicious_object import SuspiciousObject
from tests.playbook import Playbook, ended, nothing, started


def verdicts(rule: SuspiciousObject, *pictures: tuple[tuple[str, float], ...]) -> list[bool]:
    """Whether each picture in turn makes the rule suspicious."""
    told = []
    for picture in pictures:
        found = tuple(ObjectBox(label, 0.1, 0.1, 0.2, 0.2, score) for label, score in picture)
        reading = rule.read(ObjectsSeen(1, found))
        assert reading is not None
        told.append(reading.suspicious)
    return told


def rule(**settings: object) -> SuspiciousObject:
    return SuspiciousObject(policy.SuspiciousObject(**settings))  # type: ignore[arg-type]


def test_a_phone_in_the_third_picture_is_told_by_name_with_its_score() -> None:
    play = Playbook().until(10).until(16, objects=("phone",)).until(30)
    play.expects(started("suspicious_object", at=13), ended("suspicious_object", at=19, within=1))
    start = play.start_of("suspicious_object")
    assert "phone (3 of the last 5 pictures, score 80%)" in start["reason"]
    assert (start["measured"], start["threshold"], start["confidence"]) == (0.8, 0.5, 0.8)


def test_one_false_find_in_five_pictures_is_nothing() -> None:
    play = Playbook()
    for start in range(5, 105, 5):
        play.until(start).until(start + 1, objects=("phone",))
    play.expects(nothing)


def test_three_of_five_need_not_be_in_a_row() -> None:
    phone, none = (("phone", 0.9),), ()
    assert verdicts(rule(), phone, none, phone, none, phone) == [False] * 4 + [True]
    assert verdicts(rule(), phone, none, phone, none, none, phone) == [False] * 6


def test_three_kinds_once_each_are_three_errors() -> None:
    assert not any(verdicts(rule(), (("phone", 0.9),), (("book", 0.9),), (("laptop", 0.9),)))


def test_two_objects_are_both_named() -> None:
    play = Playbook().until(10).until(14, objects=("phone", "book"))
    reason = play.start_of("suspicious_object")["reason"]
    assert "phone (" in reason
    assert "book (" in reason


def test_what_the_exam_does_not_ask_about_or_is_unsure_is_left_out() -> None:
    assert not any(verdicts(rule(objects=("phone",)), *[(("book", 0.9),)] * 5))
    assert not any(verdicts(rule(score=0.6), *[(("phone", 0.59),)] * 5))


def test_other_observations_say_nothing() -> None:
    assert rule().read(FacesSeen(1, ())) is None
