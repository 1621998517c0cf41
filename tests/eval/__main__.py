"""``make eval``: measure everything anew and write REPORT.md and report.json.

python -m tests.eval                      everything, about ten minutes on two cores
python -m tests.eval face_count honest    these sections only; printed, nothing is written
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exc
from typing import Any

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.installed import require
from tests.eval import head_pose
from tests.eval.summary import SECTIONS, Outcome, introduction, summary

HERE = Path(__file__).parent
SHARED = HERE.parent.parent.parent / "shared"
_PROCESSES = 2
_ALREADY_PARALLEL = ("honest", "misbehaviour")


def main() -> int:
    """Run what was asked for; 1 if a section broke (one that lacks its material did not)."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description="Measure accuracy.")
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    asked = tuple(parser.parse_args().sections)
    unknown = set(asked) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section called {', '.join(sorted(unknown))}")
    outcomes = run([name for name in SECTIONS if not asked or name in asked])
    if asked:
        print("\n".join(outcome.section for outcome in outcomes.values()))
    else:
        _publish(outcomes)
    return int(any(outcome.broke for outcome in outcomes.values()))


def run(names: list[str]) -> dict[str, Outcome]:
    """Every named section: those that use two processes themselves after the others."""
    alone = [name for name in names if name not in _ALREADY_PARALLEL]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        outcomes = dict(zip(alone, pool.map(evaluate, alone), strict=True))
    outcomes |= {name: evaluate(name) for name in names if name in _ALREADY_PARALLEL}
    return {name: outcomes[name] for name in names}


def evaluate(name: str) -> Outcome:
    """One section; without its material or model it says so by name."""
    _say(f"{name} ...")
    try:
        if name != "rendered_candidate" and not (SHARED / "media" / "INDEX.md").is_file():
            raise EnvironmentProblem(
                "the shared test media", f"there is none at {SHARED.name}/media", "Put it there."
            )
        section, figures = _measured(name)
    except (EnvironmentProblem, FileNotFoundError) as problem:
        return Outcome(_left_out(name, problem), {}, f"{problem}", broke=False)
    except Exception:  # the other sections are worth having all the same
        _say(format_exc())
        return Outcome(f"## {name}\n\nBROKE: see the log.\n", {}, "it broke", broke=True)
    return Outcome(section, figures, "", broke=False)


def _measured(name: str) -> tuple[str, dict[str, Any]]:
    module: Any = import_module(f"tests.eval.{name}")
    match name:
        case "rendered_candidate":
            result = module.measure()
            slopes = {"yaw": result.yaw.slope, "pitch": result.pitch.slope}
            return module.write(result), {**asdict(result), "slope": slopes}
        case "head_pose":
            heads = module.measure(SHARED)
            return module.write(heads), head_pose.to_json(heads)
        case "objects" | "identity" | "liveness":
            figures = module.measure(SHARED, SHARED / "weights")
        case "speech":
            figures = module.measure(SHARED, require("speech"))
        case _:
            figures = module.measure(SHARED)
    return module.write(figures), figures


def _left_out(name: str, problem: Exception) -> str:
    return f"## {name.replace('_', ' ').capitalize()}\n\nNot measured: {problem}.\n"


def _publish(outcomes: dict[str, Outcome]) -> None:
    parts = [introduction(), summary(outcomes), *(one.section for one in outcomes.values())]
    report = "\n".join(parts)
    (HERE / "REPORT.md").write_text(report, "utf-8")
    figures = {name: one.figures or {"not_measured": one.why} for name, one in outcomes.items()}
    text = json.dumps(figures, indent=1, default=str)
    (HERE / "report.json").write_text(text + "\n", "utf-8")
    print(report)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
