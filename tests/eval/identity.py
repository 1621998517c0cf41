"""How well one person's face is told from another's at the rule's threshold."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from proctor_desktop.config.paths import resource
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.core.policy import IdentityMismatch
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.vision.geometry import Fit, Mesh, fit
from proctor_desktop.vision.identity import MobileFaceNet, comparable, five_points, similarity
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.vision.models import Embedding
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import RgbImage
from tests.eval.footage.clips import pictures
from tests.eval.footage.treatment import blurred, jpeg_20
from tests.eval.objects import honest_clips

MODEL = "MobileFaceNet_foamliu.onnx"
SIZE_PX = (WIDTH_PX, HEIGHT_PX)
CHECKS_PER_S = 1.0
STRESSED_EVERY = 3
LIMITS = (0.25, 0.3, 0.35, 0.4)
PEOPLE = {
    "proctoringai_center_left_center.mp4": "proctoringai_center_focus.mp4",
    "pyfeat_single_face.mp4": "pyfeat_face_noface.mov",
}
"""Clips of somebody whom another clip shows, too."""
SEVERAL_PEOPLE = ("mpiigaze_demo_video02",)


@dataclass(frozen=True, slots=True)
class Face:
    """A found face: its picture, mesh and fit, and how bright it is (0 to 1)."""

    picture: RgbImage
    mesh: Mesh
    fit: Fit
    brightness: float


class Faces:
    """Finds the face that an evaluation asks about."""

    def __init__(self) -> None:
        self._landmarker = StillLandmarker(resource("weights", "face_landmarker.task"))
        self._reference = load_reference_face()

    def find(self, picture: RgbImage) -> Face | None:
        """The largest face in ``picture``."""
        meshes = self._landmarker.detect(picture)
        if not meshes:
            return None
        found = fit(meshes[0], self._reference)
        return Face(picture, meshes[0], found, _brightness(picture, found))

    def close(self) -> None:
        """Give back the landmarker."""
        self._landmarker.close()


def _brightness(picture: RgbImage, found: Fit) -> float:
    box = found.box
    left, top = int(max(box.x, 0) * WIDTH_PX), int(max(box.y, 0) * HEIGHT_PX)
    right, bottom = int((box.x + box.width) * WIDTH_PX), int((box.y + box.height) * HEIGHT_PX)
    return float(picture[top : max(bottom, top + 1), left : max(right, left + 1)].mean()) / 255


def dimmed(share: float) -> Callable[[RgbImage], RgbImage]:
    """A picture with less light and some noise; its black bars stay black."""

    def dim(picture: RgbImage) -> RgbImage:
        noise = np.random.default_rng(1).normal(0, 2, picture.shape)
        lit = picture.max(axis=2, keepdims=True) > 2
        return np.clip(picture * share + noise * lit, 0, 255).astype(np.uint8)

    return dim


def far(picture: RgbImage) -> RgbImage:
    """The same scene at half its size, in a grey room."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(
        small, 120, 120, 160, 160, cv2.BORDER_CONSTANT, value=(110, 110, 110)
    ).astype(np.uint8)


def with_glasses(face: Face) -> RgbImage:
    """Thick dark glasses drawn on a face that was registered without."""
    picture = face.picture.copy()
    one, other = five_points(face.mesh, SIZE_PX)[:2]
    across = other - one
    apart = float(np.linalg.norm(across))
    tilt = float(np.degrees(np.arctan2(across[1], across[0])))
    thick = max(2, int(0.05 * apart))
    for eye in (one, other):
        axes = (int(0.38 * apart), int(0.3 * apart))
        cv2.ellipse(picture, (int(eye[0]), int(eye[1])), axes, tilt, 0, 360, (20, 20, 20), thick)
    return picture


STRESSES: dict[str, Callable[[RgbImage], RgbImage]] = {
    "dimmed to 30 %": dimmed(0.3),
    "dimmed to 10 %": dimmed(0.1),
    "blurred (2 px)": partial(blurred, sigma_px=2),
    "blurred (4 px)": partial(blurred, sigma_px=4),
    "JPEG 20": jpeg_20,
    "half the size": far,
}


def measure(shared: Path, weights: Path) -> dict[str, Any]:
    """All figures; ``weights`` is the folder with the optional models."""
    model, faces = MobileFaceNet(weights / MODEL), Faces()
    try:
        return {
            "threshold": IdentityMismatch().similarity,
            "photographs": _photographs(model, faces, shared),
            "clips": _clips(model, faces, shared),
        }
    finally:
        faces.close()


def _photographs(model: MobileFaceNet, faces: Faces, shared: Path) -> dict[str, Any]:
    folder = shared / "media" / "images" / "deepface"
    known: dict[str, Embedding] = {}
    for file in sorted(folder.glob("*.jpg")):
        if face := faces.find(as_picture(cv2.imread(str(file)))):
            known[file.name] = model.embed(face.picture, face.mesh)
    scores: dict[str, list[float]] = {"Yes": [], "No": []}
    with (folder / "master.csv").open(newline="") as pairs:
        for one, other, same in list(csv.reader(pairs))[1:]:
            if one in known and other in known:
                scores[same].append(similarity(known[one], known[other]))
    return {"same": _spread(scores["Yes"]), "different": _spread(scores["No"])}


