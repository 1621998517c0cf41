"""Clips of four people whose eyes were looked at, picture by picture: shut, half shut, cast down.

Truth is by looking at every picture at 8 a second, enlarged: both eyes shut (neither iris nor white
to be seen), half shut (a slit, or nobody can say; counts neither way), else open. Whoever needs to
know when eyes are shut goes by these labels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Clip:
    """A clip, the pictures of it in which both eyes are shut or half shut, and calm ones.

    Numbers count pictures at 8 a second. ``calm``: first and last of a stretch to calibrate on.
    """

    name: str
    calm: tuple[int, int]
    shut: frozenset[int]
    half: frozenset[int] = field(default_factory=frozenset)


def _pictures(*spans: int | tuple[int, int]) -> frozenset[int]:
    found: set[int] = set()
    for span in spans:
        first, last = (span, span) if isinstance(span, int) else span
        found.update(range(first, last + 1))
    return frozenset(found)


_D9_SHUT: Final = (3, 4, 10, 11, 79, 82, 97, 98, 102, 103, 113, 114, 120, 130, 133, 139, 140, 142)
_D9_HALF: Final = (
    *(5, 12, 13, 38, 50, 52, 53, 78, 80, 81, 99),
    *(104, 112, 115, 116, 121, 131, 141, 151, 152),
)

ACTRESS_SHUT: Final = ((30, 35), (39, 42), (62, 68))
"""Three times, the head bowed by 11 to 16, by 14 and by 14 to 19 degrees."""

ACTRESS_CAST_DOWN: Final = (17, 27)
"""On the desk, the head level: the irises are to be seen below the lids."""

CLIPS: Final = (
    Clip(
        "pushto_blinking_4.mp4",
        (0, 12),
        _pictures(14, 54, 55, 72, 73),
        _pictures(15, 30, 31, 53, 56),
    ),
    Clip(
        "liveportrait_d9.mp4",
        (14, 36),
        _pictures(*_D9_SHUT, (148, 150)),
        _pictures(*_D9_HALF, (83, 88)),
    ),
    Clip("liveportrait_d18.mp4", (0, 20), _pictures(26, 50), _pictures(25)),
    Clip(
        "liveportrait_d3.mp4",
        (48, 50),
        _pictures(*ACTRESS_SHUT),
        _pictures((2, 5), (8, 16), 28, 29, (36, 38), 43, 44, (58, 61), (69, 73)),
    ),
)
"""The last one is an actress: she winks, squints, looks down with a level head, and three times
closes her eyes with her head a little bowed."""
