"""A misbehaviour in the footage, and the time that its rule gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from proctor_desktop.core.policy import MultipleFaces, Policy, RepeatedChecks, VoiceDetected
from proctor_desktop.core.rules import Rule, enabled_rules
from proctor_desktop.core.rules.camera_changed import CameraChanged
from proctor_desktop.core.rules.rule import VISION_RATE
from proctor_desktop.vision.scene import STAYS_S

RULES = {rule.name: rule for rule in enabled_rules(Policy().rules)}
_NOTICED_WITHIN_S = 0.25


@dataclass(frozen=True, slots=True)
class Episode:
    """The matter of ``rule`` can be seen, or heard, between two seconds of the footage."""

    rule: str
    from_s: float
    to_s: float


def hold_s(rule: Rule) -> float:
    """The rule's own time: how long a matter must last at least before it is a violation.

    A rule that goes by so many looks has to wait for the last of them: that is the time between
    the first and the last. The wait for the first one is no time of the rule's own. A new scene has
    to stay for a while before it is another one.
    """
    settings = rule.settings
    if rule.name == CameraChanged.name:
        return STAYS_S
    if isinstance(settings, RepeatedChecks):
        assert rule.rate_per_s is not None
        return (settings.needed - 1) / rule.rate_per_s
    if isinstance(settings, MultipleFaces):
        return (settings.analyses - 1) / VISION_RATE
    if isinstance(settings, VoiceDetected):
        return settings.speech_s
    return settings.after_s


def episodes(shows: Sequence[frozenset[str]], each_s: float) -> tuple[Episode, ...]:
    """The episodes of footage whose pieces, ``each_s`` long, show the matters of these rules.

    A matter that is over before its rule's time is none.
    """
    named = sorted(set().union(*shows))
    return tuple(
        Episode(rule, first * each_s, last * each_s)
        for rule in named
        for first, last in _runs(rule in shown for shown in shows)
        if (last - first) * each_s > hold_s(RULES[rule]) + _NOTICED_WITHIN_S
    )


def _runs(flags: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Where each run of true ones begins, and where it is over."""
    at = 0
    for true, run in groupby(flags):
        begun, at = at, at + len(list(run))
        if true:
            yield begun, at
