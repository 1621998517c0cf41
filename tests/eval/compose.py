"""Camera footage for evaluation, composed from the shared test media.

A :data:`Picture` gives the camera's picture at a time: 0 is when the exam starts, and the seconds
before belong to the calibration. Clips are read as the product reads them, at 8 pictures a second;
what is missing among them (a visitor, a phone, a lens that is covered) is pasted in. Everything
that does not move by itself gets the grain of a camera, so that no picture repeats by accident.
The same arguments give the same pictures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import FRAMES_PER_S, HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.policy import Policy
from proctor_desktop.demo.candidate import sensor_noise
from proctor_desktop.sources.picture import fitted_size, padded
from proctor_desktop.sources.video_file import VideoFile

Image: TypeAlias = NDArray[np.uint8]
"""480 x 640 x 3, RGB."""

Patch: TypeAlias = NDArray[np.uint8]
"""Height x width x 4: RGB and how opaque each pixel is."""

Picture: TypeAlias = Callable[[float], Image]
"""From a time in seconds to the camera's picture at that time."""

CALM_S = 5.0
"""So long everybody sits quietly before the exam starts, for the calibration."""

_BLACK = 16
_FEATHER_PX = 1.2


@dataclass(frozen=True, slots=True)
class Expected:
    """A violation of ``rule`` is due while something is going on, in seconds of the exam.

    ``due_s`` is when the rule's own time has run, where that is not just so long after ``from_s``.
    """

    rule: str
    from_s: float
    to_s: float
    due_s: float | None = None


@dataclass(frozen=True)
class Case:
    """A sitting before the camera, and what must come of it.

    ``may`` are the rules that nobody could object to here, whether they fire or not; any other
    rule that fires beside ``must`` is one too many. ``true_s`` is how much of it is independent
    footage, not the same seconds over again. ``missed`` are pictures that are never analysed.
    """

    name: str
    shows: str
    seconds: float
    build: Callable[[], Picture]
    must: tuple[Expected, ...] = ()
    may: frozenset[str] = frozenset()
    calm_s: float = CALM_S
    true_s: float = 0.0
    policy: Policy = field(default_factory=Policy)
    missed: frozenset[int] = frozenset()

    def frames(self) -> Iterator[tuple[int, float, Image]]:
        """Number, time and picture of every picture that reaches the analysis."""
        picture = self.build()
        before = round(self.calm_s * FRAMES_PER_S)
        for number in range(before + round(self.seconds * FRAMES_PER_S)):
            time_s = (number - before) / FRAMES_PER_S
            if number - before not in self.missed:
                yield number, time_s, picture(time_s)


@lru_cache(maxsize=4)
def clip(path: Path, start_s: float = 0.0, end_s: float = math.inf) -> tuple[Image, ...]:
    """The pictures of a video between two of its times, at 8 a second."""
    first = round(start_s * FRAMES_PER_S)
    last = None if end_s == math.inf else round(end_s * FRAMES_PER_S)
    pictures = []
    with closing(VideoFile(path)) as video:
        number = 0
        while last is None or number < last:
            image = video.at(number / FRAMES_PER_S)
            if image is None:
                break
            if number >= first:
                pictures.append(image)
            number += 1
    return tuple(pictures)


@lru_cache(maxsize=16)
def moments(path: Path, times_s: tuple[float, ...]) -> tuple[Image, ...]:
    """The pictures of a video at these of its times, which must grow."""
    with closing(VideoFile(path)) as video:
        return tuple(image for at in times_s if (image := video.at(at)) is not None)


def loop(images: Sequence[Image]) -> Picture:
    """To and fro through ``images`` without end, the first one at 0; so it also runs before 0."""

    def picture(time_s: float) -> Image:
        return images[to_and_fro(round(time_s * FRAMES_PER_S), len(images))]

    return picture


def to_and_fro(number: int, count: int) -> int:
    """Where the ``number``-th step is on a way there and back over ``count`` places."""
    if count == 1:
        return 0
    place = abs(number) % (2 * (count - 1))
    return min(place, 2 * (count - 1) - place)


def played(path: Path, calm_s: float) -> Picture:
    """A whole video once, forward; before 0 its first ``calm_s`` seconds to and fro."""
    before = calm(path, calm_s)
    video = VideoFile(path)
    last: list[Image] = []

    def picture(time_s: float) -> Image:
        if time_s < 0:
            return before(time_s)
        image = video.at(time_s)
        if image is not None:
            last[:] = [image]
        return last[0]

    return picture


def calm(path: Path, seconds: float) -> Picture:
    """The first seconds of a clip to and fro, moved a little so that they do not stand still."""
    return grain(sway(loop(clip(path, 0.0, seconds)), 2.0, 0.4), seed=1)


def then(*parts: tuple[float, Picture]) -> Picture:
    """One picture after the other, each from its time on (the first one from ever)."""

    def picture(time_s: float) -> Image:
        current = parts[0][1]
        for start_s, part in parts:
            if time_s >= start_s:
                current = part
        return current(time_s)

    return picture


