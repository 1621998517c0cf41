"""Heads that turn away from the screen: the rendered candidate's, whose angles are known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.pose import AT_REST, Pose, between
from proctor_desktop.weights.installed import require
from tests.eval.case import Case, Expected
from tests.eval.cases.scene import MAY_LOOK_AWAY
from tests.eval.footage.film import Film

_TURN_S = 0.5
_FROM_S = 4.0
_POSES = {
    "left": Pose(yaw_deg=40),
    "right": Pose(yaw_deg=-40),
    "up": Pose(pitch_deg=28),
    "down": Pose(pitch_deg=-34),
    "left and down": Pose(yaw_deg=38, pitch_deg=-10),
}


def turned_heads(_: Path) -> Iterator[Case]:
    """Turns in all directions; none where the candidate cannot be rendered."""
    try:
        rendered_candidate()
    except EnvironmentProblem:
        return
    for name, pose in _POSES.items():
        yield Case(
            f"head turned: {name}",
            "the rendered candidate turns the head for three seconds",
            12,
            partial(_turned, pose, 7.5),
            must=(Expected("head_turned", 4.5, 7.5),),
            may=MAY_LOOK_AWAY,
        )
    for side, yaw_deg in (("left", 12), ("right", -12)):
        yield Case(
            f"head turned a little: {side}",
            "the rendered candidate turns head and eyes towards the screen's edge for ten seconds",
            16,
            partial(_turned, Pose(yaw_deg=yaw_deg), 14.0),
        )
    for name in ("left", "right"):
        yield Case(
            f"looks away with the head: {name}",
            "the rendered candidate turns the head for eight seconds",
            16,
            partial(_turned, _POSES[name], 12.5),
            must=(Expected("head_turned", 4.5, 12.5), Expected("looking_away", 4.5, 12.5)),
        )


@cache
def rendered_candidate() -> Candidate:
    """The demo's candidate; raises EnvironmentProblem if the files are not there."""
    return Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))


def _turned(there: Pose, to_s: float) -> Film:
    """The rendered candidate, who goes over half a second into a pose, and back after ``to_s``."""
    who = rendered_candidate()

    def pose(time_s: float) -> Pose:
        if _FROM_S <= time_s <= to_s:
            return between(AT_REST, there, min(1.0, (time_s - _FROM_S) / _TURN_S))
        if to_s < time_s <= to_s + _TURN_S:
            return between(there, AT_REST, (time_s - to_s) / _TURN_S)
        return AT_REST

    return lambda time_s: who.render(pose(time_s), seed=round(time_s * FRAMES_PER_S) + 1000)
