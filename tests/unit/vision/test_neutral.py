from __future__ import annotations

import json

import numpy as np
import pytest

from proctor_desktop.vision.geometry import angle_between_deg
from proctor_desktop.vision.neutral import Neutral, neutral_of, robust_mean
from tests.fakes.faces import rotation

NEUTRAL = Neutral((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 0.5, 0.5, 0.4, 24)


def turns(spread_deg: float, count: int = 25) -> list[np.ndarray]:
    draw = np.random.default_rng(4)
    return [rotation(*draw.normal((5, -3, 0), spread_deg)) for _ in range(count)]


def test_the_mean_of_a_hold_is_the_pose() -> None:
    neutral = neutral_of(turns(0.3), [(0.4, 0.5)] * 25)
    assert angle_between_deg(neutral.matrix(), rotation(5, -3, 0)) < 0.3
    assert (neutral.centre_x, neutral.centre_y, neutral.samples) == (0.4, 0.5, 25)
    assert 0.2 < neutral.spread_deg < 1.0


def test_a_glance_aside_does_not_pull_the_mean_but_the_spread_tells_of_it() -> None:
    held = turns(0.3)
    held[10] = held[11] = rotation(25, 0, 0)
    assert angle_between_deg(robust_mean(np.array(held)), rotation(5, -3, 0)) < 0.3
    assert neutral_of(held, [(0.5, 0.5)] * 25).spread_deg > 1.0


def test_a_neutral_pose_survives_json_exactly() -> None:
    neutral = neutral_of(turns(0.4), [(0.4, 0.5)] * 25)
    assert Neutral.from_json(json.loads(json.dumps(neutral.to_json()))) == neutral


@pytest.mark.parametrize(
    "change",
    [
        {"rotation": [1.0] * 9},
        {"rotation": [1.0, 0, 0, 0, 1, 0, 0, 0, -1]},
        {"rotation": [1.0]},
        {"rotation": ["1.0", 0, 0, 0, 1, 0, 0, 0, 1]},
        {"rotation": "none"},
        {"centre_x": None},
        {"centre_y": True},
        {"spread_deg": float("nan")},
        {"samples": 24.0},
        {"hue": 1},
    ],
)
def test_what_is_no_neutral_pose_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a neutral pose"):
        Neutral.from_json(NEUTRAL.to_json() | change)


@pytest.mark.parametrize("body", [None, [], {"centre_x": 0.5}])
def test_a_missing_field_is_refused(body: object) -> None:
    with pytest.raises(ValueError, match="not a neutral pose"):
        Neutral.from_json(body)