def _clips(model: MobileFaceNet, faces: Faces, shared: Path) -> dict[str, Any]:
    """Every comparable face against the first one of its clip, and of every other person's."""
    by_clip: dict[str, list[Face]] = {}
    for clip in honest_clips(shared):
        if not clip.name.startswith(SEVERAL_PEOPLE):
            seen = (faces.find(picture) for _, picture in pictures(clip, CHECKS_PER_S))
            by_clip[clip.name] = [face for face in seen if face is not None]
    registered = {name: _embed(model, seen[0]) for name, seen in by_clip.items()}
    names = list(by_clip)
    same, different, fit_for_it, total = [], [], 0, 0
    stressed: dict[str, list[float]] = {}
    for name in names:
        checked = [face for face in by_clip[name][1:] if _comparable(face)]
        fit_for_it, total = fit_for_it + len(checked), total + len(by_clip[name]) - 1
        for face in checked:
            vector = _embed(model, face)
            same.append(similarity(vector, registered[name]))
            different += [
                similarity(vector, registered[other])
                for other in names
                if PEOPLE.get(other, other) != PEOPLE.get(name, name)
            ]
        for stress, found in _stressed(faces, by_clip[name][1::STRESSED_EVERY]):
            one = similarity(_embed(model, found), registered[name])
            stressed.setdefault(stress, []).append(one)
    return {
        "people": len(names) - len(PEOPLE),
        "comparable": fit_for_it,
        "faces": total,
        "same": _spread(same),
        "different": _spread(different),
        "stressed": {stress: _spread(scores) for stress, scores in stressed.items()},
    }


def _stressed(faces: Faces, seen: list[Face]) -> Iterable[tuple[str, Face]]:
    for face in seen:
        for name, stress in STRESSES.items():
            found = faces.find(stress(face.picture))
            if found is not None and _comparable(found):
                yield name, found
        found = faces.find(with_glasses(face))
        if found is not None and _comparable(found):
            yield "glasses drawn on", found


def _embed(model: MobileFaceNet, face: Face) -> Embedding:
    return model.embed(face.picture, face.mesh)


def _comparable(face: Face) -> bool:
    return comparable(face.fit, face.mesh, face.brightness, SIZE_PX)


def _spread(scores: list[float]) -> dict[str, Any]:
    """How many there are, how they lie, and the share below each limit and the rule's own."""
    all_of_them = np.array(scores)
    quantiles = [round(float(q), 2) for q in np.quantile(scores, (0, 0.05, 0.5, 0.95, 1))]
    shares = [round(float(np.mean(all_of_them < limit)), 4) for limit in LIMITS]
    below = round(float(np.mean(all_of_them < IdentityMismatch().similarity)), 4)
    return {"pairs": len(scores), "quantiles": quantiles, "limits": shares, "below": below}


def write(result: dict[str, Any]) -> str:
    """The Markdown section of the report."""
    clips, photographs = result["clips"], result["photographs"]
    rows = {
        "photographs, same person": photographs["same"],
        "photographs, different people": photographs["different"],
        "clips, same person": clips["same"],
        "clips, different people": clips["different"],
        **{f"same person, {name}": spread for name, spread in clips["stressed"].items()},
    }
    below = " | ".join(f"below {limit}" for limit in LIMITS)
    lines = [
        "## Same or another person",
        "",
        f"MobileFaceNet on faces aligned by our own mesh; {clips['people']} people in clips, 27 "
        "pictures of well-known people, whom the network may have been trained on: few, and "
        "optimistic. In the clips each face is compared with the first of the clip, one a second; "
        f"{clips['comparable']} of {clips['faces']} were fit for it (turned, dark or distant faces "
        "are not compared). The rule asks for 3 of 5 checks, half a minute apart.",
        "",
        f"| pairs | number | lowest | 5 % | median | 95 % | highest | {below} |",
        "|---" * (7 + len(LIMITS)) + "|",
    ]
    for name, spread in rows.items():
        numbers = " | ".join(f"{value:.2f}" for value in spread["quantiles"])
        shares = " | ".join(f"{share:.1%}" for share in spread["limits"])
        lines.append(f"| {name} | {spread['pairs']} | {numbers} | {shares} |")
    missed = 1 - clips["different"]["below"]
    lines += [
        "",
        f"At the rule's {result['threshold']} {clips['same']['below']:.1%} of honest comparisons "
        f"fall below, and {missed:.1%} of strangers' lie above. Relatives and look-alikes are not "
        "in the material.",
    ]
    return "\n".join(lines) + "\n"
