"""Screen recording beside ffmpeg's: the same desktop, at the same time, at the same rate.

Ours is the real grabber and segmenter with the policy's defaults, sealed; theirs is
``ffmpeg -f x11grab`` with libx264 veryfast and its own defaults. Both are compared with what was
shown: each picture tells its number, and afterwards the desktop shows that very view again.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import av
import cv2
import mss
import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from numpy.typing import NDArray

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.policy import Recording
from proctor_desktop.demo.display import virtual_display
from proctor_desktop.recording.conversion import encodable
from proctor_desktop.wire.unseal import open_sealed, read_header
from tests.bench import desktop_script, editor_script
from tests.bench.desktop_script import PART_S, Step, View
from tests.bench.desktop_window import BIT_PX, BITS
from tests.bench.not_measured import NotMeasured

SIZE = "1920x1080"
_IDLE_AFTER_S = 12.0
"""The last change may still be on its way to the disk when nothing happens any more."""

DESKTOPS = {
    "page": ("tests.bench.desktop_window", desktop_script.script),
    "editor": ("tests.bench.editor_window", editor_script.script),
}
"""The program that shows each, and what happens on it."""

_RECORDER = "tests.bench.screen_recorder"
Luma: TypeAlias = NDArray[np.uint8]
Pictures: TypeAlias = Sequence[tuple[float, Luma]]
"""What a recording shows, from when on, in seconds."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one of the two made of it."""

    size_bytes: int
    cpu_s: float
    pictures: Pictures


def measure(folder: Path, desktop: str = "page", part_s: float = PART_S) -> dict[str, Any]:
    """Bytes, CPU seconds and likeness of both; raises NotMeasured."""
    if shutil.which("ffmpeg") is None:
        raise NotMeasured("ffmpeg, which ours is compared with, is not installed")
    folder.mkdir(parents=True)
    key = X25519PrivateKey.generate()
    window, script = DESKTOPS[desktop]
    steps = script(part_s)
    try:
        with virtual_display(SIZE) as display, _desktop(display, window) as show:
            ours, theirs, idle_bytes = _both(folder, display, key, steps, part_s, show)
            views = {step.view.number: step.view for step in steps}
            likeness = [
                _likeness(one.pictures, 4 * part_s, _references(display, views, show, one, to_luma))
                for one, to_luma in ((ours, _our_luma), (theirs, _their_luma))
            ]
    except EnvironmentProblem as problem:
        raise NotMeasured(str(problem)) from problem
    return {
        "seconds": 4 * part_s,
        "frames_per_s": Recording().screen_frames_per_s,
        "ours": _figures(ours, likeness[0]),
        "ffmpeg_x264_veryfast": _figures(theirs, likeness[1]),
        "bytes_ratio": round(ours.size_bytes / theirs.size_bytes, 3),
        "cpu_ratio": round(ours.cpu_s / theirs.cpu_s, 3),
        "ssim_lost_ratio": round((1 - likeness[0]) / (1 - likeness[1]), 3),
        "idle_kb_per_minute": round(idle_bytes / 1e3 * 60 / (part_s - _IDLE_AFTER_S), 1),
    }


def _figures(one: Recorded, ssim: float) -> dict[str, Any]:
    return {
        "kb": round(one.size_bytes / 1e3),
        "cpu_s": round(one.cpu_s, 2),
        "ssim": round(ssim, 5),
        "pictures": len(one.pictures),
    }


