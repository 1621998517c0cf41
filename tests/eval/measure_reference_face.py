"""Measures the reference face on photographs and writes ``assets/reference_face.npz``.

    python -m tests.eval.measure_reference_face [--media ../shared/media] [--out FILE]

The landmarks of many faces are laid on one another (generalised Procrustes: shift, scale and turn),
averaged, and made symmetric. Which landmark is whose mirror image is found from pictures that are
flipped left to right. Heads with labelled angles are left out: they judge the result. The same
pictures and model give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.config.paths import resource
from proctor_desktop.vision.geometry import Mesh, align, angles, camera_points
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.vision.reference_face import LANDMARKS, Points
from proctor_desktop.vision.sight import RgbImage
from tests.eval.labelled_heads import labelled_heads

PUPILS_APART_MM = 63.0
MIN_FACE_WIDTH_PX = 80
MAX_YAW_DEG = 20.0
MAX_PITCH_DEG = 20.0
ROUNDS = 15
MAX_FACES = 10

LEFT_EYE = [33, 133]
RIGHT_EYE = [263, 362]
FOREHEAD, CHIN = 10, 152

EQUAL = np.full(LANDMARKS, 1.0 / LANDMARKS)
MIRRORED = np.array((-1.0, 1.0, 1.0))

Mirror = NDArray[np.int64]
Distances = NDArray[np.float32]


def pictures(media: Path) -> Iterator[RgbImage]:
    """Every photograph below ``media/images`` except the labelled heads, in a fixed order."""
    labelled = {head.picture for head in labelled_heads(media)}
    for path in sorted((media / "images").rglob("*")):
        if path.suffix in {".jpg", ".png"} and path not in labelled:
            picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
            if picture is not None:
                yield np.asarray(picture, np.uint8)


def collect(media: Path, model: Path) -> tuple[list[Points], Mirror]:
    """The faces found, in pixels in the camera frame, and the mirror image of each landmark."""
    faces: list[Points] = []
    apart: list[Distances] = []
    with StillLandmarker(model, MAX_FACES) as landmarker:
        for picture in pictures(media):
            height, width = picture.shape[:2]
            found = landmarker.detect(picture)
            flipped = landmarker.detect(np.ascontiguousarray(picture[:, ::-1]))
            large = [
                face
                for mesh in found
                if np.ptp((face := camera_points(mesh, width, height)[:LANDMARKS])[:, 0])
                >= MIN_FACE_WIDTH_PX
            ]
            faces += large
            if len(large) == len(found) == len(flipped) == 1:
                apart.append(_distances(found[0], flipped[0]))
    mean = np.mean(apart, axis=0)
    mirror = (mean + mean.T).argmin(axis=1)  # both ways: one alone has the model's own lopsidedness
    if (mirror[mirror] != np.arange(LANDMARKS)).any():
        raise ValueError("the mirror images do not pair up: more pictures are needed")
    return faces, mirror


def _distances(mesh: Mesh, flipped: Mesh) -> Distances:
    """Squared distances of all landmark pairs, in face widths, the flipped mesh turned back."""
    here, there = mesh[:LANDMARKS, :2], flipped[:LANDMARKS, :2] * (-1.0, 1.0) + (1.0, 0.0)
    squared = ((there[:, None] - here[None]) ** 2).sum(axis=2)
    return np.asarray(squared / np.ptp(here[:, 0]) ** 2, np.float32)


def mean_face(faces: Sequence[Points], mirror: Mirror) -> Points:
    """The symmetric generalised Procrustes mean, of rms radius 1."""
    shape = _unit(_symmetric(np.mean([_unit(face) for face in faces], axis=0), mirror))
    for _ in range(ROUNDS):
        laid = [_laid_on(face, shape) for face in faces]
        shape = _unit(_symmetric(np.mean(laid, axis=0), mirror))
    return shape


def _laid_on(face: Points, shape: Points) -> Points:
    face = _unit(face)
    rotation, _ = align(shape, face, EQUAL)
    return face @ rotation


def _symmetric(shape: Points, mirror: Mirror) -> Points:
    return np.asarray((shape + shape[mirror] * MIRRORED) / 2)


def _unit(face: Points) -> Points:
    face = face - face.mean(axis=0)
    return np.asarray(face / np.sqrt((face**2).sum(axis=1).mean()))


def moderate(faces: Sequence[Points], shape: Points) -> list[Points]:
    """The faces that are turned at most so far from the middle one."""
    seen = [angles(align(shape, face, EQUAL)[0]) for face in faces]
    yaw = np.median([head.yaw_deg for head in seen])
    pitch = np.median([head.pitch_deg for head in seen])
    return [
        face
        for face, head in zip(faces, seen, strict=True)
        if abs(head.yaw_deg - yaw) <= MAX_YAW_DEG and abs(head.pitch_deg - pitch) <= MAX_PITCH_DEG
    ]


def rigidity(faces: Sequence[Points], shape: Points, mirror: Mirror) -> NDArray[np.float64]:
    """A weight for each landmark, the smaller the more it moves between faces and expressions.

    1 / (variance + median variance), equal on both sides, sum 1.
    """
    laid = np.array([_laid_on(face, shape) for face in faces])
    variance = ((laid - shape) ** 2).sum(axis=2).mean(axis=0)
    weights = 1.0 / (variance + np.median(variance))
    weights = weights + weights[mirror]
    return np.asarray(weights / weights.sum())


def upright_mm(shape: Points, weights: NDArray[np.float64]) -> Points:
    """``shape`` in millimetres, forehead above chin, its weighted centre at the origin."""
    _, up, forward = shape[FOREHEAD] - shape[CHIN]
    length = np.hypot(up, forward)
    cosine, sine = up / length, forward / length
    turned = shape @ np.array(((1, 0, 0), (0, cosine, -sine), (0, sine, cosine)))
    apart = turned[RIGHT_EYE].mean(axis=0) - turned[LEFT_EYE].mean(axis=0)
    turned = turned * (PUPILS_APART_MM / np.linalg.norm(apart))
    return np.asarray(turned - weights @ turned)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure the reference face on photographs.")
    checkout = Path(__file__).resolve().parents[2]
    parser.add_argument("--media", type=Path, default=checkout.parent / "shared" / "media")
    parser.add_argument("--out", type=Path, default=checkout / "assets" / "reference_face.npz")
    given = parser.parse_args()
    found, mirror = collect(given.media, resource("weights", "face_landmarker.task"))
    faces = moderate(found, mean_face(found, mirror))
    shape = mean_face(faces, mirror)
    weights = rigidity(faces, shape, mirror)
    note = (
        f"Symmetric generalised Procrustes mean of {len(faces)} of {len(found)} faces; "
        f"pupils {PUPILS_APART_MM:g} mm apart; x to the candidate's own left, y up, z to the "
        "camera. Written by tests/eval/measure_reference_face.py."
    )
    np.savez(
        given.out,
        points_mm=upright_mm(shape, weights).round(4).astype(np.float32),
        weights=weights.astype(np.float32),
        mirror=mirror.astype(np.int16),
        note=np.array(note),
    )
    print(note)


if __name__ == "__main__":
    main()
