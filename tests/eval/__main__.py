"""``make eval``: measure everything anew and write REPORT.md and report.json.

python -m tests.eval                      everything, about twelve minutes on two cores
python -m tests.eval face_count honest    these sections only; printed, nothing is written
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.eval.sections import evaluate
from tests.eval.summary import SECTIONS, Outcome, introduction, summary

HERE = Path(__file__).parent
_PROCESSES = 2
_FLEETING = ("cost", "median_ms", "p95_ms")
_LONGEST = "cuts"
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
    alone.sort(key=lambda name: name != _LONGEST)  # or one process would be left with it alone
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        outcomes = dict(zip(alone, pool.map(evaluate, alone), strict=True))
    outcomes |= {name: evaluate(name) for name in names if name in _ALREADY_PARALLEL}
    return {name: outcomes[name] for name in names}


def _publish(outcomes: dict[str, Outcome]) -> None:
    parts = [introduction(), summary(outcomes), *(one.section for one in outcomes.values())]
    report = "\n".join(parts)
    (HERE / "REPORT.md").write_text(report, "utf-8")
    figures = {name: one.figures or {"not_measured": one.why} for name, one in outcomes.items()}
    text = json.dumps(_lasting(figures), indent=1, default=str)
    (HERE / "report.json").write_text(text + "\n", "utf-8")
    print(report)


def _lasting(figures: Any) -> Any:
    """Without what is true of this machine and this run only, so that reports can be compared."""
    if isinstance(figures, dict):
        return {key: _lasting(value) for key, value in figures.items() if key not in _FLEETING}
    return [_lasting(one) for one in figures] if isinstance(figures, (list, tuple)) else figures


if __name__ == "__main__":
    sys.exit(main())
