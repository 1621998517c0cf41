"""``make bench``: every figure from one run, on this machine, now."""

from __future__ import annotations

import json
import os
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import cv2
import numpy as np
import psutil

from proctor_desktop.demo.pose import Pose
from proctor_desktop.vision.analysis import observations
from proctor_desktop.vision.geometry import fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.sync import require
from tests.fakes.footage import HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, running_endpoint, start, stop, wait_until
from tests.fakes.x_display import x_display

WARM_UP_FRAMES = 20
SETTLE_S = 5.0
MEASURED_S = 50.0
ASIDE = Pose(shift_x_px=215.0)


def percentiles(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and count."""
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "n": len(values)}


def vision_ms(video: Path) -> dict[str, float]:
    """Milliseconds a frame: landmarks, pose and observations, on one core, with tracking."""
    reference, times = load_reference_face(), []
    capture = cv2.VideoCapture(str(video))
    with VideoLandmarker(require("face_landmarker")) as landmarker:
        number = 0
        while (read := capture.read())[0]:
            image = np.ascontiguousarray(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB), np.uint8)
            began = time.perf_counter()
            meshes = landmarker.detect(image, (number + 1) * 125)
            observations(number, [fit(mesh, reference, 640, 480) for mesh in meshes], None)
            times.append((time.perf_counter() - began) * 1000)
            number += 1
    capture.release()
    return percentiles(times[WARM_UP_FRAMES:])


def monitor_run(folder: Path, camera: Path, sound: Path, desktop: bool) -> dict[str, object]:
    """A real monitor against a real endpoint: CPU share, and how long evidence takes."""
    folder.mkdir()
    institution = Institution(folder)
    data = folder / "data"
    fast = {"outside_zone": {"after_s": 0.0, "cooldown_s": 0.0}}
    screen = x_display() if desktop else nullcontext("")
    with running_endpoint(folder / "endpoint") as endpoint, screen as display:
        exam = institution.exam(endpoint.address, rules=fast)
        words = [*monitor_words(exam, camera, sound, data), "--skip-preparation"]
        if desktop:
            os.environ["DISPLAY"], os.environ["XDG_SESSION_TYPE"] = display, "x11"
            words.remove("--no-desktop")
        process = start(words, folder / "log")
        wait_until(lambda: data.is_dir() and any(data.glob("*/journal.db")), 30, "no session")
        share = _cpu_share(process.pid)
        stop(process)
    return {"cpu_percent_of_one_core": share, **_latencies(data)}


def _cpu_share(pid: int) -> float:
    time.sleep(SETTLE_S)
    process = psutil.Process(pid)
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(MEASURED_S)
    after = process.cpu_times()
    spent = after.user - before.user + after.system - before.system
    return round(100 * spent / (time.monotonic() - began), 1)


def _latencies(data: Path) -> dict[str, object]:
    """From the moment a picture was captured to the violation record made of it."""
    with newest(data) as reader:
        records = [r for r in chain(reader) if r.kind in ("violation.start", "violation.update")]
        committed, received = reader.committed_ns(), sorted(reader.received_ns().items())
    to_commit = [(committed[r.seq] - r.mono_ns) / 1e6 for r in records]
    to_receipt = [
        (next(ns for seq, ns in received if seq >= r.seq) - r.mono_ns) / 1e6
        for r in records
        if r.kind == "violation.start" and received and received[-1][0] >= r.seq
    ]
    return {
        "frame_to_committed_ms": percentiles(to_commit),
        "frame_to_acknowledged_ms": percentiles(to_receipt),
    }


def main() -> None:
    """Measure, print, and keep the figures as JSON beside this file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still = write_footage(folder / "still.mp4", [(10, HERE), (10, Pose(yaw_deg=20))])
        # A face in every picture, so that nothing is spared; off centre every other while.
        busy = write_footage(folder / "busy.mp4", [(1.3, HERE), (1.3, ASIDE)] * 25)
        sound = write_wav(folder / "sound.wav", tone(220, 70, 16_000))
        figures = {
            "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start",
            "vision_ms_a_frame": vision_ms(still),
            "monitor_without_desktop": monitor_run(folder / "a", busy, sound, desktop=False),
            "monitor_with_screen_recording": monitor_run(folder / "b", busy, sound, desktop=True),
        }
    text = json.dumps(figures, indent=2)
    (Path(__file__).parent / "results.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
