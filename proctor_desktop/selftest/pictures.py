"""Pictures: faces found in them, kept as JPEG, and encoded as video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proctor_desktop.core.frame import HEIGHT_PX, WIDTH_PX, Frame
from proctor_desktop.core.moment import Clock, Moment
from proctor_desktop.core.observation import Observation
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.recording.prefix import readable_frames
from proctor_desktop.recording.segment import Segment
from proctor_desktop.recording.segmenter import Segmenter
from proctor_desktop.recording.still import jpeg
from proctor_desktop.selftest.steps import StepFailed
from proctor_desktop.sources.video_file import VideoFile
from proctor_desktop.vision.geometry import angles, fit
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import State, inspect, require
from proctor_desktop.weights.manifest import load

Picture: TypeAlias = NDArray[np.uint8]

_PORTRAIT = "demo_portrait"

PLAUSIBLE_DEG = 20.0
"""The portrait looks nearly straight ahead; the absolute angle is good to some degrees."""

PLAUSIBLE_CONFIDENCE = 0.5
STILL_ERROR = 8.0
"""Mean difference, of 255, that JPEG at quality 50 may make; it makes about 3."""

SCREEN_FRAMES = 8
SCREEN_FRAMES_PER_S = 5.0
_SCREEN_WIDTH_PX, _SCREEN_HEIGHT_PX = 640, 360
_SEGMENT_S = 10.0
_NEXT_FRAME_MS = 125


def portrait() -> Picture | None:
    """The demo's portrait as a camera picture; None where it was never obtained.

    Raises EnvironmentProblem if the file that is there is not the right one.
    """
    if inspect(load().weight(_PORTRAIT)).state is State.MISSING:
        return None
    return first_picture(require(_PORTRAIT))


def first_picture(path: Path) -> Picture:
    """The (first) picture in a file as the camera would give it."""
    file = VideoFile(path)
    try:
        picture = file.at(0.0)
    finally:
        file.close()
    if picture is None:
        raise StepFailed(f"no picture came out of {path}")
    return picture


def blank() -> Picture:
    """A grey wall."""
    return np.full((HEIGHT_PX, WIDTH_PX, 3), 128, np.uint8)


def analyse(picture: Picture | None) -> str:
    """Load every model that is installed; find no face on a grey wall and one in the portrait.

    Says what was seen; raises StepFailed for anything else.
    """
    with load_models(installed().vision) as models:
        wall = blank()
        followed = len(models.landmarker.detect(wall, _NEXT_FRAME_MS))
        if found := max(followed, len(models.faces.detect(wall))):
            raise StepFailed(f"{found} faces were found on a grey wall")
        if picture is None:
            return "no face on a grey wall (no portrait is installed: nothing else to see)"
        meshes = models.landmarker.detect(picture, 2 * _NEXT_FRAME_MS)
        found = max(len(meshes), len(models.faces.detect(picture)))
    if found != 1 or not meshes:
        shown = found if meshes else 0
        raise StepFailed(f"{shown} faces were found in the portrait, which shows one")
    seen = fit(meshes[0], load_reference_face())
    turned = angles(seen.rotation)
    text = (
        f"yaw {turned.yaw_deg:+.1f}, pitch {turned.pitch_deg:+.1f}, roll {turned.roll_deg:+.1f} "
        f"degrees, confidence {seen.confidence:.2f}"
    )
    worst_deg = max(abs(turned.yaw_deg), abs(turned.pitch_deg), abs(turned.roll_deg))
    if worst_deg > PLAUSIBLE_DEG or seen.confidence < PLAUSIBLE_CONFIDENCE:
        raise StepFailed(f"the portrait's pose is not plausible: {text}")
    return f"no face on a grey wall, one in the portrait: {text}"


def check_still(picture: Picture, folder: Path) -> str:
    """Encode a still, read it back from disk and compare; raises StepFailed."""
    content = jpeg(picture)
    path = folder / "still.jpg"
    path.write_bytes(content)
    again = first_picture(path)
    if again.shape != picture.shape:
        raise StepFailed(f"a still of {picture.shape} came back as {again.shape}")
    error = float(np.abs(again.astype(np.int16) - picture.astype(np.int16)).mean())
    if error > STILL_ERROR:
        raise StepFailed(f"the still differs from the picture by {error:.1f} of 255 on average")
    return f"{len(content)} bytes, differs by {error:.1f} of 255 on average"


def record_screen(folder: Path, clock: Clock, started: Moment) -> tuple[Segment, str]:
    """Send made screen pictures through the segmenter and read the video back.

    Returns the segment and what was seen; raises StepFailed.
    """
    segments: list[Segment] = []
    trouble: list[str] = []

    def report(_moment: Moment, what: Observation) -> None:
        trouble.append(repr(what))

    def crashed(bug: BaseException) -> None:
        trouble.append(repr(bug))

    recorder = Segmenter(
        folder, _SEGMENT_S, SCREEN_FRAMES_PER_S, segments.append, clock, report, crashed
    )
    recorder.open()
    for frame in screen_frames(started):
        recorder.put(frame)
    recorder.start()
    if not recorder.stop():
        raise StepFailed("the segmenter did not come to an end")
    return check_segment(segments, trouble)


def screen_frames(started: Moment) -> list[Frame[Picture]]:
    """A white window that gets longer on a dark screen: BGRA, each picture unlike the one before.

    No more of them than the segmenter's intake holds.
    """
    frames = []
    for number in range(SCREEN_FRAMES):
        image = np.full((_SCREEN_HEIGHT_PX, _SCREEN_WIDTH_PX, 4), 40, np.uint8)
        image[100:140, 40 : 80 + 60 * number] = 230
        moment = started.later(number / SCREEN_FRAMES_PER_S)
        frames.append(Frame(number + 1, moment, image))
    return frames


def check_segment(segments: Sequence[Segment], trouble: Sequence[str]) -> tuple[Segment, str]:
    """The one segment that came out, if it holds all pictures; raises StepFailed."""
    if trouble:
        raise StepFailed(f"the segmenter reported: {'; '.join(trouble)}")
    if len(segments) != 1:
        raise StepFailed(f"{len(segments)} segments came out instead of one")
    segment = segments[0]
    found = readable_frames(segment.path)
    if found is None or (found.frames, segment.frames) != (SCREEN_FRAMES, SCREEN_FRAMES):
        raise StepFailed(f"of {SCREEN_FRAMES} pictures this could be read back: {found}")
    size = segment.path.stat().st_size
    return segment, f"{found.frames} frames of {found.width}x{found.height}, {size} bytes"
