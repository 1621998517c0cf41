"""Every scripted misbehaviour: was it found, how late, and which other rules fired besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.policy import MultipleFaces, Policy, RepeatedChecks, VoiceDetected
from proctor_desktop.vision.schedule import EVERY_S, Check
from tests.eval.case import Case, Expected, SoundCase
from tests.eval.cases.cameras import covered_cameras, frozen_cameras, swapped_cameras
from tests.eval.cases.eyes import cast_down_eyes, closed_eyes, glances
from tests.eval.cases.heads import turned_heads
from tests.eval.cases.labelled import labelled_clips
from tests.eval.cases.objects import raised_objects
from tests.eval.cases.photos import photos_for_faces, posters
from tests.eval.cases.seat import absences, off_centre, substitutes
from tests.eval.cases.sounds import heard_misbehaviour
from tests.eval.cases.visitors import second_people
from tests.eval.judge import Fired
from tests.eval.pipeline import Sitting, sit

AIM_S = 1.0
_CHECKS = {
    "suspicious_object": Check.OBJECTS,
    "identity_mismatch": Check.IDENTITY,
    "spoof_suspected": Check.LIVENESS,
}
_NOTICED_EARLY_S = 0.3
_SEEN = (
    second_people,
    absences,
    off_centre,
    turned_heads,
    glances,
    closed_eyes,
    cast_down_eyes,
    raised_objects,
    covered_cameras,
    frozen_cameras,
    swapped_cameras,
    substitutes,
    photos_for_faces,
    posters,
    labelled_clips,
)
"""What people do before a camera that an exam asks about, in the order of the report.

The figures of a case rest on the few seconds of footage it is made of; what is pasted in is one
object or one other person."""


def cases(media: Path) -> tuple[Case | SoundCase, ...]:
    """Every scripted misbehaviour, before the camera and before the microphone."""
    seen = (case for group in _SEEN for case in group(media))
    return (*seen, *heard_misbehaviour(media))


def own_time_s(rule: str, policy: Policy) -> float:
    """The time that ``rule`` asks for before it is a violation, by its settings.

    A rule that goes by checks needs so many of them, and the first may come a whole interval late.
    """
    settings = getattr(policy.rules, rule)
    if isinstance(settings, RepeatedChecks):
        return settings.needed * EVERY_S[_CHECKS[rule]]
    if isinstance(settings, MultipleFaces):
        return settings.analyses / FRAMES_PER_S
    if isinstance(settings, VoiceDetected):
        return settings.speech_s
    return float(settings.after_s)


def measure(shared: Path) -> dict[str, Any]:
    """All cases, in two processes."""
    rows = [_row(case, sitting) for case, sitting in sit(cases, shared / "media")]
    found = [one for row in rows for one in row["must"]]
    late = [one["late_s"] for one in found if one["late_s"] is not None]
    return {
        "aim_s": AIM_S,
        "cases": len(rows),
        "expected": len(found),
        "found": sum(one["found"] for one in found),
        "in_time": sum(one["found"] and one["late_s"] <= AIM_S for one in found),
        "latest_s": max(late, default=None),
        "besides": sum(len(row["besides"]) for row in rows),
        "rows": rows,
    }


def _row(case: Case | SoundCase, sitting: Sitting) -> dict[str, Any]:
    must = [_judged(expected, case.policy, sitting.fired) for expected in case.must]
    named = {expected.rule for expected in case.must} | case.may
    besides = [one for one in sitting.fired if one.rule not in named]
    besides += [one for one in sitting.fired if _untimely(one, case)]
    return {
        "case": case.name,
        "shows": case.shows,
        "calibrated": sitting.calibrated,
        "must": must,
        "besides": [{"rule": f.rule, "at_s": f.at_s, "reason": f.reason} for f in besides],
        "also": sorted({f.rule for f in sitting.fired if f.rule in case.may}),
    }


def _untimely(one: Fired, case: Case | SoundCase) -> bool:
    """A rule that is right at one time of the case, and fired at another."""
    spans = [e for e in case.must if e.rule == one.rule]
    return one.rule not in case.may and bool(spans) and not any(_within(e, one) for e in spans)


def _within(expected: Expected, one: Fired) -> bool:
    settled_s = 1.0  # what has begun may end a moment late, and is then told as late
    return expected.from_s - _NOTICED_EARLY_S - 0.7 <= one.at_s <= expected.to_s + settled_s


def _judged(expected: Expected, policy: Policy, fired: tuple[Fired, ...]) -> dict[str, Any]:
    due_s = expected.due_s
    if due_s is None:
        due_s = max(0.0, expected.from_s + own_time_s(expected.rule, policy))
    hits = [one for one in fired if one.rule == expected.rule and _within(expected, one)]
    first = hits[0] if hits else None
    return {
        "rule": expected.rule,
        "from_s": expected.from_s,
        "due_s": round(due_s, 2),
        "found": first is not None,
        "at_s": first.at_s if first else None,
        "late_s": round(max(0.0, first.at_s - due_s), 2) if first else None,
        "reason": first.reason if first else None,
        "times": len(hits),
    }


def write(result: dict[str, Any]) -> str:
    """The section for the report."""
    lines = [
        "## Scripted misbehaviour",
        "",
        f"{result['cases']} cases with {result['expected']} violations that are due: "
        f"{result['found']} found, {result['in_time']} of them at most {AIM_S:g} s after the "
        f"rule's own time had run (the latest {result['latest_s']} s after it); "
        f"{result['besides']} violations fired besides that nobody could defend.",
        "",
        "Most cases are composed: a visitor, a phone or a cover is pasted into one of a few clips. "
        "They show that the chain from the picture to the violation works, once each; they are no "
        "sample of what people do.",
        "",
        "| case | rule | due at | found at | late by | fired besides |",
        "|---|---|---|---|---|---|",
        *(_line(row) for row in result["rows"]),
    ]
    return "\n".join(lines) + "\n"


def _line(row: dict[str, Any]) -> str:
    def column(key: str) -> str:
        values = ("MISSED" if one[key] is None else str(one[key]) for one in row["must"])
        return ", ".join(values) or "-"

    besides = ", ".join(f"{b['rule']} ({b['at_s']:.1f})" for b in row["besides"]) or "-"
    return (
        f"| {row['case']} | {column('rule')} | {column('due_s')} | {column('at_s')} | "
        f"{column('late_s')} | {besides} |"
    )
