"""What was told once and holds until something else is told: it is known before the exam begins."""

from __future__ import annotations

from collections.abc import Hashable

from proctor_desktop.core.observation import (
    CameraOpened,
    FocusChanged,
    Health,
    Observation,
    Source,
    SourceHealth,
)

_SOURCE_OF: dict[type[Observation], Source] = {
    FocusChanged: Source.FOCUS,
    CameraOpened: Source.CAMERA,
}


class Standing:
    """Which window is active, which camera is open, and how the sources are."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Observation] = {}

    def hold(self, what: Observation) -> None:
        """Remember ``what`` if it holds on, in the place of what it overrules.

        Of a source's health its latest report of each state is kept, in the order in which they
        came: "works" before "lost" tells that it did work. What a lost source said is forgotten.
        """
        if isinstance(what, SourceHealth):
            self._keep((what.source, what.state), what)
            if what.state is Health.LOST:
                self._forget(what.source)
        elif type(what) in _SOURCE_OF:
            self._keep((type(what), None), what)

    def all(self) -> tuple[Observation, ...]:
        """What holds, in the order in which it was told."""
        return tuple(self._held.values())

    def _keep(self, key: Hashable, what: Observation) -> None:
        self._held.pop(key, None)
        self._held[key] = what

    def _forget(self, source: Source) -> None:
        for kind, of in _SOURCE_OF.items():
            if of is source:
                self._held.pop((kind, None), None)
