"""Another camera, or something that only pretends to be one."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.event import ExamStarted
from proctor_desktop.core.observation import FacesSeen, Source
from proctor_desktop.core.rules.camera_changed import CameraChanged
from tests.playbook import Playbook, ended, nothing, started


def test_a_virtual_camera_from_before_the_exam_is_told_when_it_begins() -> None:
    play = Playbook(running=False).opens("Dream Camera", virtual=True).until(5).expects(nothing)
    play.tell(ExamStarted()).until(10)
    play.expects(started("camera_changed", at=5))
    assert "A virtual camera is in use: Dream Camera" in play.start_of("camera_changed")["reason"]
    assert play.of("violation.end") == []


def test_another_camera_is_told_at_once_until_the_first_one_is_back() -> None:
    play = Playbook().opens("Lid").until(10).opens("Desk").until(15).opens("Lid").until(20)
    play.expects(started("camera_changed", at=10, within=0), ended("camera_changed", at=15))
    assert "Desk (before: Lid)" in play.start_of("camera_changed")["reason"]


def test_going_back_from_a_virtual_camera_to_a_real_one_is_no_change() -> None:
    play = Playbook().opens("Dream", virtual=True).until(5).opens("Lid").until(10)
    play.expects(started("camera_changed", at=0), ended("camera_changed", at=5))


def test_another_scene_all_at_once_is_an_instant() -> None:
    play = Playbook().until(10).swapped().until(20)
    play.expects(
        started("camera_changed", at=10, within=0), ended("camera_changed", at=10, within=2)
    )
    assert play.start_of("camera_changed")["reason"].startswith("The whole scene")


def test_the_same_camera_again_and_one_without_a_name_are_nothing() -> None:
    play = Playbook().opens("Lid").until(5).lose(Source.CAMERA).until(8, camera=False)
    play.restore(Source.CAMERA).opens("Lid").until(10).opens("").until(12).expects(nothing)


def test_a_virtual_camera_that_is_gone_before_the_exam_is_forgotten() -> None:
    play = Playbook(running=False).opens("Dream", virtual=True).lose(Source.CAMERA)
    play.tell(ExamStarted()).until(5, camera=False).expects(nothing)


def test_a_virtual_camera_that_is_lost_ends_it_and_its_return_is_told_again() -> None:
    play = Playbook().opens("Dream", virtual=True).until(5).lose(Source.CAMERA)
    assert play.end_of("camera_changed")["ended"] == "source lost"
    play.until(10, camera=False).restore(Source.CAMERA).opens("Dream", virtual=True).until(12)
    assert play.started() == ["camera_changed", "camera_changed"]


def test_other_observations_say_nothing() -> None:
    assert CameraChanged(policy.CameraChanged()).read(FacesSeen(1, ())) is None
