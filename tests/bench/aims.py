"""What is aimed at, and whether the figures of a run meet it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.landmarks import VENDOR, WEB
from tests.bench.latency.lateness import AIM_MS, HEARD, SHOWN


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure, by where it stands in the results, and the most that it should be."""

    what: str
    at: tuple[str, ...]
    most: float
    unit: str

    def judged(self, figures: Mapping[str, Any]) -> str | None:
        """In one line; None where that part was not run."""
        if self.at[0] not in figures:
            return None
        found: Any = figures
        for key in self.at:
            found = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(found, int | float):
            return f"not measured  {self.what} (aim: {self.most:g}{self.unit})"
        verdict = "met" if found <= self.most else "NOT MET"
        return f"{verdict:12}  {self.what}: {found:g}{self.unit} (aim: {self.most:g}{self.unit})"


def _screen_recording(name: str, part: str) -> tuple[Aim, ...]:
    return (
        Aim(f"{name}, bytes of ffmpeg's", (part, "bytes_ratio"), 0.6, " x"),
        Aim("... CPU of ffmpeg's", (part, "cpu_ratio"), 1.0, " x"),
        Aim("... likeness lost (1 - SSIM), of ffmpeg's", (part, "ssim_lost_ratio"), 1, " x"),
        Aim("... of an idle desktop", (part, "idle_kb_per_minute"), 20, " kB a minute"),
    )


AIMS = (
    Aim(f"landmarks and pose, of {WEB}", ("landmarks_and_pose", WEB, "ours_is"), 0.4, " x"),
    Aim(f"landmarks and pose, of {VENDOR}", ("landmarks_and_pose", VENDOR, "ours_is"), 0.5, " x"),
    Aim("landmarks alone, of a core", ("landmarks_alone", "percent_of_one_core"), 6, " %"),
    Aim("whole vision worker, of a core", ("vision_worker", "percent_of_one_core"), 12, " %"),
    Aim("sound, of a core", ("sound", "percent_of_one_core"), 1, " %"),
    Aim("monitor without a desktop, RSS", ("monitor_without_desktop", "rss_mb"), 400, " MB"),
    Aim("... recording 1280x720, RSS", ("monitor_with_screen_recording", "rss_mb"), 400, " MB"),
    Aim("... recording 1920x1080, RSS", ("monitor_with_large_screen", "rss_mb"), 400, " MB"),
    Aim("recovery of 4 h, 50,000 records", ("recovery", "recovery", "worst_s"), 2, " s"),
    Aim("... its database written again", ("recovery", "rebuilding", "worst_s"), 2, " s"),
    Aim("a record safe in both places, p99", ("recovery", "commit", "p99_ms"), 50, " ms"),
    *_screen_recording("screen recording", "screen_recording"),
    *_screen_recording("screen recording, dark editor", "screen_recording_editor"),
    Aim("verification, 200 MB in a second", ("verification", "ms_per_mb"), 5, " ms/MB"),
    Aim("lateness p95, what the camera shows", ("latency", SHOWN, "p95_ms"), AIM_MS, " ms"),
    Aim("... what the microphone hears", ("latency", HEARD, "p95_ms"), AIM_MS, " ms"),
)


def judged(figures: Mapping[str, Any]) -> Iterator[str]:
    """A line for each aim whose part was run."""
    for aim in AIMS:
        line = aim.judged(figures)
        if line is not None:
            yield line
