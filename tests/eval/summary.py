"""The report's beginning: every claim beside its aim and the figure that was measured for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

SECTIONS = (
    "head_pose",
    "rendered_candidate",
    "face_count",
    "stress",
    "eyes",
    "gaze",
    "objects",
    "identity",
    "liveness",
    "speech",
    "cuts",
    "honest",
    "misbehaviour",
)

Figures: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a section: its text, its figures, and why there are none."""

    section: str
    figures: dict[str, Any]
    why: str
    broke: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure in words, whether it meets the aim (None: there is no aim), and the samples."""

    figure: str
    met: bool | None
    samples: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the product is to reach, and how to read the figure off a section."""

    claim: str
    aim: str
    section: str
    read: Callable[[Figures], Answer]


def introduction() -> str:
    """What the report is."""
    return """# How right it is

Written by `make eval`; every figure below comes from the product's own models, calibration and
rules, run over the material anew, offline and with the same result on every machine of a kind.
Numbers that rest on few samples say so, and most do: this is a small collection of public clips
and photographs, not a field study.
"""


def summary(outcomes: Mapping[str, Outcome]) -> str:
    """The table of claims."""
    lines = [
        "| claim | aim | measured | met | samples |",
        "|---|---|---|---|---|",
        *(_line(claim, outcomes) for claim in CLAIMS),
    ]
    return "\n".join(lines) + "\n"


def _line(claim: Claim, outcomes: Mapping[str, Outcome]) -> str:
    outcome = outcomes.get(claim.section)
    if outcome is None or not outcome.figures:
        why = outcome.why if outcome else "not run"
        return f"| {claim.claim} | {claim.aim} | not measured: {why} | - | - |"
    answer = claim.read(outcome.figures)
    met = {True: "yes", False: "**no**", None: "-"}[answer.met]
    return f"| {claim.claim} | {claim.aim} | {answer.figure} | {met} | {answer.samples} |"


def _head_error(figures: Figures) -> Answer:
    ours = figures["bundles"][0]
    error = ours["leave_one_out"]["mean"]
    heads = sum(
        all(label is None or abs(label) <= 60 for label in head["labelled"])
        for head in ours["heads"]
    )
    return Answer(f"{error:.1f}°", error <= 4.2, f"{heads} labelled heads")


def _slope(figures: Figures) -> Answer:
    slope = figures["slope"]["yaw"]
    return Answer(f"{slope:.2f}", 0.9 <= slope <= 1.1, "one rendered head, 19 angles")


def _labelled_slope(figures: Figures) -> Answer:
    slope = figures["bundles"][0]["yaw_slope"]
    met = 0.9 <= slope <= 1.1
    return Answer(f"{slope:.2f}", met, "8 labelled heads, two of them turned by more than 15°")


def _still(figures: Figures) -> Answer:
    worst = figures["worst_at_rest_deg"]
    return Answer(f"{worst:.2f}°", worst <= 1.0, "one rendered head, 48 pictures")


def _faces(figures: Figures) -> Answer:
    near = figures["YuNet"]["groups"]["all at webcam distance"]
    return Answer(f"{near['right']:.1%}", near["right"] >= 0.98, f"{near['pictures']} pictures")


def _blinks(figures: Figures) -> Answer:
    count = sum(row["violations"] for row in figures["frames"])
    pictures = sum(row["judged"] for row in figures["frames"])
    clips = len(figures["frames"])
    return Answer(f"{count} violations", count == 0, f"{pictures} pictures, {clips} clips")


def _glance(figures: Figures) -> Answer:
    away, found = (sum(row[key] for row in figures["glances"]) for key in ("away", "found"))
    return Answer(f"{found} of {away} pictures", None, "one man's glance, and mirrored")


def _persons(figures: Figures) -> Answer:
    photographs = figures["photographs"]
    pairs = photographs["same"]["pairs"] + photographs["different"]["pairs"]
    told = f"{photographs['same']['below']:.1%} accused, {photographs['different']['below']:.1%}"
    return Answer(f"{told} of others noticed", None, f"{pairs} pairs of photographs")


def _spoofs(figures: Figures) -> Answer:
    at = figures["thresholds"].index(figures["threshold"])
    living, prints = figures["honest"], figures["spoofs"]["print"]
    told = f"{living['below'][at]:.1%} of living faces, {prints['below'][at]:.1%} of prints"
    return Answer(told, None, f"{living['checks']} and {prints['checks']} checks")