@contextmanager
def _desktop(display: str, window: str) -> Iterator[Callable[[View], None]]:
    process = subprocess.Popen(
        [sys.executable, "-m", window],
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told, answers = process.stdin, process.stdout
    assert told is not None
    assert answers is not None

    def show(view: View) -> None:
        told.write(json.dumps(view.fields()) + "\n")
        told.flush()
        if answers.readline().strip() != str(view.number):
            raise NotMeasured("the scripted desktop does not show what it is told")

    try:
        show(View(0))
        time.sleep(2)  # until the window manager has made it as large as the screen
        yield show
    finally:
        process.communicate(timeout=10)


def _both(
    folder: Path,
    display: str,
    key: X25519PrivateKey,
    steps: Sequence[Step],
    part_s: float,
    show: Callable[[View], None],
) -> tuple[Recorded, Recorded, int]:
    """Record the whole script with both at once; and what the idle part grew ours by."""
    segments, file = folder / "segments", folder / "theirs.mp4"
    public = key.public_key().public_bytes_raw().hex()
    environment = {**os.environ, "DISPLAY": display, "XDG_SESSION_TYPE": "x11"}
    ours = subprocess.Popen(
        [sys.executable, "-m", _RECORDER, str(segments), public],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert ours.stdout is not None
    assert ours.stdout.readline() == "ready\n"
    with (folder / "ffmpeg.log").open("wb") as log:
        theirs = subprocess.Popen(_ffmpeg(display, file), stdin=subprocess.PIPE, stderr=log)
    before = _play(steps, part_s, show, lambda: _size(segments))
    idle_bytes = _size(segments) - before
    cpu_s, _ = ours.communicate(timeout=30)
    their_cpu_s = _end(theirs)
    return (
        Recorded(_size(segments), float(cpu_s), _ours(segments, key)),
        Recorded(file.stat().st_size, their_cpu_s, list(_shown(file.open("rb"), 0.0))),
        idle_bytes,
    )


def _ffmpeg(display: str, file: Path) -> list[str]:
    rate = str(Recording().screen_frames_per_s)
    grab = ["-f", "x11grab", "-framerate", rate, "-video_size", SIZE, "-i", display]
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
    return ["ffmpeg", "-hide_banner", "-y", *grab, *encode, str(file)]


def _end(ffmpeg: subprocess.Popen[bytes]) -> float:
    """Let it finish its file; the CPU seconds that it took in all."""
    assert ffmpeg.stdin is not None
    ffmpeg.stdin.write(b"q")
    ffmpeg.stdin.close()
    _, status, used = os.wait4(ffmpeg.pid, 0)
    ffmpeg.returncode = os.waitstatus_to_exitcode(status)
    if ffmpeg.returncode:
        raise NotMeasured("ffmpeg does not record here: it is said in ffmpeg.log")
    return used.ru_utime + used.ru_stime


def _play(
    steps: Sequence[Step], part_s: float, show: Callable[[View], None], size: Callable[[], int]
) -> int:
    """Show each view at its time; the size of the recording soon after the last."""
    began = time.monotonic()
    for step in steps:
        time.sleep(max(0.0, began + step.at_s - time.monotonic()))
        show(step.view)
    time.sleep(max(0.0, began + 3 * part_s + _IDLE_AFTER_S - time.monotonic()))
    before = size()
    time.sleep(max(0.0, began + 4 * part_s - time.monotonic()))
    return before


def _size(segments: Path) -> int:
    return sum(path.stat().st_size for path in segments.iterdir())


def _ours(segments: Path, key: X25519PrivateKey) -> Pictures:
    """What the segments show, in their order."""
    opened = []
    for path in segments.iterdir():
        content = path.read_bytes()
        starts_s = read_header(io.BytesIO(content)).about["mono_ns"] / 1e9
        opened.append((starts_s, open_sealed(content, [key]).content))
    opened.sort()
    first_s = opened[0][0]
    return [
        picture
        for starts_s, content in opened
        for picture in _shown(io.BytesIO(content), starts_s - first_s)
    ]


def _shown(file: BinaryIO, starts_s: float) -> Iterator[tuple[float, Luma]]:
    with file, av.open(file) as container:
        for frame in container.decode(video=0):
            yield starts_s + float(frame.time or 0), _luma(frame)


def _luma(frame: av.VideoFrame) -> Luma:
    plane = frame.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return lines[:, : plane.width].copy()


def _our_luma(image: NDArray[np.uint8]) -> Luma:
    return _luma(encodable(image))


def _their_luma(image: NDArray[np.uint8]) -> Luma:
    """As ffmpeg makes it when nobody tells it otherwise."""
    return _luma(av.VideoFrame.from_ndarray(image, format="bgra").reformat(format="yuv420p"))


def _references(
    display: str,
    views: Mapping[int, View],
    show: Callable[[View], None],
    one: Recorded,
    to_luma: Callable[[NDArray[np.uint8]], Luma],
) -> Callable[[Luma], Luma | None]:
    """Tells what a picture should look like, by showing its view once more."""
    os.environ["DISPLAY"] = display
    screen = mss.MSS(with_cursor=True)
    known: dict[int, Luma] = {}

    def reference(picture: Luma) -> Luma | None:
        number = _number(picture)
        if number not in views:
            return None
        if number not in known:
            known.clear()
            show(views[number])
            time.sleep(0.05)
            shot = screen.grab(screen.monitors[0])
            image = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
            known[number] = to_luma(np.ascontiguousarray(image))
        return known[number]

    return reference


def _number(picture: Luma) -> int:
    """The number that stands in a picture."""
    half = BIT_PX // 2
    return sum(int(picture[half, bit * BIT_PX + half] > 128) << bit for bit in range(BITS))


def _likeness(
    pictures: Pictures, until_s: float, reference: Callable[[Luma], Luma | None]
) -> float:
    """The mean SSIM over the time that was recorded."""
    ends = [at_s for at_s, _ in pictures[1:]] + [max(until_s, pictures[-1][0])]
    total = weight = 0.0
    for (at_s, picture), end_s in zip(pictures, ends, strict=True):
        wanted = reference(picture)
        if wanted is not None and end_s > at_s:
            total += (end_s - at_s) * _ssim(wanted, picture)
            weight += end_s - at_s
    return total / weight


def _ssim(one: Luma, other: Luma) -> float:
    """Structural similarity of two pictures (Wang et al., 2004), Gaussian window of 11 pixels."""
    a, b = one.astype(np.float32), other.astype(np.float32)

    def mean(image: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(image, (11, 11), 1.5), np.float32)

    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    both = mean(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float((top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())
