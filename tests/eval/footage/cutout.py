"""Patches: people and things cut out of the shared media, to be laid over a film."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.sources.picture import Image
from tests.eval.footage.clips import clip, photograph
from tests.eval.footage.overlay import Patch

_BLACK = 16
_FEATHER_PX = 1.2


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
    marks = _portrait_marks(width_px, height_px)
    cv2.setRNGSeed(1)
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, width_px, height_px)  # not used, the marks say where to look
    colours = image[:, :, ::-1].copy()
    cv2.grabCut(colours, marks, whole, behind, before, 4, cv2.GC_INIT_WITH_MASK)
    return _with_outline(image, _largest(np.where(marks % 2 == 1, 255, 0).astype(np.uint8)))


def _portrait_marks(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Where GrabCut finds the person for sure (head and torso), perhaps, and not at all."""
    marks = np.zeros((height_px, width_px), np.uint8)
    marks[height_px // 8 :, width_px // 50 : -width_px // 50] = cv2.GC_PR_FGD
    size = (round(0.15 * width_px), round(0.11 * height_px))
    for down in (0.31, 0.85):
        centre = (round(0.48 * width_px), round(down * height_px))
        cv2.ellipse(marks, centre, size, 0, 0, 360, cv2.GC_FGD, -1)
    return marks


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


def framed(image: Image, edge_px: int, colour: tuple[int, int, int]) -> Patch:
    """A picture with an edge around it: a print with a white one, a tablet with a black one."""
    whole = cv2.copyMakeBorder(image, *(edge_px,) * 4, cv2.BORDER_CONSTANT, value=colour)
    return np.asarray(np.dstack([whole, np.full(whole.shape[:2], 255, np.uint8)]), np.uint8)
