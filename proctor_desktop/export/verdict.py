"""What a verification says, in words and figures, and whom it was told to trust."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import ceil
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
    """What was counted. ``unwitnessed`` is the number of records that no receipt covers.

    ``longest_wait_s`` is the longest that any other record, from consent on, waited for its
    receipt, taking the computer's clock for right where it is slow. ``clock_offset_s`` is the
    smallest lag of any receipt: by so much the computer's clock was behind, or everything late;
    below 0 it was ahead.
    Both are None without a receipt by a trusted server.
    """

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
    clock_offset_s: float | None = None
    longest_wait_s: float | None = None
    size_bytes: int = 0

    @property
    def witnessing(self) -> str:
        """A sentence on how soon the server knew the records; empty if that is not known."""
        offset_s, wait_s = self.clock_offset_s, self.longest_wait_s
        if offset_s is None or wait_s is None:
            return ""
        which = "every other record" if self.unwitnessed else "every record"
        clock = (
            f"by the computer's own clock, which was no more than {ceil(offset_s)} s behind"
            if offset_s >= 0
            else f"if the computer's clock was {ceil(-offset_s)} s ahead: if by more, so much later"
        )
        return f"{which} from consent on was witnessed within {ceil(wait_s)} s, {clock}"


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
        """The verdict for a terminal: the outcome, then a line for each problem and gap.

        The last line says how soon the records were witnessed, unless the export is INVALID.
        """
        gaps = (f"gap: {gap.text}" for gap in self.gaps)
        told = "" if self.outcome is Outcome.INVALID else self.facts.witnessing
        problems = (f"problem: {text}" for text in self.problems)
        return (self.outcome.value, *problems, *gaps, *((told,) if told else ()))

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
