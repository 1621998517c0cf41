"""From the episodes of a footage and the journal of a sitting to how late each rule was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from proctor_desktop.core.chain import Record
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.observation import Source
from tests.bench.figures import percentiles
from tests.bench.latency.episode import RULES, Episode, hold_s
from tests.bench.latency.sitting import Sitting

AIM_MS = 200.0
SHOWN, HEARD = "what_the_camera_shows", "what_the_microphone_hears"
_EARLY_NS = NS_PER_S // 2
_LATE_NS = 2 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late one episode was decided on, in milliseconds beyond the rule's own time.

    ``noticed_ms`` of them had passed when the matter had begun for the rule, ``waited_ms`` when the
    observation came that settled it, the rest until its record was in the journal. For a rule that
    goes by so many looks or so much of something, the first two cannot be told apart.
    """

    rule: str
    beyond_hold_ms: float
    noticed_ms: float
    waited_ms: float
    recorded_ms: float


def latenesses(sitting: Sitting, told: Iterable[Episode]) -> tuple[list[Lateness], list[str]]:
    """Of every episode of the exam; and the rules of those that nothing came of."""
    found, missed = [], []
    waiting = list(sitting.starts)
    for episode in sorted(told, key=lambda one: one.from_s):
        began_ns = _began_ns(sitting, episode.rule)
        from_ns = began_ns + round(episode.from_s * NS_PER_S)
        if from_ns < sitting.exam_ns:
            continue
        until_ns = began_ns + round(episode.to_s * NS_PER_S) + _LATE_NS
        start = _first(waiting, episode.rule, from_ns - _EARLY_NS, until_ns)
        if start is None:
            missed.append(episode.rule)
        else:
            waiting.remove(start)
            found.append(_lateness(start, from_ns, sitting.committed_ns[start.seq]))
    return found, missed


def _began_ns(sitting: Sitting, rule: str) -> int:
    return sitting.sound_ns if RULES[rule].source is Source.MICROPHONE else sitting.film_ns


def _first(starts: Sequence[Record], rule: str, from_ns: int, until_ns: int) -> Record | None:
    fitting = (one for one in starts if one.data["rule"] == rule)
    return next((one for one in fitting if from_ns <= one.mono_ns <= until_ns), None)


def _lateness(start: Record, from_ns: int, committed_ns: int) -> Lateness:
    rule = RULES[start.data["rule"]]
    due_ns = from_ns + round(hold_s(rule) * NS_PER_S)
    counted_ns = start.data["onset_mono_ns"] + round(rule.settings.after_s * NS_PER_S)
    if rule.settings.after_s == 0:
        counted_ns = start.mono_ns
    return Lateness(
        rule.name,
        (committed_ns - due_ns) / 1e6,
        (counted_ns - due_ns) / 1e6,
        (start.mono_ns - counted_ns) / 1e6,
        (committed_ns - start.mono_ns) / 1e6,
    )


def figures(found: Sequence[Lateness], missed: Sequence[str]) -> dict[str, Any]:
    """By rule, over all that the camera shows, and over all that the microphone hears."""
    named = sorted({one.rule for one in found} | set(missed), key=list(RULES).index)
    heard = [one for one in found if RULES[one.rule].source is Source.MICROPHONE]
    shown = [one for one in found if one not in heard]
    return {
        "by_rule": {rule: _of_rule(rule, found, missed) for rule in named},
        SHOWN: _judged(shown),
        HEARD: _judged(heard),
    }


def _of_rule(rule: str, found: Sequence[Lateness], missed: Sequence[str]) -> dict[str, Any]:
    mine = [one for one in found if one.rule == rule]
    return {
        "hold_s": hold_s(RULES[rule]),
        "looks_a_second": RULES[rule].rate_per_s,
        **_judged(mine),
        "missed": list(missed).count(rule),
        "noticed": percentiles([one.noticed_ms for one in mine]),
        "waited": percentiles([one.waited_ms for one in mine]),
        "recorded": percentiles([one.recorded_ms for one in mine]),
    }


def _judged(some: Sequence[Lateness]) -> dict[str, Any]:
    told = percentiles([one.beyond_hold_ms for one in some])
    return {**told, "met": told["p95_ms"] <= AIM_MS} if some else dict(told)