def treated(picture: Picture, treat: Callable[[Image], Image]) -> Picture:
    """Every picture put through ``treat``."""
    return lambda time_s: treat(picture(time_s))


_noise = cache(sensor_noise)


def grain(picture: Picture, seed: int) -> Picture:
    """With a camera's noise, another one in each picture; not on the bars around it."""

    def noisy(time_s: float) -> Image:
        number = round(time_s * FRAMES_PER_S) + 100_000
        top, left = np.random.default_rng((seed, number)).integers(0, 64, 2)
        noise = _noise()[top : top + HEIGHT_PX, left : left + WIDTH_PX]
        image = picture(time_s)
        grainy = np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)
        grainy[image.max(axis=2) == 0] = 0
        return grainy

    return noisy


def sway(picture: Picture, shift_px: float = 3.0, turn_deg: float = 0.8) -> Picture:
    """As if whoever is seen never sat quite still: a slow drift and a slight tilt."""

    def swaying(time_s: float) -> Image:
        x = shift_px * math.sin(1.1 * time_s) + 0.4 * shift_px * math.sin(2.9 * time_s)
        y = 0.6 * shift_px * math.sin(1.7 * time_s + 1)
        turn = cv2.getRotationMatrix2D((320, 400), turn_deg * math.sin(0.8 * time_s), 1.02)
        turn[:, 2] += np.array((x, y))
        return np.asarray(
            cv2.warpAffine(
                picture(time_s), turn, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )

    return swaying


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patch is: its centre and height in pixels of the picture, and its tilt."""

    x: float
    y: float
    height: float
    tilt_deg: float = 0.0


Where: TypeAlias = Callable[[float], Place | None]
"""From a time in seconds to where a patch is then, or None while it is not there."""


def moves(*stations: tuple[float, Place]) -> Where:
    """In a straight line from station to station; not there before the first, after the last."""
    times = [time_s for time_s, _ in stations]
    values = np.array([(p.x, p.y, p.height, p.tilt_deg) for _, p in stations])

    def where(time_s: float) -> Place | None:
        if not times[0] <= time_s <= times[-1]:
            return None
        return Place(*(float(np.interp(time_s, times, values[:, i])) for i in range(4)))

    return where


def layer(below: Picture, patches: Sequence[Patch], where: Where) -> Picture:
    """``below`` with a patch on top of it; several patches follow each other to and fro."""

    def picture(time_s: float) -> Image:
        place, image = where(time_s), below(time_s)
        if place is None:
            return image
        number = to_and_fro(round(time_s * FRAMES_PER_S), len(patches))
        return paste(image, patches[number], place)

    return picture


def paste(image: Image, patch: Patch, place: Place) -> Image:
    """``image`` with ``patch`` at its place."""
    height, width = patch.shape[:2]
    scale = place.height / height
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), place.tilt_deg, scale)
    turn[:, 2] += np.array((place.x - width / 2, place.y - height / 2))
    laid = cv2.warpAffine(patch, turn, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_AREA)
    share = laid[:, :, 3:].astype(np.float32) / 255.0
    mixed = image * (1.0 - share) + laid[:, :, :3] * share
    return np.asarray(mixed + 0.5, np.uint8)


@lru_cache(maxsize=8)
def keyed(path: Path, hue: tuple[int, int]) -> tuple[Patch, ...]:
    """Whoever stands before a backdrop of that hue (OpenCV's, 0-179), cut out of each picture."""
    return tuple(_without_backdrop(image, hue) for image in clip(path))


def _without_backdrop(image: Image, hue: tuple[int, int]) -> Patch:
    rows, columns = np.nonzero(image.max(axis=2) > _BLACK)
    image = image[rows.min() + 3 : rows.max() - 3, columns.min() + 5 : columns.max() - 5]
    colours = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    backdrop = cv2.inRange(colours, np.array((hue[0], 70, 20)), np.array((hue[1], 255, 255)))
    return _with_outline(image, _largest(np.asarray(255 - backdrop, np.uint8)))


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest connected part of ``mask``, its holes filled."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [max(outlines, key=cv2.contourArea)], -1, 255, -1)
    return filled


def _with_outline(image: Image, mask: NDArray[np.uint8]) -> Patch:
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8))
    soft = cv2.GaussianBlur(inside, (0, 0), _FEATHER_PX)
    return np.asarray(np.dstack([image, soft]), np.uint8)


