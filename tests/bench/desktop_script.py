"""What happens on the desktop that is recorded: typing, scrolling, pages that change, and nothing.

Each view of it is drawn from a few numbers only, so that it can be shown again later and compared
with what a recording has of it. The number of the view itself is part of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import count

PART_S = 48.0
"""How long each of the four parts lasts."""

_LETTERS_PER_S = 4
_TYPES_S, _THINKS_S = 9.0, 3.0
_SCROLL_EVERY_S, _SCROLL_STEPS, _SCROLL_STEP_S, _SCROLL_PX = 6.0, 5, 0.15, 90
_PAGE_EVERY_S = 8.0
_POINTER_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class View:
    """One picture of the desktop, by what is drawn on it."""

    number: int
    page: int = 0
    scroll_px: int = 0
    typed: int = 0
    pointer: tuple[int, int] = (900, 500)
    window: tuple[int, int] = (700, 300)

    def fields(self) -> dict[str, object]:
        """What the window's program is told."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Step:
    """A view and when it is to be shown, in seconds from the start."""

    at_s: float
    view: View


def script(part_s: float = PART_S) -> list[Step]:
    """All four parts, one after the other; the last one is a desktop where nothing happens."""
    numbers = count()
    steps = [Step(0.0, View(next(numbers)))]
    for part, changes in enumerate((_typing, _scrolling, _paging)):
        for at_s, changed in changes(steps[-1].view, part_s):
            view = replace(changed, number=next(numbers))
            steps.append(Step(round(part * part_s + at_s, 3), view))
    return steps


def _typing(view: View, part_s: float) -> Iterator[tuple[float, View]]:
    for letter in range(1, int(part_s * _LETTERS_PER_S)):
        at_s = letter / _LETTERS_PER_S
        if at_s % (_TYPES_S + _THINKS_S) < _TYPES_S:
            view = replace(view, typed=view.typed + 1)
            yield at_s, view


def _scrolling(view: View, part_s: float) -> Iterator[tuple[float, View]]:
    for burst in range(int(part_s / _SCROLL_EVERY_S)):
        down = 1 if burst % 4 < 3 else -2  # every fourth time back up
        for step in range(_SCROLL_STEPS):
            scroll_px = max(0, view.scroll_px + down * _SCROLL_PX)
            view = replace(view, scroll_px=scroll_px, pointer=(700 + 20 * burst, 480))
            yield burst * _SCROLL_EVERY_S + step * _SCROLL_STEP_S, view


def _paging(view: View, part_s: float) -> Iterator[tuple[float, View]]:
    for number in range(int(part_s / _POINTER_EVERY_S)):
        at_s = number * _POINTER_EVERY_S
        page = 1 + int(at_s / _PAGE_EVERY_S)
        scroll_px = view.scroll_px if page == view.page else 0
        pointer = (300 + 37 * number % 900, 260 + 53 * number % 500)
        view = replace(view, page=page, scroll_px=scroll_px, pointer=pointer)
        yield at_s, view
