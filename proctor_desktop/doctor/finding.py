"""One thing that was looked at, and how all of them are told to a person or a program."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proctor_desktop import __version__
from proctor_desktop.core.capability import Capability, Level

WIDTH_CHARS = 100
_GAP = "  "
_NARROWEST_REASON = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """An ability, and whether the monitor can do without it (``required`` False) or not."""

    capability: Capability
    required: bool

    @property
    def works(self) -> bool:
        """Whether it is there at all."""
        return self.capability.level is not Level.NOT_POSSIBLE


def missing(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The names of what is required and not there."""
    return tuple(f.capability.name for f in findings if f.required and not f.works)


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when the monitor can run here, 1 when something that it needs is missing."""
    return 1 if missing(findings) else 0


def render(findings: Sequence[Finding], width_chars: int = WIDTH_CHARS) -> str:
    """A table of name, level and reason, a "fix:" line where one helps, and the sum of it."""
    names = max((len(f.capability.name) for f in findings), default=0)
    levels = max(len(level.value) for level in Level)
    lines = [line for f in findings for line in _row(f.capability, names, levels, width_chars)]
    return "\n".join([*lines, "", _sum(missing(findings))])


def to_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for a program."""
    return {
        "version": __version__,
        "exit_code": exit_code(findings),
        "missing": list(missing(findings)),
        "findings": [
            {
                "name": f.capability.name,
                "level": f.capability.level.value,
                "reason": f.capability.reason,
                "fix": f.capability.fix,
                "required": f.required,
            }
            for f in findings
        ],
    }


def _row(ability: Capability, names: int, levels: int, width_chars: int) -> list[str]:
    head = f"{ability.name:<{names}}{_GAP}{ability.level.value:<{levels}}{_GAP}"
    lines = _wrapped(head, ability.reason, len(head), width_chars)
    if ability.fix:
        lines += _wrapped(" " * len(head) + "fix: ", ability.fix, len(head) + 5, width_chars)
    return lines


def _wrapped(head: str, text: str, indent: int, width_chars: int) -> list[str]:
    width = max(width_chars, indent + _NARROWEST_REASON)
    return textwrap.wrap(
        text,
        width,
        initial_indent=head,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]


def _sum(names: Sequence[str]) -> str:
    if not names:
        return "Ready: an exam can be watched on this computer."
    return (
        f"Not ready: an exam cannot be watched on this computer yet. Missing: {', '.join(names)}."
    )
