"""Looks at everything, in the order in which a person reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from proctor_desktop.core.capability import Capability
from proctor_desktop.doctor import devices, machine, software
from proctor_desktop.doctor.finding import Finding
from proctor_desktop.doctor.probe import Probe, absent, ask
from proctor_desktop.hosts import Host, this_host
from proctor_desktop.monitor.abilities import abilities
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.monitor.stages import StageOptions
from proctor_desktop.sources.screen import open_screen

_NEEDED_OF_DESKTOP = frozenset({"focus", "screen"})
_ASKED_OTHERWISE = frozenset({"camera", "microphone"})


def examine(data: Path) -> tuple[Finding, ...]:
    """What works here and what does not; ``data`` is the folder for sessions.

    Opens camera and microphone for a moment. Nothing is recorded and nothing is changed.
    """
    host = this_host()
    return (
        *_asked(software.program_probes(host.session)),
        *_asked(devices.probes()),
        *_desktop(host),
        *_asked(software.parts_probes(os.environ)),
        *_asked(machine.probes(data)),
        Finding(_KEYRING, required=False),
    )


def _asked(probes: Iterable[Probe]) -> list[Finding]:
    return [ask(probe) for probe in probes]


def _desktop(host: Host) -> list[Finding]:
    """The desktop's abilities and what this version does not do: the rows of the evidence."""
    options = StageOptions(camera=0, microphone="default")
    found: list[Capability] = []

    def look() -> Capability:
        found.extend(abilities(host, options, installed()))
        return found[0]

    failed = ask(Probe("desktop", True, look))
    if not found:
        return [failed]
    return [
        _tried(Finding(ability, ability.name in _NEEDED_OF_DESKTOP), host)
        for ability in found
        if ability.name not in _ASKED_OTHERWISE
    ]


def _tried(claimed: Finding, host: Host) -> Finding:
    """The finding after a real picture of the screen was taken, where that is claimed to work."""
    if claimed.capability.name != "screen" or not claimed.works:
        return claimed
    return ask(Probe("screen", claimed.required, lambda: devices.screen(lambda: open_screen(host))))


_KEYRING = absent(
    "keyring",
    "This version keeps each session's key in a file that only its owner may read.",
)
