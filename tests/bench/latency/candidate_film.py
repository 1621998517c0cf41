"""The rendered candidate, who does everything that an exam asks about, again and again.

They move as people do, in a quarter to half a second, and each time at another phase against the
camera's pictures; whoever looks only now and then is met at another phase of that, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import numpy as np

from proctor_desktop.core.frame import HEIGHT_PX
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.pose import ABSENT, AT_REST, Pose, between
from proctor_desktop.demo.sway import sway
from proctor_desktop.sources.picture import Image
from proctor_desktop.weights.installed import require
from tests.bench.latency.rendered_truth import shown_rules
from tests.bench.latency.shots import SHOT_S, Shot
from tests.eval.footage.overlay import Patch, Place, paste
from tests.fakes.rooms import hand, noisy, room

CALM_S = 8.0
"""Before anything happens: the models load, the photo is taken, the calibration is done."""

ROUNDS = 4
VARIANTS = 8
"""How many ways there are to do each thing; a film shows ``ROUNDS`` of them."""

_LIVELINESS = 0.25
_BETWEEN_S = 0.7
_ANOTHER_ROOM = 7
_OUT_OF_SIGHT = Pose(shift_x_px=300)
_INTO_THE_MIDDLE = Pose(shift_x_px=-190)
_ASIDE = (Pose(yaw_deg=40), Pose(yaw_deg=-40))
_UP_OR_DOWN = (Pose(pitch_deg=28), Pose(pitch_deg=-34))
_AT_THE_EDGE = (Pose(shift_x_px=225), Pose(shift_x_px=-225))
_GONE = (Pose(shift_x_px=600), Pose(shift_x_px=-600), Pose(shift_y_px=480))
_HELD_UP = (Place(500, 410, 200), Place(530, 385, 250), Place(560, 360, 300))

PHONE_SHARE = 0.47
"""So much of the patch with the phone, from above, is the phone; below is the hand."""

T = TypeVar("T")


def candidate_film(film: int, phone: Patch | None) -> list[Shot]:
    """One of two films, which differ in how and when things are done.

    ``phone`` is one in a hand, cut out; without it none is held up. Raises EnvironmentProblem where
    the candidate's files are not there.
    """
    who = Candidate.from_portrait(require("demo_portrait"), require("face_landmarker"))
    script = _Script(who)
    script.rest(CALM_S)
    for turn in range(ROUNDS):
        script.act(2 * turn + film, phone)
    return script.shots


@dataclass
class _Script:
    """What is to be seen, shot after shot."""

    who: Candidate
    shots: list[Shot] = field(default_factory=list)

    def act(self, variant: int, phone: Patch | None) -> None:
        """Everything once, in the way that has this number; what takes long, every other time."""
        phase_s = variant / VARIANTS * SHOT_S
        moved = partial(_there_and_back, phase_s=phase_s)
        at_length = variant < VARIANTS // 2
        if at_length:
            self.play(moved(_pick(_ASIDE, variant), 0.25, 5.6))
        else:
            self.play(moved(_pick(_UP_OR_DOWN, variant), 0.375, 1.6))
        self.visit(moved(AT_REST, 0.375, 0.75, start=_OUT_OF_SIGHT))
        self.play(moved(_pick(_AT_THE_EDGE, variant), 0.375, 1.6))
        self.play(moved(_pick(_GONE, variant), 0.5, 5.6))
        self.wait_for(variant, of=4)
        self.cover(hand(120) if variant % 4 > 1 else np.zeros_like(self.who.room), 2.75)
        self.wait_for(variant, of=4)
        self.freeze(3.0)
        if at_length:
            self.wait_for(variant, of=4)
            self.swap(3.0, shown_s=2.5)
        if phone is not None:
            self.wait_for(variant, of=8)
            self.hold_up(phone, _pick(_HELD_UP, variant), 4.0, phase_s)

    def rest(self, seconds: float) -> None:
        """Sit there and do nothing."""
        for _ in range(round(seconds / SHOT_S)):
            self.add(AT_REST)

    def wait_for(self, variant: int, of: int) -> None:
        """Rest until so many pictures have been taken, modulo ``of``."""
        while len(self.shots) % of != variant % of:
            self.add(AT_REST)

    def play(self, poses: Iterator[Pose]) -> None:
        """Take these poses, then rest a little."""
        for pose in poses:
            self.add(pose)
        self.rest(_BETWEEN_S)

    def visit(self, poses: Iterator[Pose]) -> None:
        """Have a visitor in these poses, then rest a little."""
        for pose in poses:
            self.add(AT_REST, pose)
        self.rest(_BETWEEN_S)

    def cover(self, by: Image, seconds: float) -> None:
        """Have nothing in view but this."""
        for number in range(round(seconds / SHOT_S)):
            covered = frozenset({"camera_covered", "face_missing"})
            self.shots.append(Shot(partial(noisy, by, len(self.shots) + number), covered))
        self.rest(_BETWEEN_S)

    def freeze(self, seconds: float) -> None:
        """Give the same picture again and again; the first one is still a new one.

        The rule's own time counts from the last picture that was new, and so does the episode.
        """
        last = self.shots[-1]
        self.shots[-1] = frozen = replace(last, shows=last.shows | {"frozen_camera"})
        self.shots.extend([frozen] * round(seconds / SHOT_S))
        self.rest(_BETWEEN_S)

    def swap(self, seconds: float, shown_s: float) -> None:
        """Show another room with somebody else in it, then this one again: each is a change."""
        elsewhere = replace(self.who, room=room(_ANOTHER_ROOM))
        first = len(self.shots)
        for number in range(first, first + round(seconds / SHOT_S)):
            there = _INTO_THE_MIDDLE.plus(_swaying(number))
            self.shots.append(Shot(partial(elsewhere.render, ABSENT, there, number)))
        back = len(self.shots)
        self.rest(seconds)
        for begun in (first, back):
            for number in range(begun, begun + round(shown_s / SHOT_S)):
                shown = self.shots[number]
                self.shots[number] = replace(shown, shows=shown.shows | {"camera_changed"})

    def hold_up(self, phone: Patch, up: Place, seconds: float, phase_s: float) -> None:
        """Raise a phone from below the picture, keep it there, and lower it again."""
        down = Pose(shift_y_px=HEIGHT_PX + up.height / 2 - up.y)
        for pose in _there_and_back(AT_REST, 0.375, seconds, phase_s, start=down):
            self.add(AT_REST)
            place = replace(up, y=up.y + pose.shift_y_px)
            lower_edge_px = place.y + (PHONE_SHARE - 0.5) * place.height
            shown = {"suspicious_object"} if lower_edge_px <= HEIGHT_PX else set()
            self.shots[-1] = _with(self.shots[-1], phone, place, shown)
        self.rest(_BETWEEN_S)

    def add(self, pose: Pose, visitor: Pose = ABSENT) -> None:
        """One more picture: nobody is ever quite still."""
        number = len(self.shots)
        here, there = pose.plus(_swaying(number)), visitor.plus(_swaying(number + 50))
        shows = shown_rules(self.who, here, there)
        self.shots.append(Shot(partial(self.who.render, here, there, number), shows))


def _pick(ways: tuple[T, ...], variant: int) -> T:
    return ways[variant // 2 % len(ways)]


def _swaying(number: int) -> Pose:
    return sway(number * SHOT_S, _LIVELINESS)


def _there_and_back(
    there: Pose, over_s: float, stays_s: float, phase_s: float, start: Pose = AT_REST
) -> Iterator[Pose]:
    """The poses of a movement as the camera meets it, which begins ``phase_s`` before a picture."""
    time_s = phase_s
    while time_s < 2 * over_s + stays_s:
        left_s = 2 * over_s + stays_s - time_s
        yield between(start, there, min(1.0, time_s / over_s, left_s / over_s))
        time_s += SHOT_S


def _with(shot: Shot, patch: Patch, place: Place, shown: set[str]) -> Shot:
    """The shot with something laid over it."""
    return Shot(lambda: paste(shot.take(), patch, place), shot.shows | shown)
