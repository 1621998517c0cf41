"""What happens on a second desktop: a dark editor beside a photograph and a window that moves.

It exists so that settings are not judged by one desktop's fonts and colours alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from tests.bench.desktop_script import PART_S, Step, View

_LETTERS_PER_S = 6
_TYPES_S, _THINKS_S = 7.0, 5.0
_SCROLL_EVERY_S, _SCROLL_STEPS, _SCROLL_STEP_S, _SCROLL_PX = 8.0, 3, 0.3, 132
_MOVES_S, _RESTS_S, _MOVE_STEP_S = 4.0, 8.0, 0.25


def script(part_s: float = PART_S) -> list[Step]:
    """Typing, scrolling, another file and the window moved, and nothing: a part each."""
    numbers = count()
    steps = [Step(0.0, View(next(numbers)))]
    for part, changes in enumerate((_typing, _scrolling, _moving)):
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
        for step in range(_SCROLL_STEPS):
            view = replace(view, scroll_px=view.scroll_px + _SCROLL_PX, pointer=(500, 300 + burst))
            yield burst * _SCROLL_EVERY_S + step * _SCROLL_STEP_S, view


def _moving(view: View, part_s: float) -> Iterator[tuple[float, View]]:
    """Another file, then the window is dragged, then all of it is looked at."""
    for turn in range(int(part_s / (_MOVES_S + _RESTS_S))):
        view = replace(view, page=view.page + 1, scroll_px=0)
        began_s = turn * (_MOVES_S + _RESTS_S)
        yield began_s, view
        for step in range(1, int(_MOVES_S / _MOVE_STEP_S)):
            x, y = view.window
            view = replace(view, window=(x - 23 if turn % 2 else x + 31, y + 9 - 6 * turn))
            view = replace(view, pointer=(view.window[0] + 200, view.window[1] + 12))
            yield began_s + step * _MOVE_STEP_S, view
