"""A poster, a print or a face on a shirt."""

from __future__ import annotations

from proctor_desktop.core import policy
from proctor_desktop.core.observation import CameraOpened, FaceBox, FacesSeen
from proctor_desktop.core.rules.pictured_face import PicturedFace
from tests.playbook import Playbook, nothing, started


def test_a_poster_is_told_as_what_it_is_and_costs_nothing() -> None:
    play = Playbook().until(30, poster_since=-60).end()
    assert play.started() == ["pictured_face"]
    start = play.start_of("pictured_face")
    assert "has not moved at all (a poster or a print?), for 60." in start["reason"]
    assert (start["penalty"], start["severity"]) == (0, "info")
    assert play.end_of("pictured_face")["duration_s"] == 90.0


def test_a_poster_that_comes_into_view_is_known_after_ten_seconds() -> None:
    play = Playbook().until(5).until(20, poster_since=5)
    play.expects(started("pictured_face", at=15))


def test_a_candidate_who_hardly_moves_is_not_called_a_picture() -> None:
    play = Playbook().until(10).until(39, still_since=10).until(60)
    play.expects(nothing)


def test_a_candidate_who_hardly_moves_beside_a_poster_is_not_taken_for_it() -> None:
    own, poster = FaceBox(0.3, 0.3, 0.3, 0.4, 0.9, 20.0), FaceBox(0, 0, 0.1, 0.1, 0.8, 9.0)
    reading = PicturedFace(policy.PicturedFace()).read(FacesSeen(1, (own, poster)))
    assert reading is not None
    assert not reading.suspicious


def test_a_print_in_the_candidates_place_is_told_once_nobody_could_be_so_still() -> None:
    play = Playbook().until(10).until(45, still_since=10)
    play.expects(started("pictured_face", at=40))


def test_a_poster_all_through_an_exam_fills_no_journal() -> None:
    play = Playbook().until(1200, poster_since=-60, rate=1)
    assert len(play.of("violation.update", "pictured_face")) < 100


def test_a_camera_that_stands_still_makes_no_picture_of_a_candidate() -> None:
    policy_off = policy.Policy(rules=policy.Rules(frozen_camera=policy.FrozenCamera(enabled=False)))
    play = Playbook(policy_off).until(5).until(60, still_since=5, frozen_since=5)
    play.expects(nothing)


def test_other_observations_say_nothing() -> None:
    assert PicturedFace(policy.PicturedFace()).read(CameraOpened("cam", False)) is None