def _objects(figures: Figures) -> Answer:
    honest = figures["honest"]
    told = f"{honest['violations']} false violations in {honest['seconds']:g} s"
    return Answer(told, honest["violations"] == 0, f"{honest['clips']} clips")


def _speech_f1(figures: Figures) -> Answer:
    speech = figures["speech"]
    seconds = speech["speech_s"] + speech["other_s"]
    return Answer(f"{speech['f1']:.3f}", speech["f1"] >= 0.95, f"{seconds} s of few voices")


def _not_speech(figures: Figures) -> Answer:
    count = figures["violations_an_hour"]
    seconds = sum(tape["material_s"] for tape in figures["others"].values())
    return Answer(f"{count:g} an hour", count == 0, f"{seconds:.0f} s of sounds, repeated")


def _swapped(figures: Figures) -> Answer:
    missed, films = len(figures["cuts"]["missed"]), figures["cuts"]["films"]
    met = missed <= figures["aim_missed"] * films
    return Answer(f"{missed} missed", met, f"{films} cuts between the same few clips")


def _not_swapped(figures: Figures) -> Answer:
    count, films = len(figures["honest"]["false"]), figures["honest"]["films"]
    return Answer(f"{count} false", count == 0, f"{films} films of the same few clips")


def _honest(key: str) -> Callable[[Figures], Answer]:
    def read(figures: Figures) -> Answer:
        rate = figures[key]
        told = f"{rate['false']} in {rate['minutes']} min"
        if not rate["false"]:  # three times no event in n is what 95 % of chances allow for
            told += f"; that alone shows no more than < {rate['at_most_an_hour']:.0f} an hour"
            return Answer(told, None, f"{rate['cases']} cases")
        met = rate["an_hour"] <= figures["aim_an_hour"]
        return Answer(f"{told}, {rate['an_hour']:g} an hour", met, f"{rate['cases']} cases")

    return read


def _found(figures: Figures) -> Answer:
    found, expected = figures["found"], figures["expected"]
    return Answer(f"{found} of {expected}", found == expected, f"{figures['cases']} cases")


def _in_time(figures: Figures) -> Answer:
    told = f"{figures['in_time']} of {figures['found']} found (latest {figures['latest_s']} s)"
    return Answer(told, figures["in_time"] == figures["found"], f"{figures['cases']} cases")


def _besides(figures: Figures) -> Answer:
    count = figures["besides"]
    return Answer(str(count), count == 0, f"{figures['cases']} cases")


CLAIMS = (
    Claim("head angles, mean error up to 60°", "≤ 4.2°", "head_pose", _head_error),
    Claim("slope of measured against rendered yaw", "0.9-1.1", "rendered_candidate", _slope),
    Claim("slope against labelled yaw up to 45°", "0.9-1.1", "head_pose", _labelled_slope),
    Claim("a head at rest", "within ±1°", "rendered_candidate", _still),
    Claim("number of faces right at webcam distance", "≥ 98 %", "face_count", _faces),
    Claim("blinks taken for closed eyes", "0 violations", "eyes", _blinks),
    Claim("a glance with the eyes alone is seen", "-", "gaze", _glance),
    Claim("objects seen where there are none", "0 violations", "objects", _objects),
    Claim("same and other persons", "-", "identity", _persons),
    Claim("taken for a print or a screen", "-", "liveness", _spoofs),
    Claim("speech, F1 by the second", "≥ 0.95", "speech", _speech_f1),
    Claim("typing, music, noise: speech violations", "0 an hour", "speech", _not_speech),
    Claim("a camera swapped under the same name", "≤ 10 % missed", "cuts", _swapped),
    Claim("the same scene in another light, bumped, covered", "0 false", "cuts", _not_swapped),
    Claim("false violations, honest clips", "≤ 1 an hour", "honest", _honest("plain")),
    Claim("false violations, the same under stress", "≤ 1 an hour", "honest", _honest("stressed")),
    Claim("false violations, honest sounds", "≤ 1 an hour", "honest", _honest("sound")),
    Claim("scripted misbehaviour found", "all", "misbehaviour", _found),
    Claim("at most 1 s after the rule's own time", "all", "misbehaviour", _in_time),
    Claim("other rules that fired besides", "0", "misbehaviour", _besides),
)
