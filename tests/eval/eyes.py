"""How right the eyes are: closed, blinking, cast down, on clips of four people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from proctor_desktop.core.event import Calibrated, ExamStarted, Tick
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.observation import EyesSeen, Observation
from proctor_desktop.core.policy import Policy
from proctor_desktop.vision.analysis import FaceReader
from proctor_desktop.vision.calibration import Calibration, CalibrationOutcome, Collector
from proctor_desktop.vision.eyes import Eyes, EyeShape
from proctor_desktop.vision.geometry import fit
from proctor_desktop.vision.landmarker import StillLandmarker, VideoLandmarker
from proctor_desktop.vision.neutral import Neutral
from proctor_desktop.vision.reference_face import ReferenceFace, load_reference_face
from proctor_desktop.vision.sight import RgbImage, Sight
from proctor_desktop.weights.installed import require
from tests.eval.footage import clips, treatment
from tests.eval.footage.film import to_and_fro
from tests.eval.judge import START, Judge
from tests.eval.labelled_eyes import ACTRESS_CAST_DOWN, ACTRESS_SHUT, CLIPS, Clip

CLOSED_BELOW = 0.35
HOLD_S = 2.0
CALM_PICTURES = 32
HOLD_PICTURES = 32
LONGEST_CALM = 120
LEVEL: Final = Neutral((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 0.5, 0.5, 0.0, 1)
_AVERAGE_EYE: Final = EyeShape(0.3, 0.0, 1.5, 5.5, -3.0, 28.0)
AVERAGE_EYES: Final = Eyes(_AVERAGE_EYE, _AVERAGE_EYE, 1.5)
"""About the middle of the people in the clips."""


@dataclass(frozen=True)
class Hold:
    """Pictures of a clip played to and fro for four seconds, and whether the eyes are shut."""

    clip: Clip
    first: int
    last: int
    shut: bool
    what: str


HOLDS: Final = (
    Hold(CLIPS[0], 54, 55, True, "closed"),
    Hold(CLIPS[1], 148, 150, True, "closed, behind glasses"),
    Hold(CLIPS[1], 97, 98, True, "closed, behind glasses"),
    Hold(CLIPS[2], 26, 26, True, "closed, narrow eyes"),
    *(Hold(CLIPS[3], *span, True, "closed, head slightly bowed") for span in ACTRESS_SHUT),
    Hold(CLIPS[3], *ACTRESS_CAST_DOWN, False, "cast down with a level head"),
    Hold(CLIPS[3], 69, 73, False, "squinting"),
    Hold(CLIPS[1], 123, 129, False, "wide open"),
)

DOWN_STILLS: Final = (
    "uniface/src_man2.jpg",
    "uniface/src_meeting.jpg",
    "uniface/image0.jpg",
    "human/person-vlado.jpg",
    "coco128/000000001296.jpg",
)
"""Eyes or heads that look down; strangers of whom no calibration exists."""


def pictures(path: Path, mirrored: bool = False) -> Iterator[RgbImage]:
    """The pictures of a clip as the camera thread would take them, 8 a second."""
    return (treatment.mirrored(image) if mirrored else image for _, image in clips.pictures(path))


def bounce(first: int, last: int, count: int) -> list[int]:
    """``count`` picture numbers from first to last and back again."""
    return [first + to_and_fro(number, last - first + 1) for number in range(count)]


def composed(path: Path, order: Sequence[int], mirrored: bool = False) -> Iterator[RgbImage]:
    """Pictures of a clip in another order."""
    every = list(pictures(path, mirrored))
    return (every[number] for number in order)


def sights(images: Iterator[RgbImage]) -> Iterator[Sight]:
    """What the product's landmarker sees in them, one after the other."""
    reference = load_reference_face()
    with VideoLandmarker(require("face_landmarker")) as landmarker:
        for number, image in enumerate(images):
            meshes = landmarker.detect(image, 1 + round(number * 1000 / FRAMES_PER_S))
            laid = fit(meshes[0], reference) if meshes else None
            yield Sight(
                number,
                START.later(number / FRAMES_PER_S),
                (laid.box,) if laid else (),
                1 if laid else 0,
                meshes[0] if meshes else None,
                laid,
                0.5,
            )


def calibrated(calm: Sequence[Sight]) -> Calibration:
    """The product's own calibration without dots, on a calm stretch played to and fro."""
    collector = Collector(START, gaze=False)
    for count, number in enumerate(bounce(0, len(calm) - 1, LONGEST_CALM)):
        step = collector.add(replace(calm[number], moment=START.later(count / FRAMES_PER_S)))
        if isinstance(step, CalibrationOutcome) and step.calibration is not None:
            return step.calibration
    raise AssertionError("the calm stretch gave no calibration")


def read(seen: Sequence[Sight], calibration: Calibration) -> list[tuple[Observation, ...]]:
    """What the product says about each picture's face."""
    reader = FaceReader()
    return [reader.read(sight, calibration) for sight in seen]


