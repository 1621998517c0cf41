"""``make bench``: what it costs and how late it is, on this machine, now.

python -m tests.bench                    everything, about seventeen minutes; kept as results.json
python -m tests.bench latency sound      these parts only; printed, nothing is written
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from traceback import format_exc
from typing import Any

from proctor_desktop.hosts.memory import keep_memory_compact
from proctor_desktop.monitor import analysers
from tests.bench import (
    aims,
    analysis_cost,
    landmarks,
    monitor_cost,
    recovery,
    screen_recording,
    verification,
)
from tests.bench.latency import measurement, report
from tests.bench.material import Material
from tests.bench.not_measured import NotMeasured

RESULTS = Path(__file__).with_name("results.json")
BROKE = "broke"


def parts(material: Material) -> dict[str, Callable[[], dict[str, Any]]]:
    """Every measurement by its name, in the order in which they are made."""
    there = analysers.installed()

    def monitor(name: str, screen: str | None) -> dict[str, Any]:
        folder = material.folder / name
        return monitor_cost.measure(folder, material.restless, material.sound, screen)

    return {
        "landmarks_and_pose": lambda: landmarks.compare(material.frames, material.optional),
        "landmarks_alone": lambda: analysis_cost.landmarks_alone(material.frames, there),
        "vision_worker": lambda: analysis_cost.vision(material.frames, there),
        "sound": lambda: analysis_cost.sound(material.sound, there),
        "monitor_without_desktop": lambda: monitor("alone", None),
        "monitor_with_screen_recording": lambda: monitor("screen", "1280x720"),
        "monitor_with_large_screen": lambda: monitor("large", "1920x1080"),
        "recovery": lambda: recovery.measure(material.folder / "recovery"),
        "screen_recording": lambda: screen_recording.measure(material.folder / "recording"),
        "screen_recording_editor": lambda: screen_recording.measure(
            material.folder / "editor", "editor"
        ),
        "verification": lambda: verification.measure(material.folder / "verification"),
        "latency": lambda: measurement.measure(material.folder / "latency", material.media),
    }


def main() -> int:
    """Measure what was asked for, print it, and keep it if it was everything; 1 if a part broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure costs.")
    parser.add_argument("parts", nargs="*", metavar="part")
    asked = parser.parse_args().parts
    keep_memory_compact()  # what is measured in this process costs what it costs in the monitor
    with tempfile.TemporaryDirectory() as folder:
        material = Material(Path(folder))
        every = parts(material)
        unknown = sorted(set(asked) - set(every))
        if unknown:
            parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(every)}")
        machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
        found = measured({name: every[name] for name in every if not asked or name in asked})
    figures = {"machine": machine, "frames": material.who, **found}
    text = json.dumps(figures, indent=2)
    if not asked:
        RESULTS.write_text(text + "\n")
    print("\n".join([text, "", *summary(figures)]))
    return int(any(BROKE in part for part in found.values()))


def measured(wanted: Mapping[str, Callable[[], dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The figures of each part; what cannot be measured here says so and hinders no other."""
    figures: dict[str, dict[str, Any]] = {}
    for name, measure in wanted.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            figures[name] = measure()
        except NotMeasured as problem:
            figures[name] = {"not_measured": str(problem)}
        except Exception as bug:  # the other figures are worth having all the same
            print(format_exc(), file=sys.stderr)
            figures[name] = {BROKE: repr(bug)}
    return figures


def summary(figures: Mapping[str, Any]) -> Sequence[str]:
    """The lateness of each rule, and what is met of what is aimed at."""
    told = report.lines(figures["latency"]) if "by_rule" in figures.get("latency", {}) else []
    return [*told, *aims.judged(figures)]


if __name__ == "__main__":
    sys.exit(main())
