"""How often a swapped camera is told, by every pair of clips, and how often where none was."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from proctor_desktop.vision.picture import PictureWatch
from tests.eval.cases.cuts import CUT_S, OUTAGE_S, Cut, honest, swaps, swaps_in_an_outage
from tests.eval.judge import START

WITHIN_S = 3.0
AIM_MISSED = 0.10


def told_at_s(cut: Cut) -> tuple[float, ...]:
    """When another scene was told of in this film."""
    watch = PictureWatch()
    found = []
    for number, time_s, image in cut.pictures():
        seen = watch.see(image, START.later(time_s), number)
        if seen is not None and seen.replaced:
            found.append(time_s)
    return tuple(found)


def measure(shared: Path, every: int = 1) -> dict[str, Any]:
    """All films, or each ``every``-th of a kind."""
    media = shared / "media"
    return {
        "aim_missed": AIM_MISSED,
        "cuts": _found(_each(swaps(media), every), CUT_S),
        "outages": _found(_each(swaps_in_an_outage(media), every), CUT_S + OUTAGE_S),
        "honest": _false(_each(honest(media), every)),
    }


def _each(cuts: Iterable[Cut], every: int) -> Iterable[Cut]:
    return islice(cuts, 0, None, every)


def _found(cuts: Iterable[Cut], at_s: float) -> dict[str, Any]:
    missed, wrong, delays_s, count = [], [], [], 0
    for cut in cuts:
        told = told_at_s(cut)
        count += 1
        hits = [one for one in told if at_s <= one <= at_s + WITHIN_S]
        if hits:
            delays_s.append(hits[0] - at_s)
        else:
            missed.append(cut.name)
        if len(told) > len(hits[:1]):
            wrong.append(cut.name)
    latest_s = round(max(delays_s, default=0.0), 2)
    return {"films": count, "missed": missed, "more": wrong, "latest_s": latest_s}


def _false(cuts: Iterable[Cut]) -> dict[str, Any]:
    told = [(cut.name, told_at_s(cut)) for cut in cuts]
    return {"films": len(told), "false": [name for name, times in told if times]}


def write(result: dict[str, Any]) -> str:
    """The section for the report."""
    cuts, outages, calm = result["cuts"], result["outages"], result["honest"]
    return "\n".join(
        [
            "## A swapped camera",
            "",
            f"Every pair of the honest clips as a hard cut under the same camera's name: of "
            f"{cuts['films']} cuts {len(cuts['missed'])} were missed (aim: at most "
            f"{AIM_MISSED:.0%}), the others told within {cuts['latest_s']} s; told more than once "
            f"or too early: {len(cuts['more'])}. With {OUTAGE_S:g} s without pictures in between, "
            f"{len(outages['missed'])} of {outages['films']} were missed: then only scenes with "
            "much structure are judged. In "
            f"{calm['films']} films of one scene (light and exposure changed, covered, bumped, "
            f"leant in, interrupted) {len(calm['false'])} were told of falsely.",
            "",
            "The films are composed of the same few clips, so much alike within each kind.",
            "",
            f"Missed cuts: {_listed(cuts['missed'])}.",
            "",
            f"Told falsely: {_listed(calm['false'])}.",
        ]
    )


def _listed(names: list[str]) -> str:
    return "; ".join(names) or "none"
