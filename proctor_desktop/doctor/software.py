"""The program and what came with it: whether all of it is there, and whether it loads."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from proctor_desktop import __version__
from proctor_desktop.config.program import is_frozen
from proctor_desktop.config.remedy import SYNC_WEIGHTS
from proctor_desktop.core.capability import Capability
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.doctor.probe import Probe, absent, works
from proctor_desktop.hosts.session_kind import SessionKind
from proctor_desktop.kiosk.display import require_display
from proctor_desktop.recording.codec import SCREEN
from proctor_desktop.recording.encoder import FragmentedVideo
from proctor_desktop.recording.prefix import readable_frames
from proctor_desktop.recording.segment_file import SegmentFile
from proctor_desktop.ui.probe import qt_version
from proctor_desktop.vision.landmarker import StillLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import State, WeightStatus, require, verify
from proctor_desktop.weights.manifest import Manifest

LANDMARKER, PORTRAIT = "face_landmarker", "demo_portrait"
OPENCV = "opencv-python"
_OPENCVS = frozenset(
    {
        OPENCV,
        "opencv-contrib-python",
        "opencv-python-headless",
        "opencv-contrib-python-headless",
    }
)
_AGAIN = "Install the program again."
_VIDEO_FRAMES = 3
_VIDEO_SIDE_PX = 64
_VIDEO_LIMIT_BYTES = 1_000_000


def program_probes(session: SessionKind) -> tuple[Probe, ...]:
    """What is said about the program and the system it runs on."""
    return (
        Probe("program", False, program),
        Probe("system", False, lambda: system(session)),
    )


def parts_probes(environ: Mapping[str, str]) -> tuple[Probe, ...]:
    """What is asked about the parts that the program brings along."""
    return (
        Probe("face landmarker", True, landmarker),
        Probe("optional models", False, optional_models),
        Probe("demo portrait", False, portrait),
        Probe("video encoder", True, encoder),
        Probe("OpenCV", True, opencv),
        Probe("Qt", False, lambda: works("Qt", f"Version {qt_version()} loads.")),
        Probe("exam window", False, lambda: exam_window(environ)),
    )


def program() -> Capability:
    """Which program this is and what runs it."""
    build = "as one built program" if is_frozen() else f"in {sys.prefix}"
    return works(
        "program", f"Proctor Desktop {__version__}, Python {platform.python_version()}, {build}."
    )


def system(session: SessionKind) -> Capability:
    """Which system and kind of desktop session this is."""
    name = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return works("system", f"{name}, desktop session: {session.value}.")


def landmarker(manifest: Manifest | None = None) -> Capability:
    """Check the model's hash and really load it; raises EnvironmentProblem."""
    path = require(LANDMARKER, manifest)
    load_reference_face()
    began_s = time.perf_counter()
    with StillLandmarker(path, max_faces=1):
        took_s = time.perf_counter() - began_s
    return works("face landmarker", f"{path.name} has the right hash; loaded in {took_s:.1f} s.")


def optional_models(statuses: Collection[WeightStatus] | None = None) -> Capability:
    """Whether the models that an exam can do without are there, and what is lost without them."""
    found = verify() if statuses is None else statuses
    models = [one for one in found if one.weight.optional and one.weight.name != PORTRAIT]
    lacking = [one for one in models if not one.usable]
    if not lacking:
        return works("optional models", f"All {len(models)} have the right hash.")
    reasons = (
        f"{one.weight.file} {'is missing' if one.state is State.MISSING else 'is refused'}: "
        f"{one.weight.without}."
        for one in lacking
    )
    return absent("optional models", " ".join(reasons), SYNC_WEIGHTS)


def portrait(statuses: Collection[WeightStatus] | None = None) -> Capability:
    """Whether the demo's portrait is there; no exam needs it."""
    found = verify() if statuses is None else statuses
    status = next(one for one in found if one.weight.name == PORTRAIT)
    if status.usable:
        return works("demo portrait", f"{status.weight.file} has the right hash.")
    state = "is missing" if status.state is State.MISSING else "has the wrong content"
    reason = f"{status.weight.file} {state}: {status.weight.without}."
    return absent("demo portrait", reason, SYNC_WEIGHTS)


def encoder() -> Capability:
    """Encode a moment of video and read it back; raises EnvironmentProblem."""
    with tempfile.TemporaryDirectory(prefix="proctor-desktop-doctor-") as folder:
        path = Path(folder) / "probe.mp4"
        try:
            _encode(path)
        except (ValueError, OSError) as problem:  # FFmpeg's errors are among these
            raise EnvironmentProblem(
                "video encoder", f"SVT-AV1 does not encode ({problem})", _AGAIN
            ) from problem
        found = readable_frames(path)
    frames = found.frames if found else 0
    if frames != _VIDEO_FRAMES:
        reason = f"Of {_VIDEO_FRAMES} encoded frames {frames} could be read back."
        return absent("video encoder", reason, _AGAIN)
    return works("video encoder", f"SVT-AV1 encodes {SCREEN.name} into fragmented MP4.")


def _encode(path: Path) -> None:
    sink = SegmentFile(path)
    try:
        side = _VIDEO_SIDE_PX
        video = FragmentedVideo(sink, side, side, 1.0, "doctor", _VIDEO_LIMIT_BYTES)
        for number in range(_VIDEO_FRAMES):
            video.write(np.full((side, side, 4), 80 * number, np.uint8), float(number))
        video.close()
    finally:
        sink.close()


def opencv(installed: Collection[str] | None = None, frozen: bool | None = None) -> Capability:
    """Whether exactly the one OpenCV is installed that nothing overwrites."""
    if is_frozen() if frozen is None else frozen:
        return works("OpenCV", "It is part of this built program.")
    found = sorted(_OPENCVS & set(_distributions() if installed is None else installed))
    if found == [OPENCV]:
        return works("OpenCV", f"Exactly one is installed: {OPENCV}.")
    reason = f"Found {' and '.join(found) or 'none'}; only {OPENCV} may be there."
    if len(found) > 1:
        reason += " They overwrite each other's files."
    return absent("OpenCV", reason, "Install again from packaging/requirements.lock.")


def _distributions() -> set[str]:
    return {one.name.lower().replace("_", "-") for one in importlib.metadata.distributions()}


def exam_window(environ: Mapping[str, str] = os.environ) -> Capability:
    """Whether the candidate's window can open here; raises EnvironmentProblem."""
    require_display(environ)
    return works("exam window", "There is a display for it.")
