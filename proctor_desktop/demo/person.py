"""A person cut out of a portrait, whose head turns on a still torso."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from proctor_desktop.demo.head_mesh import HeadMesh, build_head
from proctor_desktop.demo.head_region import head_region
from proctor_desktop.demo.portrait import Mask, Picture, Points, Portrait
from proctor_desktop.demo.pose import Pose
from proctor_desktop.demo.rasteriser import rasterise
from proctor_desktop.hosts.opencv import importing_opencv

with importing_opencv():
    import cv2

Alpha: TypeAlias = npt.NDArray[np.float32]
"""0 (nothing there) to 1, for each pixel."""

_NECK_SIDES = (172, 365)
_NECK_HIDDEN_PX = 60
_NECK_SHADOW = 0.65
_NECK_EDGE_SHADOW = 0.75
_NECK_TINT = (0.86, 0.80, 0.71)
_CHEEKS = (205, 425)
_EDGE_SIGMA_PX = 1.0
_EDGE_INSET_PX = 5
_BLEED_SIGMA_PX = 3.0
_HEAD_MARGIN_PX = 9
_WINDOW_MARGIN_PX = 4


@dataclass(frozen=True, slots=True)
class CutOut:
    """A piece of a picture: colours, how much of them there is, and where its corner belongs.

    Colours go on a little beyond the edge, so that softening it draws in nothing foreign.
    """

    colour: Picture
    alpha: Alpha
    left: int
    top: int

    def over(self, canvas: Picture, shift_x_px: float, shift_y_px: float) -> None:
        """Paint it over ``canvas``, moved by a fraction of a pixel or by many."""
        height, width = self.alpha.shape
        left, top = self.left + floor(shift_x_px), self.top + floor(shift_y_px)
        seen = _overlap(left, top, left + width + 1, top + height + 1, canvas.shape)
        if seen is None:
            return
        rows, columns = seen
        size = (columns.stop - columns.start, rows.stop - rows.start)
        right_px = self.left + shift_x_px - columns.start
        down_px = self.top + shift_y_px - rows.start
        matrix = np.array([[1, 0, right_px], [0, 1, down_px]], np.float64)
        colour = cv2.warpAffine(self.colour, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(self.alpha, matrix, size, borderMode=cv2.BORDER_CONSTANT)
        canvas[seen] = cv2.blendLinear(colour, canvas[seen], alpha, 1 - alpha)


@dataclass(frozen=True, slots=True)
class Person:
    """A portrait ready to be posed: a torso with a neck, and a head with its texture."""

    torso: CutOut
    head: HeadMesh
    texture: Picture

    def draw(self, canvas: Picture, pose: Pose) -> None:
        """Paint the person over ``canvas`` (480 x 640 x 3, RGB), unless they are not visible."""
        if not pose.visible:
            return
        self.torso.over(canvas, pose.shift_x_px, pose.shift_y_px)
        points = self.head.turned(pose)
        left, top = np.floor(points[:, :2].min(axis=0)).astype(int) - _WINDOW_MARGIN_PX
        right, bottom = np.ceil(points[:, :2].max(axis=0)).astype(int) + _WINDOW_MARGIN_PX
        seen = _overlap(int(left), int(top), int(right), int(bottom), canvas.shape)
        if seen is not None:
            canvas[seen] = self._with_head(canvas[seen], points, seen)

    def _with_head(self, beneath: Picture, points: Points, seen: tuple[slice, slice]) -> Picture:
        rows, columns = seen
        points = points - (columns.start, rows.start, 0)
        values = np.column_stack((self.head.texture, self.head.shade))
        drawn, covered = rasterise(points, self.head.triangles, values, beneath.shape[:2])
        colour = cv2.remap(self.texture, drawn[:, :, 0], drawn[:, :, 1], cv2.INTER_LINEAR)
        shaded = (colour * drawn[:, :, 2:]).astype(np.uint8)
        alpha = _inner_edge(covered)
        return np.asarray(cv2.blendLinear(shaded, beneath, alpha, 1 - alpha), dtype=np.uint8)


def make_person(portrait: Portrait) -> Person:
    """Take a portrait apart into torso and head."""
    outline = cv2.erode(portrait.person, np.ones((_EDGE_INSET_PX,) * 2, np.uint8))
    texture = _bled(portrait.picture, np.asarray(outline, np.uint8))
    return Person(_torso(portrait, texture), build_head(portrait), texture)


def _bled(picture: Picture, mask: Mask) -> Picture:
    """``picture`` with the colours just inside ``mask`` carried on to the outside of it."""
    weight = (mask > 0).astype(np.float32)
    near = cv2.GaussianBlur(picture * weight[:, :, np.newaxis], (0, 0), _BLEED_SIGMA_PX)
    share = cv2.GaussianBlur(weight, (0, 0), _BLEED_SIGMA_PX)[:, :, np.newaxis]
    outside = near / np.maximum(share, 1e-3)
    return np.where(mask[:, :, np.newaxis] > 0, picture, outside).astype(np.uint8)


def _overlap(
    left: int, top: int, right: int, bottom: int, size: tuple[int, ...]
) -> tuple[slice, slice] | None:
    """The rows and columns of a picture that a box covers; None if it lies wholly outside."""
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, size[1]), min(bottom, size[0])
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right)


def _inner_edge(covered: npt.NDArray[np.bool_]) -> Alpha:
    """1 inside, falling to 0 *at* the edge: beyond it a rasterised layer has no colour."""
    blurred = cv2.GaussianBlur(
        covered.astype(np.float32), (0, 0), _EDGE_SIGMA_PX, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(np.clip(2 * blurred - 1, 0, 1) * covered, dtype=np.float32)


def _torso(portrait: Portrait, texture: Picture) -> CutOut:
    """The person without a head, with a neck where the head was."""
    head = head_region(portrait)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _HEAD_MARGIN_PX + 1,) * 2)
    below = cv2.morphologyEx(portrait.person & ~head, cv2.MORPH_OPEN, reach)
    covered = np.asarray(cv2.dilate(head, reach), np.uint8)
    picture = np.asarray(cv2.inpaint(texture, covered, 3, cv2.INPAINT_TELEA), np.uint8)
    neck = _paint_neck(picture, texture, portrait.landmarks, head)
    body = (np.asarray(below, np.uint8) | neck).astype(np.float32) / 255
    alpha = np.asarray(cv2.GaussianBlur(body, (0, 0), _EDGE_SIGMA_PX), np.float32)
    left, top, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    box = slice(top, top + height), slice(left, left + width)
    return CutOut(picture[box], alpha[box], left, top)


def _paint_neck(picture: Picture, texture: Picture, landmarks: Points, head: Mask) -> Mask:
    """Continue the neck upwards in ``picture``, in the shadow of the jaw; returns where it is."""
    neck = np.zeros(head.shape, np.uint8)
    left, right = np.sort(landmarks[list(_NECK_SIDES), 0].round().astype(int))
    top = int(landmarks[list(_NECK_SIDES), 1].mean()) - _NECK_HIDDEN_PX
    columns = np.arange(left, right)
    bottoms = head.shape[0] - np.argmax(head[::-1, left:right] > 0, axis=0) + _HEAD_MARGIN_PX
    roundness = 1 - (1 - _NECK_EDGE_SHADOW) * np.linspace(-1, 1, right - left) ** 2
    skin = _skin(texture, landmarks) * roundness[:, np.newaxis]
    for column, bottom, colour in zip(columns, bottoms, skin, strict=True):
        light = np.linspace(_NECK_SHADOW, 1.0, bottom - top)[:, np.newaxis]
        picture[top:bottom, column] = (colour * light).astype(np.uint8)
        neck[top:bottom, column] = 255
    return neck


def _skin(texture: Picture, landmarks: Points) -> npt.NDArray[np.float64]:
    """The colour of the neck: that of the cheeks, in less light."""
    columns, rows = landmarks[list(_CHEEKS), :2].round().astype(int).T
    patches = [texture[y - 4 : y + 5, x - 4 : x + 5] for x, y in zip(columns, rows, strict=True)]
    return np.asarray(np.mean(patches, axis=(0, 1, 2)) * _NECK_TINT, dtype=np.float64)
