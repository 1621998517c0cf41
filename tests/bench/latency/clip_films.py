"""Films of real people's eyes, which the rendered candidate cannot move.

Each goes to and fro through a quiet piece of a clip and from one picture to the next to another
piece of it, in which the eyes are closed or look aside; the camera's grain and a slight sway keep
both from standing still.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.bench.latency.candidate_film import CALM_S
from tests.bench.latency.shots import NOTHING, SHOT_S, Shot
from tests.eval.footage.clips import clip, moments
from tests.eval.footage.film import Film, grain, loop, sway

_SHUT_S = (12.72, 12.76, 12.8, 12.84, 12.88)


def closing_eyes(videos: Path) -> list[Shot]:
    """A man with glasses closes his eyes for three seconds, eight times."""
    path = videos / "liveportrait_d9.mp4"
    calm, shut = loop(clip(path, 0.0, 0.3)), loop(moments(path, _SHUT_S))
    return _in_turn(sway(calm), sway(shut), "eyes_closed", 3.0, 2.0, times=8)


def glancing(videos: Path) -> list[Shot]:
    """A man looks to one side with his eyes only for almost six seconds, six times."""
    path = videos / "proctoringai_center_left_center.mp4"
    calm, aside = loop(clip(path, 0.0, 5.0)), loop(clip(path, 6.0, 10.0))
    return _in_turn(calm, aside, "looking_away", 5.75, 2.0, times=6)


def _in_turn(
    calm: Film, shown: Film, rule: str, shown_s: float, between_s: float, times: int
) -> list[Shot]:
    """First the calm, then what is shown and the calm again, each time a picture later."""
    quiet, loud = grain(calm), grain(shown)
    shots = _shots(quiet, 0, CALM_S, NOTHING)
    for _ in range(times):
        shots += _shots(loud, len(shots), shown_s, frozenset({rule}))
        shots += _shots(quiet, len(shots), between_s + SHOT_S, NOTHING)
    return shots


def _shots(film: Film, first: int, seconds: float, shows: frozenset[str]) -> list[Shot]:
    numbers = range(first, first + round(seconds / SHOT_S))
    return [Shot(partial(film, number * SHOT_S), shows) for number in numbers]
