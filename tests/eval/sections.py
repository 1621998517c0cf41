"""One section of the report, run by its name.

Apart from ``__main__``, because a process that is started afresh cannot import anything from there.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from traceback import format_exc
from typing import Any

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.installed import require
from tests.eval.summary import Outcome

SHARED = Path(__file__).resolve().parents[3] / "shared"


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
            return module.write(heads), module.to_json(heads)
        case "objects" | "identity" | "liveness":
            figures = module.measure(SHARED, SHARED / "weights")
        case "speech":
            figures = module.measure(SHARED, require("speech"))
        case _:
            figures = module.measure(SHARED)
    return module.write(figures), figures


def _left_out(name: str, problem: Exception) -> str:
    return f"## {name.replace('_', ' ').capitalize()}\n\nNot measured: {problem}.\n"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
