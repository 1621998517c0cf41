"""A case: what a camera or a microphone gets during an exam, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.policy import Policy
from proctor_desktop.sources.picture import Image
from tests.eval.footage.film import Film
from tests.eval.sounds import RATE_HZ, Sound

CALM_S = 5.0
"""So long everybody sits quietly before the exam starts, for the calibration."""

QUIET_S = 3.0
"""So long a microphone hears the room before the exam starts."""

BLOCK_S = 0.1
_BLOCK = round(RATE_HZ * BLOCK_S)


@dataclass(frozen=True, slots=True)
class Expected:
    """A violation of ``rule`` is due while something is going on, in seconds of the exam.

    ``due_s`` is when the rule's own time has run, where that is not just so long after ``from_s``.
    """

    rule: str
    from_s: float
    to_s: float
    due_s: float | None = None


@dataclass(frozen=True)
class Case:
    """A sitting before the camera, and what must come of it.

    ``may`` are the rules that nobody could object to here, whether they fire or not; any other
    rule that fires beside ``must`` is one too many. ``true_s`` is how much of it is independent
    footage, not the same seconds over again. ``missed`` are pictures that are never analysed.
    """

    name: str
    shows: str
    seconds: float
    build: Callable[[], Film]
    must: tuple[Expected, ...] = ()
    may: frozenset[str] = frozenset()
    calm_s: float = CALM_S
    true_s: float = 0.0
    policy: Policy = field(default_factory=Policy)
    missed: frozenset[int] = frozenset()

    def frames(self) -> Iterator[tuple[int, float, Image]]:
        """Number, time and picture of every picture that reaches the analysis."""
        film = self.build()
        before = round(self.calm_s * FRAMES_PER_S)
        for number in range(before + round(self.seconds * FRAMES_PER_S)):
            time_s = (number - before) / FRAMES_PER_S
            if number - before not in self.missed:
                yield number, time_s, film(time_s)


@dataclass(frozen=True)
class SoundCase:
    """What a microphone hears, and what must come of it; the first ``calm_s`` precede the exam.

    ``must``, ``may`` and ``true_s`` are as for a :class:`Case`.
    """

    name: str
    shows: str
    build: Callable[[], Sound]
    must: tuple[Expected, ...] = ()
    may: frozenset[str] = frozenset()
    calm_s: float = QUIET_S
    true_s: float = 0.0
    policy: Policy = field(default_factory=Policy)

    def blocks(self) -> Iterator[tuple[float, Sound]]:
        """Blocks of 1600 samples, each with the second of the exam at which it ends."""
        samples = self.build()
        for number in range(len(samples) // _BLOCK):
            ends_s = (number + 1) * BLOCK_S - self.calm_s
            yield round(ends_s, 3), samples[number * _BLOCK : (number + 1) * _BLOCK]
