"""False violations an hour: people who do nothing wrong, before the real pipeline.

Counted is every violation that nobody could defend. Clips are honest as a whole unless a span is
named in which a rule would be right to fire. The shortest clips run to and fro, which makes them
longer and tells little new: the figure counts each clip's own length, and every false violation.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.eval.case import Case, SoundCase
from tests.eval.cases.honest_clips import (
    CLIPS,
    LEFT_OUT,
    LOOPED_BELOW_S,
    LOOPED_S,
    plain_clips,
    stressed_clips,
)
from tests.eval.cases.sounds import honest_sounds
from tests.eval.judge import Fired
from tests.eval.pipeline import Sitting, sit

AIM_AN_HOUR = 1.0
_NO_EVENT_95 = 3.0
"""Nothing seen in so many hours: with 95 % certainty there are fewer than 3 in as many hours."""


def cases(media: Path) -> tuple[Case | SoundCase, ...]:
    """Every honest clip as it is, some of them under stress, and honest sounds."""
    return (*plain_clips(media), *stressed_clips(media), *honest_sounds(media))


def measure(shared: Path) -> dict[str, Any]:
    """All honest cases, in two processes."""
    sittings = sit(cases, shared / "media")
    rows = [_row(case, sitting) for case, sitting in sittings]
    seen = sum(isinstance(case, Case) for case, _ in sittings)
    plain, stressed, sound = rows[: len(CLIPS)], rows[len(CLIPS) : seen], rows[seen:]
    return {
        "aim_an_hour": AIM_AN_HOUR,
        "plain": _rate(plain),
        "stressed": _rate(stressed),
        "sound": _rate(sound),
        "all": _rate([*plain, *stressed, *sound]),
        "cases": {"plain": plain, "stressed": stressed, "sound": sound},
        "left_out": LEFT_OUT,
    }


def _row(case: Case | SoundCase, sitting: Sitting) -> dict[str, Any]:
    false = [one for one in sitting.fired if one.rule not in case.may]
    return {
        "case": case.name,
        "shows": case.shows,
        "true_s": case.true_s,
        "calibrated": sitting.calibrated,
        "why_not": sitting.why_not,
        "false": [_told(one) for one in false],
        "excused": [_told(one) for one in sitting.fired if one.rule in case.may],
    }


def _told(one: Fired) -> dict[str, Any]:
    return {"rule": one.rule, "at_s": one.at_s, "reason": one.reason, "measured": one.measured}


def _rate(rows: list[dict[str, Any]]) -> dict[str, Any]:
    hours = sum(row["true_s"] for row in rows) / 3600
    by_rule = Counter(false["rule"] for row in rows for false in row["false"])
    count = sum(by_rule.values())
    return {
        "cases": len(rows),
        "minutes": round(60 * hours, 1),
        "false": count,
        "an_hour": round(count / hours, 2) if hours else None,
        "at_most_an_hour": round(_NO_EVENT_95 / hours, 1) if hours and not count else None,
        "by_rule": dict(by_rule),
    }


def write(result: dict[str, Any]) -> str:
    """The section for the report."""
    lines = [
        "## False violations on honest footage",
        "",
        "People who behave, through the whole pipeline with the default exam policy. Clips of less "
        f"than {LOOPED_BELOW_S:g} s run to and fro for {LOOPED_S:g} s, which tells little new: "
        "only their own length counts, and every false violation does.",
        "",
        "| material | cases | minutes | false violations | an hour | by rule |",
        "|---|---|---|---|---|---|",
        *(_summary(name, result[key]) for name, key in (
            ("clips as they are", "plain"), ("the same under stress", "stressed"),
            ("honest sounds", "sound"), ("all together", "all"),
        )),
        "",
        f"Aim: at most {AIM_AN_HOUR:g} an hour over all rules together. {_how_sure(result['all'])}",
        "",
        "| case | what it shows | calibrated | false violations (at second) | fired, but excused |",
        "|---|---|---|---|---|",
        *(_line(row) for rows in result["cases"].values() for row in rows),
        "",
        "Left out because something in them is rightly a violation: "
        + "; ".join(f"{name} ({why})" for name, why in result["left_out"].items())
        + ".",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _summary(name: str, rate: dict[str, Any]) -> str:
    rules = ", ".join(f"{rule} {n}" for rule, n in rate["by_rule"].items()) or "-"
    return (
        f"| {name} | {rate['cases']} | {rate['minutes']} | {rate['false']} | "
        f"{rate['an_hour']} | {rules} |"
    )


def _how_sure(rate: dict[str, Any]) -> str:
    if rate["at_most_an_hour"] is None:
        return f"{rate['minutes']} minutes are too few for a figure an hour to be more than a hint."
    return (
        f"None in {rate['minutes']} minutes only shows, with 95 % certainty, that there are fewer "
        f"than {rate['at_most_an_hour']:g} an hour: an hour of independent footage is not here."
    )


def _line(row: dict[str, Any]) -> str:
    false = ", ".join(f"{f['rule']} ({f['at_s']:.1f})" for f in row["false"]) or "none"
    excused = ", ".join(sorted({one["rule"] for one in row["excused"]})) or "-"
    calibrated = "yes" if row["calibrated"] else f"no: {row['why_not']}"
    return f"| {row['case']} | {row['shows']} | {calibrated} | {false} | {excused} |"
