"""One rule a file: each turns an observation into a reading, and nothing else."""

from __future__ import annotations

from proctor_desktop.core.policy import Rules
from proctor_desktop.core.rules.app_switched import AppSwitched
from proctor_desktop.core.rules.face_missing import FaceMissing
from proctor_desktop.core.rules.focus_lost import FocusLost
from proctor_desktop.core.rules.head_turned import HeadTurned
from proctor_desktop.core.rules.multiple_faces import MultipleFaces
from proctor_desktop.core.rules.outside_zone import OutsideZone
from proctor_desktop.core.rules.prolonged_silence import ProlongedSilence
from proctor_desktop.core.rules.rule import Reading, Rule

__all__ = ["Reading", "Rule", "enabled_rules"]


def enabled_rules(settings: Rules) -> tuple[Rule, ...]:
    """A fresh set of the rules that the exam has switched on, in a fixed order."""
    every: tuple[Rule, ...] = (
        FaceMissing(settings.face_missing),
        MultipleFaces(settings.multiple_faces),
        HeadTurned(settings.head_turned),
        OutsideZone(settings.outside_zone),
        ProlongedSilence(settings.prolonged_silence),
        FocusLost(settings.focus_lost),
        AppSwitched(settings.app_switched),
    )
    return tuple(rule for rule in every if rule.settings.enabled)