def violations(
    rule: str, seen: Sequence[Sight], calibration: Calibration
) -> list[tuple[float, float]]:
    """When violations of ``rule`` start and when their matter began, in seconds of the clip."""
    judge = Judge(Policy())
    judge.tell(0.0, Calibrated(calibration.neutral.spread_deg))
    judge.tell(0.0, ExamStarted())
    for sight, observed in zip(seen, read(seen, calibration), strict=True):
        for what in (*observed, Tick()):
            judge.tell(sight.moment.since_s(START), what)
    return [(one.at_s, one.onset_s) for one in judge.fired if one.rule == rule]


def shut(eyes: EyesSeen) -> bool:
    """What the rule goes by: the wider of the two eyes, unless they are cast down."""
    return max(eyes.left, eyes.right) < CLOSED_BELOW and not eyes.looking_down


def measure(shared: Path) -> dict[str, Any]:
    """Run everything; about half a minute on one core."""
    folder = shared / "media" / "videos"
    return {
        "frames": [_per_picture(clip, folder) for clip in CLIPS],
        "holds": [_held(hold, folder) for hold in HOLDS],
        "down_stills": _down_stills(shared / "media" / "images"),
    }


def _per_picture(clip: Clip, folder: Path) -> dict[str, Any]:
    seen = list(sights(pictures(folder / clip.name)))
    calibration = calibrated(seen[clip.calm[0] : clip.calm[1] + 1])
    said: dict[int, bool] = {}
    for number, observed in enumerate(read(seen, calibration)):
        eyes = [one for one in observed if isinstance(one, EyesSeen)]
        if eyes and number not in clip.half:
            said[number] = shut(eyes[0])
    right = sum(said[number] for number in clip.shut if number in said)
    return {
        "clip": clip.name,
        "pictures": len(seen),
        "judged": len(said),
        "shut": len(clip.shut),
        "found": right,
        "false": sum(said.values()) - right,
        "violations": len(violations("eyes_closed", seen, calibration)),
    }


def _held(hold: Hold, folder: Path) -> dict[str, Any]:
    """Calm, then the pictures in question, then calm again."""
    calm = bounce(*hold.clip.calm, CALM_PICTURES)
    order = [*calm, *bounce(hold.first, hold.last, HOLD_PICTURES), *calm]
    seen = list(sights(composed(folder / hold.clip.name, order)))
    calibration = calibrated(seen[:CALM_PICTURES])
    found = violations("eyes_closed", seen, calibration)
    begins_s = CALM_PICTURES / FRAMES_PER_S
    late = [round(at_s - begins_s - HOLD_S, 3) for at_s, _ in found]
    return {
        "clip": hold.clip.name,
        "what": hold.what,
        "shut": hold.shut,
        "violations": len(found),
        "late_s": late[0] if late else None,
    }


def _down_stills(folder: Path) -> list[dict[str, Any]]:
    reference = load_reference_face()
    rows = []
    with StillLandmarker(require("face_landmarker")) as landmarker:
        for name in DOWN_STILLS:
            rows.append({"picture": name, **_down(landmarker, reference, folder / name)})
    return rows


def _down(landmarker: StillLandmarker, reference: ReferenceFace, path: Path) -> dict[str, Any]:
    """A still against an average head and eyes, since the person was never calibrated."""
    meshes = landmarker.detect(clips.camera_view(path))
    if not meshes:
        return {"face": False, "closed": False}
    laid = fit(meshes[0], reference)
    sight = Sight(0, START, (laid.box,), 1, meshes[0], laid, 0.5)
    observed = FaceReader().read(sight, Calibration(LEVEL, AVERAGE_EYES))
    eyes = next(one for one in observed if isinstance(one, EyesSeen))
    return {"face": True, "closed": shut(eyes), "looking_down": eyes.looking_down}


def write(result: dict[str, Any]) -> str:
    """The report's section."""
    frames, holds = result["frames"], result["holds"]
    shut_all, found = (sum(row[key] for row in frames) for key in ("shut", "found"))
    false = sum(row["false"] for row in frames)
    precision = found / (found + false) if found + false else 0.0
    stills = [row for row in result["down_stills"] if row["face"]]
    wrong = sum(row["closed"] for row in stills)
    lines = [
        "## Eyes: closed, blinking, cast down",
        "",
        f"Four people, {sum(row['judged'] for row in frames)} pictures judged by eye (half shut "
        f"ones count neither way): recall {found / shut_all:.0%} ({found} of {shut_all}), "
        f"precision {precision:.0%} ({false} false). Few people: an indication.",
        "",
        "| clip | pictures judged | eyes shut | found | false | `eyes_closed` violations |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row['clip']} | {row['judged']} | {row['shut']} | {row['found']} | {row['false']} "
            f"| {row['violations']} |"
            for row in frames
        ),
        "",
        "Blinks never make a violation: there must be none in the table above. Pictures of the "
        "same clips held for four seconds (played to and fro), through the real rule:",
        "",
        "| clip | eyes | violation expected | started | seconds beyond the rule's two |",
        "|---|---|---|---|---|",
        *(
            f"| {row['clip']} | {row['what']} | {'yes' if row['shut'] else 'no'} "
            f"| {'yes' if row['violations'] else 'no'} "
            f"| {'' if row['late_s'] is None else row['late_s']} |"
            for row in holds
        ),
        "",
        f"Stills of people who look down, against an average person's eyes: {wrong} of "
        f"{len(stills)} read as closed.",
    ]
    return "\n".join(lines) + "\n"
