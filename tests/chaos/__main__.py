"""``make chaos``: break everything that can break, many times, and write REPORT.md.

python -m tests.chaos                 every campaign, about an hour on two cores
python -m tests.chaos kill tamper     these only; printed, nothing is written
python -m tests.chaos --short         every campaign, in minutes; printed, nothing is written
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from importlib import import_module
from pathlib import Path
from traceback import format_exc
from typing import Any

from tests.bench.not_measured import NotMeasured

HERE = Path(__file__).parent
CAMPAIGNS = ("kill", "power_loss", "disk_faults", "network", "clock", "tamper", "fuzz", "canary")

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
    given = parser.parse_args()
    unknown = set(given.campaigns) - set(CAMPAIGNS)
    if unknown:
        parser.error(f"there is no campaign called {', '.join(sorted(unknown))}")
    names = [name for name in CAMPAIGNS if not given.campaigns or name in given.campaigns]
    sections, figures = {}, {}
    for name in names:
        sections[name], figures[name] = _run(name, short=given.short)
    report = "\n".join([_INTRODUCTION, _machine(), *sections.values()])
    if not given.campaigns and not given.short:
        (HERE / "REPORT.md").write_text(report, "utf-8")
        text = json.dumps(figures, indent=1, default=str)
        (HERE / "report.json").write_text(text + "\n", "utf-8")
    print(report)
    return int(any(one.get("broke") or one.get("failed") for one in figures.values()))


def _run(name: str, *, short: bool) -> tuple[str, dict[str, Any]]:
    """A campaign's section and figures; ``failed`` in them counts what must not have happened."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    campaign: Any = import_module(f"tests.chaos.{name}")
    began_s = time.monotonic()
    try:
        figures: dict[str, Any] = campaign.measure(short=short)
    except NotMeasured as problem:
        return f"## {_title(name)}\n\nNot run: {problem}.\n", {"not_measured": str(problem)}
    except Exception as bug:  # the other campaigns are worth having all the same
        print(format_exc(), file=sys.stderr)
        return f"## {_title(name)}\n\nBROKE: {bug!r}\n", {"broke": repr(bug)}
    took_s = round(time.monotonic() - began_s)
    return f"{campaign.write(figures).rstrip()}\n\nTook {took_s} s.\n", figures


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}.\n"


if __name__ == "__main__":
    sys.exit(main())