@cache
def photograph(path: Path) -> Image:
    """A still picture in RGB, of whatever size it has."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)


def camera_view(path: Path) -> Image:
    """A still picture in 640 x 480, its shape kept, between black bars if need be."""
    image = photograph(path)
    width_px, height_px = fitted_size(image.shape[1], image.shape[0])
    small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return padded(np.asarray(small, np.uint8))


@cache
def cut(path: Path, outline: tuple[tuple[int, int], ...]) -> Patch:
    """What lies within ``outline`` (pixels; two points are the corners of a box) of a still."""
    image = photograph(path)
    mask = np.zeros(image.shape[:2], np.uint8)
    if len(outline) == 2:
        cv2.rectangle(mask, outline[0], outline[1], 255, -1)
    else:
        cv2.fillPoly(mask, [np.array(outline, np.int32)], 255)
    (left, top), (right, bottom) = np.min(outline, axis=0), np.max(outline, axis=0)
    return _with_outline(image[top:bottom, left:right], mask[top:bottom, left:right])


@cache
def person_of(path: Path, width_px: int = 480) -> Patch:
    """The person of a portrait photograph, cut out; their face is about a third from the top."""
    image = photograph(path)
    height_px = round(image.shape[0] * width_px / image.shape[1])
    image = np.asarray(cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA))
    marks = np.zeros(image.shape[:2], np.uint8)
    marks[height_px // 8 :, width_px // 50 : -width_px // 50] = cv2.GC_PR_FGD
    head = (round(0.48 * width_px), round(0.31 * height_px))
    size = (round(0.15 * width_px), round(0.11 * height_px))
    cv2.ellipse(marks, head, size, 0, 0, 360, cv2.GC_FGD, -1)
    torso = (round(0.48 * width_px), round(0.85 * height_px))
    cv2.ellipse(marks, torso, size, 0, 0, 360, cv2.GC_FGD, -1)
    cv2.setRNGSeed(1)
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, width_px, height_px)  # not used, the marks say where to look
    colours = image[:, :, ::-1].copy()
    cv2.grabCut(colours, marks, whole, behind, before, 4, cv2.GC_INIT_WITH_MASK)
    return _with_outline(image, _largest(np.where(marks % 2 == 1, 255, 0).astype(np.uint8)))


def framed(image: Image, edge: int, colour: tuple[int, int, int]) -> Patch:
    """A picture with an edge around it: a print with a white one, a tablet with a black one."""
    whole = cv2.copyMakeBorder(image, *(edge,) * 4, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(np.dstack([whole, np.full(whole.shape[:2], 255, np.uint8)]), np.uint8)


def dimmed(image: Image) -> Image:
    """A tenth of the light."""
    return np.asarray(image * 0.1 + 0.5, np.uint8)


def backlit(image: Image) -> Image:
    """A bright window around somebody whose face is in the dark."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), np.float32)
    away = np.hypot((columns - 320) / 320, (rows - 270) / 240)[:, :, None]
    light = np.clip((away - 0.55) / 0.5, 0, 1)
    return np.asarray(np.clip(image * (0.35 + 0.75 * light) + 150 * light, 0, 255), np.uint8)


def blurred(image: Image) -> Image:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 3.0), np.uint8)


def jpeg_20(image: Image) -> Image:
    """Through a JPEG of quality 20, as cheap cameras send it."""
    _, coded = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR_RGB), np.uint8)


def far_away(image: Image) -> Image:
    """Half as large, as from twice as far."""
    small = cv2.resize(image, (320, 240), interpolation=cv2.INTER_AREA)
    edges = (120, 120, 160, 160)
    return np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE), np.uint8)


def mirrored(image: Image) -> Image:
    """Left and right exchanged."""
    return np.ascontiguousarray(image[:, ::-1])


def tilted(degrees: float) -> Callable[[Image], Image]:
    """The camera stands askew."""
    turn = cv2.getRotationMatrix2D((320, 240), degrees, 1.0)

    def treat(image: Image) -> Image:
        size = (WIDTH_PX, HEIGHT_PX)
        return np.asarray(cv2.warpAffine(image, turn, size, borderMode=cv2.BORDER_REPLICATE))

    return treat


def lost_pictures(seconds: float, seed: int = 5) -> frozenset[int]:
    """A third of all pictures is lost, some of them several in a row: a camera that stutters."""
    random = np.random.default_rng(seed)
    lost: set[int] = set()
    number = 0
    while number < seconds * FRAMES_PER_S:
        run = int(random.integers(1, 4))
        lost.update(range(number, number + run))
        number += run + int(random.integers(2, 8))
    return frozenset(lost)


def no_light(time_s: float) -> Image:
    """A lens under a cap."""
    del time_s
    return np.full((HEIGHT_PX, WIDTH_PX, 3), 3, np.uint8)


def palm(time_s: float) -> Image:
    """A hand flat on the lens: a little light shines through from one side."""
    rows, columns = np.indices((HEIGHT_PX, WIDTH_PX), np.float32)
    light = 0.45 + 0.35 * columns / WIDTH_PX - 0.2 * rows / HEIGHT_PX
    light = light + 0.02 * math.sin(2.1 * time_s)
    return np.asarray(light[:, :, None] * np.array((190, 95, 80), np.float32), np.uint8)
