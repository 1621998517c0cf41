"""What a session's records come to under its signed exam: score, risk, and what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proctor_desktop.config.exam import SignedExam, policy_from_json
from proctor_desktop.core.capability import Level
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.policy import Policy
from proctor_desktop.core.rules import Needs, Rule, enabled_rules
from proctor_desktop.core.rules.identity_mismatch import NOT_COMPARED, IdentityMismatch
from proctor_desktop.core.scoring import Score, score
from proctor_desktop.export.report.checks import Checks
from proctor_desktop.export.report.sitting import Sitting, ToldViolation
from proctor_desktop.export.report.words import offset, rule_title

_MOST_REDUCED = 50
_SKIPPED = 0.05
"""The share of pictures without an analysis from which on it is told; one now and then is usual."""

_OF_EYES = frozenset({"eyes_closed", "looking_away"})


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule's violations together; ``penalty`` is the exam's, None without a readable exam."""

    rule: str
    title: str
    violations: tuple[ToldViolation, ...]
    penalty: float | None

    @property
    def points(self) -> float | None:
        """What the rule took off the score."""
        return None if self.penalty is None else self.penalty * len(self.violations)

    @property
    def total_s(self) -> float:
        """How long its violations lasted together."""
        return sum(one.duration_s for one in self.violations)

    @property
    def longest_s(self) -> float:
        """How long its longest violation lasted."""
        return max(one.duration_s for one in self.violations)


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not fire, or for most of the exam, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """``notes`` say what to bear in mind.

    ``score`` is None when the exam file cannot be read, and for evidence that is not authentic: a
    figure would be believed.
    """

    score: Score | None
    rows: tuple[RuleRow, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    notes: tuple[str, ...]


def assess(
    told: Sitting,
    checks: Checks,
    exam: SignedExam | None,
    recorded_policy: Mapping[str, Any] | None,
    authentic: bool,
    sealing: str,
) -> Assessment:
    """Judge by the signed exam's policy; the client's own figures play no part in the score.

    ``sealing`` says who can see the pictures.
    """
    policy = None if exam is None else exam.exam.policy
    return Assessment(
        score=score(told.starts, policy) if policy is not None and authentic else None,
        rows=tuple(_rows(told.violations.values(), policy)),
        not_evaluated=() if policy is None else tuple(_not_evaluated(told, checks, policy)),
        notes=(*_notes(told, policy, recorded_policy), sealing),
    )


def _rows(violations: Iterable[ToldViolation], policy: Policy | None) -> Iterator[RuleRow]:
    penalties = {} if policy is None else {n: s.penalty for n, s in policy.rules.items()}
    by_rule: dict[str, list[ToldViolation]] = {}
    for one in violations:
        by_rule.setdefault(one.rule, []).append(one)
    for rule, of_rule in by_rule.items():
        penalty = None if policy is None else penalties.get(rule, 0.0)
        yield RuleRow(rule, rule_title(rule), tuple(of_rule), penalty)


def _not_evaluated(told: Sitting, checks: Checks, policy: Policy) -> Iterator[NotEvaluated]:
    enabled = enabled_rules(policy.rules)
    impossible = {
        one.name: one.reason for one in told.capabilities if one.level == Level.NOT_POSSIBLE.value
    }
    for name, settings in policy.rules.items():
        if not settings.enabled:
            yield NotEvaluated(rule_title(name), "The exam switched it off.")
    for rule in enabled:
        why = _obstacle(rule, impossible) or _uncalibrated(rule, told, policy)
        if not why and rule.name == IdentityMismatch.name:
            why = _uncompared(told)
        why = why or checks.too_few(rule, told.exam_s)
        if why:
            yield NotEvaluated(rule_title(rule.name), why)


def _obstacle(rule: Rule, impossible: Mapping[str, str]) -> str:
    """Which ability of the machine the rule would have needed, and why it was missing."""
    if rule.source.value in impossible:
        return f"No {rule.source.value}: {impossible[rule.source.value]}"
    return impossible.get(rule.ability, "")


def _uncalibrated(rule: Rule, told: Sitting, policy: Policy) -> str:
    if rule.needs is Needs.NOTHING:
        return ""
    if not policy.calibration.offered:
        return "The exam offers no calibration (an accommodation)."
    of_eyes = rule.name in _OF_EYES
    from_s = told.calibrated_from_s(eyes=of_eyes)
    if from_s is not None:
        late = told.exam_started_s is not None and from_s > told.exam_started_s
        before = [one for one in told.calibrations if one.done and one.at_s < from_s]
        why = "the eyes had not been made out" if before else "it was not calibrated before"
        return f"Only from {_at(told, from_s)} on: {why}." if late else ""
    if of_eyes and told.calibrated_from_s(eyes=False) is not None:
        return "The eyes could not be made out in the calibration."
    words = told.calibration.words if told.calibration else "not made"
    return f"It needs a calibration; the calibration was {words}."


def _uncompared(told: Sitting) -> str:
    if told.reference_photo is None:
        return "No reference photo was kept, so there was nothing to compare the face with."
    for span in told.reduced:
        if span.reason.startswith(NOT_COMPARED):
            return f"From {_at(told, span.start_s)} on, {span.reason}."
    return ""


def _at(told: Sitting, at_s: float) -> str:
    return offset(told.exam_offset_s(at_s))


def _notes(
    told: Sitting, policy: Policy | None, recorded_policy: Mapping[str, Any] | None
) -> Iterator[str]:
    yield (
        "The software observes; a person decides. A violation is an observation with its measure "
        "and its confidence, not a finding about the candidate."
    )
    if policy is None:
        yield "The exam file cannot be read, so there is no score."
    elif recorded_policy is not None and not _same(recorded_policy, policy):
        yield (
            "The settings in the records differ from those of the signed exam. The score "
            "follows the signed exam; the violations were found under the recorded settings."
        )
    started_s = told.exam_started_s
    for one in told.calibrations:
        if started_s is not None and one.at_s > started_s:
            head = "" if one.error_deg is None else f", head ± {one.error_deg:.1f}°"
            yield (
                f"At {_at(told, one.at_s)} of the exam another calibration ended "
                f"({one.words}{head}). Angles go by the last one that was done."
            )
    for span in told.reduced[:_MOST_REDUCED]:
        at = _at(told, span.start_s)
        over = "" if span.end_s == span.start_s else f", until {_at(told, span.end_s)}"
        yield f"From {at} on{over}, the {span.name} gave less: {span.reason}."
    share = told.skipped_pictures / max(1.0, told.exam_s * FRAMES_PER_S)
    if share >= _SKIPPED:
        yield (
            f"The computer had no time to analyse {told.skipped_pictures} of the camera's "
            f"pictures, about {min(1.0, share):.0%} of those in the exam: every rule that goes by "
            "the camera saw less."
        )
    if told.unreadable:
        yield f"{told.unreadable} violation records make no sense and are left out."


def _same(recorded: Mapping[str, Any], policy: Policy) -> bool:
    try:
        return policy_from_json(recorded) == policy
    except ValueError:
        return False
