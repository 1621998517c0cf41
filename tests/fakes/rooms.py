"""Rooms made of rectangles, as a camera with some noise sees them, and what is held before it."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.moment import NS_PER_S, Moment
from proctor_desktop.core.observation import PictureSeen
from proctor_desktop.vision.picture import PictureWatch

Picture = NDArray[np.uint8]
_WALL = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


def room(seed: int, things: int = 40) -> Picture:
    """A wall with things before it, all in focus; another seed is another room."""
    chance = np.random.default_rng(seed)
    picture = np.full((480, 640, 3), chance.integers(120, 200, 3), np.uint8)
    for _ in range(things):
        x, y = int(chance.integers(-40, 600)), int(chance.integers(-40, 440))
        width, height = (int(size) for size in chance.integers(30, 160, 2))
        colour = tuple(int(level) for level in chance.integers(20, 230, 3))
        cv2.rectangle(picture, (x, y), (x + width, y + height), colour, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)


@functools.cache
def _noise(levels: float) -> NDArray[np.int16]:
    drawn = np.random.default_rng(5).normal(0, levels, (540, 700, 3))
    return np.rint(drawn).astype(np.int16)


def noisy(picture: Picture, seed: int, levels: float = 2.0) -> Picture:
    """With noise that another seed has elsewhere: drawing it anew each time takes long."""
    top, left = seed * 17 % 60, seed * 23 % 59
    noise = _noise(levels)[top : top + 480, left : left + 640]
    return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)


def lived_in(picture: Picture, count: int, first: int = 0, levels: float = 2.0) -> list[Picture]:
    """The same view ``count`` times, never with the same noise."""
    return [noisy(picture, first + n, levels) for n in range(count)]


def hand(level: float) -> Picture:
    """Skin pressed onto the lens: a broad reddish gradient with light from one corner."""
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    light = np.exp(-((x - 640) ** 2 + y**2) / (2 * 220.0**2))[..., None]
    return ((8 + level * light) * np.array([1.0, 0.35, 0.25])).astype(np.uint8)


def taped(picture: Picture) -> Picture:
    """The view through matt tape."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 30), np.uint8)


def watched(pictures: Iterable[Picture], per_s: float = 8.0) -> list[PictureSeen]:
    """What a watch says of these pictures, taken ``per_s`` a second."""
    watch, seen = PictureWatch(), []
    for number, picture in enumerate(pictures):
        moment = Moment(NS_PER_S + round(number * NS_PER_S / per_s), _WALL)
        one = watch.see(picture, moment, number)
        if one is not None:
            seen.append(one)
    return seen
