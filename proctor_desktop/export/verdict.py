"""What a verification says, in words and figures, and whom it was told to trust."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.core.errors import EnvironmentProblem

_MAX_LINE_CHARS = 400


class Outcome(StrEnum):
    """The three things that can be said about an export."""

    VALID = "VALID"
    GAPS = "VALID WITH GAPS"
    INVALID = "INVALID"


_EXIT_CODES = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.GAPS: 2}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the caller trusts: public keys in hex, from flags or a key store.

    They never come from the export. Raises EnvironmentProblem for text that is no key.
    """

    institution_keys: tuple[str, ...] = ()
    server_keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in (*self.institution_keys, *self.server_keys):
            if not is_sha256(key):  # a raw Ed25519 key is as long as a hash
                raise EnvironmentProblem(
                    f"the key {printable(key)!r}",
                    "it is not 64 lower-case hex digits",
                    "Copy the public key again from where the institution publishes it.",
                )


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not there or not shown; ``seconds`` where a span is known."""

    kind: str
    seconds: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What was counted. ``unwitnessed`` is the number of records that no receipt covers."""

    session: str = ""
    session_key: str = ""
    exam_sha256: str = ""
    first_wall: str = ""
    last_wall: str = ""
    closed: bool = False
    records: int = 0
    blobs: int = 0
    missing_blobs: int = 0
    withheld_blobs: int = 0
    checkpoints: int = 0
    receipts: int = 0
    unwitnessed: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with every reason for it.

    ``problems`` are what makes it INVALID; ``gaps`` are what an authentic export does not show.
    Texts are clean of control characters: they may be printed to a terminal.
    """

    outcome: Outcome
    problems: tuple[str, ...]
    gaps: tuple[Gap, ...]
    facts: Facts

    @property
    def exit_code(self) -> int:
        """0 for VALID, 2 for VALID WITH GAPS, 1 for INVALID."""
        return _EXIT_CODES[self.outcome]

    def lines(self) -> tuple[str, ...]:
        """The verdict for a terminal: the outcome, then a line for each problem and gap."""
        gaps = (f"gap: {gap.text}" for gap in self.gaps)
        return (self.outcome.value, *(f"problem: {text}" for text in self.problems), *gaps)

    def to_json(self) -> dict[str, Any]:
        """The verdict as a JSON object."""
        return {
            "verdict": self.outcome.value,
            "exit_code": self.exit_code,
            "problems": list(self.problems),
            "gaps": [asdict(gap) for gap in self.gaps],
            "facts": asdict(self.facts),
        }


def printable(text: str) -> str:
    """``text`` on one line, cut to a sensible length, without control or invisible characters."""
    shown = "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_MAX_LINE_CHARS]
    )
    return shown if len(text) <= _MAX_LINE_CHARS else shown + "…"
