"""A person cut out of a portrait, whose head turns on a still torso."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from proctor_desktop.demo.head_mesh import HeadMesh, build_head, head_region
from proctor_desktop.demo.portrait import Mask, Picture, Points, Portrait
from proctor_desktop.demo.pose import Pose
from proctor_desktop.demo.rasteriser import rasterise

Alpha: TypeAlias = npt.NDArray[np.float32]
"""480 x 640, 0 (nothing there) to 1."""

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
class Layer:
    """Colours and how much of them there is; colours go on a little beyond the edge."""

    colour: Picture
    alpha: Alpha

    def over(self, canvas: Picture) -> Picture:
        """This layer painted over ``canvas``."""
        mixed = cv2.blendLinear(canvas, self.colour, 1 - self.alpha, self.alpha)
        return np.asarray(mixed, dtype=np.uint8)

    def moved(self, matrix: npt.NDArray[np.float64]) -> Layer:
        """This layer under a 2 x 3 affine map; its edge colours fill what comes in."""
        size = self.alpha.shape[::-1]
        colour = cv2.warpAffine(self.colour, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(self.alpha, matrix, size, borderMode=cv2.BORDER_CONSTANT)
        return Layer(np.asarray(colour, np.uint8), np.asarray(alpha, np.float32))


@dataclass(frozen=True, slots=True)
class Person:
    """A portrait ready to be posed: a torso with a neck, and a head with its texture."""

    torso: Layer
    head: HeadMesh
    texture: Picture

    def posed(self, pose: Pose) -> Layer:
        """The person as the camera sees them (whether or not the pose says visible)."""
        shift = np.array([[1, 0, pose.shift_x_px], [0, 1, pose.shift_y_px]], np.float64)
        whole = self.torso.moved(shift)
        points = self.head.turned(pose)
        window = _window(points, whole.alpha.shape)
        if window is not None:
            rows, columns = window
            head = self._head(points - (columns.start, rows.start, 0), window)
            whole.colour[window] = head.over(whole.colour[window])
            whole.alpha[window] = np.maximum(whole.alpha[window], head.alpha)
        return whole

    def _head(self, points: Points, window: tuple[slice, slice]) -> Layer:
        rows, columns = window
        size = (rows.stop - rows.start, columns.stop - columns.start)
        values = np.column_stack((self.head.texture, self.head.shade))
        drawn, covered = rasterise(points, self.head.triangles, values, size)
        colour = cv2.remap(self.texture, drawn[:, :, 0], drawn[:, :, 1], cv2.INTER_LINEAR)
        shaded = (colour * drawn[:, :, 2:]).astype(np.uint8)
        return Layer(shaded, _inner_edge(covered))


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


def _window(points: Points, size: tuple[int, ...]) -> tuple[slice, slice] | None:
    low = np.floor(points[:, :2].min(axis=0)).astype(int) - _WINDOW_MARGIN_PX
    high = np.ceil(points[:, :2].max(axis=0)).astype(int) + _WINDOW_MARGIN_PX
    left, top = np.maximum(low, 0).tolist()
    right, bottom = min(int(high[0]), size[1]), min(int(high[1]), size[0])
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right)


def _inner_edge(covered: npt.NDArray[np.bool_]) -> Alpha:
    """1 inside, falling to 0 *at* the edge: beyond it a rasterised layer has no colour."""
    blurred = cv2.GaussianBlur(
        covered.astype(np.float32), (0, 0), _EDGE_SIGMA_PX, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(np.clip(2 * blurred - 1, 0, 1) * covered, dtype=np.float32)


def _torso(portrait: Portrait, texture: Picture) -> Layer:
    """The person without a head, with a neck where the head was."""
    head = head_region(portrait)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _HEAD_MARGIN_PX + 1,) * 2)
    below = cv2.morphologyEx(portrait.person & ~head, cv2.MORPH_OPEN, reach)
    picture = np.asarray(cv2.inpaint(texture, cv2.dilate(head, reach), 3, cv2.INPAINT_TELEA))
    neck = _paint_neck(picture, texture, portrait.landmarks, head)
    alpha = cv2.GaussianBlur(((below | neck) > 0).astype(np.float32), (0, 0), _EDGE_SIGMA_PX)
    return Layer(picture, np.asarray(alpha, dtype=np.float32))


def _paint_neck(picture: Picture, texture: Picture, landmarks: Points, head: Mask) -> Mask:
    """Continue the neck upwards in ``picture``, in the shadow of the jaw; returns where it is."""
    neck = np.zeros(head.shape, np.uint8)
    left, right = landmarks[list(_NECK_SIDES), 0].round().astype(int)
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
