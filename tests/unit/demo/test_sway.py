from __future__ import annotations

from proctor_desktop.demo.pose import Pose
from proctor_desktop.demo.sway import sway


def _seen(liveliness: float) -> list[Pose]:
    return [sway(tenth / 10, liveliness) for tenth in range(1200)]


def test_somebody_at_ease_moves_visibly_but_within_eight_degrees() -> None:
    yaws = [pose.yaw_deg for pose in _seen(1.0)]
    assert 5 < max(yaws) <= 8
    assert -8 <= min(yaws) < -5


def test_other_angles_stay_small() -> None:
    assert all(abs(pose.pitch_deg) < 3 and abs(pose.roll_deg) < 2 for pose in _seen(1.0))


def test_who_sits_still_only_breathes() -> None:
    poses = _seen(0.0)
    assert {(p.yaw_deg, p.pitch_deg, p.roll_deg, p.shift_x_px) for p in poses} == {(0, 0, 0, 0)}
    assert max(p.shift_y_px for p in poses) > 1


def test_a_torso_is_never_lifted_off_the_lower_edge() -> None:
    assert all(pose.shift_y_px >= 0 for pose in _seen(1.0))
