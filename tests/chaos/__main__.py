"""``make chaos``: break everything that can break, many times, and write REPORT.md.

python -m tests.chaos                      every campaign, about an hour on two cores
python -m tests.chaos kill tamper          these only; printed, nothing is written
python -m tests.chaos --keep kill tamper   these only, written beside what the report has of others
python -m tests.chaos --short              every campaign, in minutes; printed, nothing is written
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import format_exc
from typing import Any, TypeAlias

from tests.bench.not_measured import NotMeasured
from tests.chaos import (
    canary,
    clock,
    disk_faults,
    eaten_disk,
    fuzz,
    kill,
    network,
    power_loss,
    small_disk,
    system_faults,
    tamper,
)

REPORT = Path(__file__).with_name("REPORT.md")
FIGURES = Path(__file__).with_name("report.json")

Figures: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Campaign:
    """How to run one, whole or short, and how much in its figures must not have happened."""

    measure: Callable[[], Figures]
    measure_short: Callable[[], Figures]
    write: Callable[[Figures], str]
    failed: Callable[[Figures], int]


def _lost(figures: Figures) -> int:
    journal = figures["journal"]
    return int(journal["lost"]) + journal["broken_chains"] + journal["manual_repairs"]


def _escaped(figures: Figures) -> int:
    return sum(len(figures[part]["escaped"]) for part in ("forgeries", "honest"))


def _faults(figures: Figures) -> int:
    return sum(bool(one["fault"]) for one in figures.values())


CAMPAIGNS = {
    "kill": Campaign(
        kill.measure, lambda: kill.measure(kill.SHORT, kill.MONITOR_SHORT), kill.write, _lost
    ),
    "power_loss": Campaign(
        power_loss.measure,
        lambda: power_loss.measure(power_loss.SHORT),
        power_loss.write,
        lambda found: sum(one.get("lost", 0) + one.get("broken", 0) for one in found.values()),
    ),
    "disk_faults": Campaign(
        disk_faults.measure,
        lambda: disk_faults.measure(disk_faults.SHORT),
        disk_faults.write,
        lambda found: found["crashed"] + found["silent"],
    ),
    "system_faults": Campaign(
        system_faults.measure,
        lambda: system_faults.measure(system_faults.SHORT),
        system_faults.write,
        lambda found: found["crashed"] + found["silent"] + found["lost"],
    ),
    "small_disk": Campaign(
        small_disk.measure, small_disk.measure, small_disk.write, small_disk.failed
    ),
    "eaten_disk": Campaign(
        eaten_disk.measure,
        lambda: eaten_disk.measure(eaten_disk.SHORT),
        eaten_disk.write,
        eaten_disk.failed,
    ),
    "network": Campaign(
        network.measure,
        lambda: network.measure(network.SHORT),
        network.write,
        lambda found: found["differing_sessions"],
    ),
    "clock": Campaign(
        clock.measure,
        lambda: clock.measure(clock.SHORT),
        clock.write,
        lambda found: sum(bool(found[name]) for name in clock.FAILURES),
    ),
    "tamper": Campaign(tamper.measure, lambda: tamper.measure(short=True), tamper.write, _escaped),
    "fuzz": Campaign(fuzz.measure, lambda: fuzz.measure(short=True), fuzz.write, _faults),
    "canary": Campaign(
        lambda: canary.measure(short=False),
        lambda: canary.measure(short=True),
        canary.write,
        lambda found: found["failed"],
    ),
}

_INTRODUCTION = """# What it withstands

Written by `make chaos`. Every campaign breaks the real thing, over and over, and then looks at what
is left. A campaign that found nothing in n tries shows, at 95 %, that fewer than 3/n of them go
wrong; not that none does.
"""


def main() -> int:
    """Run what was asked for; 1 if a campaign broke or found something lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Break it.")
    parser.add_argument("campaigns", nargs="*", metavar="campaign", help=", ".join(CAMPAIGNS))
    parser.add_argument("--short", action="store_true", help="fewer tries of everything")
    parser.add_argument("--keep", action="store_true", help="write named campaigns' figures, too")
    given = parser.parse_args()
    unknown = set(given.campaigns) - set(CAMPAIGNS)
    if unknown:
        parser.error(f"there is no campaign called {', '.join(sorted(unknown))}")
    names = [name for name in CAMPAIGNS if not given.campaigns or name in given.campaigns]
    found = {name: _run(name, short=given.short) for name in names}
    if not given.short and (given.keep or not given.campaigns):
        _write(_kept() | found if given.campaigns else found)
    print("\n".join([_INTRODUCTION, *(one["section"] for one in found.values())]))
    return int(any(one.get("broke") or one.get("failed") for one in found.values()))


def _kept() -> dict[str, Figures]:
    """What the report has; nothing when there is none yet."""
    return dict(json.loads(FIGURES.read_text("utf-8"))) if FIGURES.exists() else {}


def _write(found: dict[str, Figures]) -> None:
    ordered = {name: found[name] for name in CAMPAIGNS if name in found}
    report = "\n".join([_INTRODUCTION, *(one["section"] for one in ordered.values())])
    REPORT.write_text(report, "utf-8")
    FIGURES.write_text(json.dumps(ordered, indent=1, default=str) + "\n", "utf-8")


def _run(name: str, *, short: bool) -> Figures:
    """A campaign's figures with its section of the report; ``failed`` in them must be 0."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    campaign, began_s = CAMPAIGNS[name], time.monotonic()
    try:
        found = campaign.measure_short() if short else campaign.measure()
    except NotMeasured as problem:
        section = f"## {_title(name)}\n\nNot run: {problem}.\n"
        return {"section": section, "not_measured": str(problem)}
    except Exception as bug:  # the other campaigns are worth having all the same
        print(format_exc(), file=sys.stderr)
        return {"section": f"## {_title(name)}\n\nBROKE: {bug!r}\n", "broke": repr(bug)}
    took_s = round(time.monotonic() - began_s)
    section = f"{campaign.write(found).rstrip()}\n\nTook {took_s} s on {_machine()}.\n"
    return {"section": section, **found, "failed": campaign.failed(found)}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
