"""Showing that an export's violations follow from its observations: run the engine again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proctor_desktop.config.exam import policy_from_json
from proctor_desktop.core import effect
from proctor_desktop.core.chain import Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.policy import Policy
from proctor_desktop.core.violation import Ending
from proctor_desktop.export.signed_exam import signed_exam
from proctor_desktop.export.verify import Outcome, Trust, Verdict, examine
from proctor_desktop.wire import eventlog

_TURNS = ("violation.start", "violation.update", "violation.end")
_ADDED = "pictures"
"""What a record says about its own files is no decision of the engine's."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One violation record: its kind and its data."""

    kind: str
    data: dict[str, Any]

    def __str__(self) -> str:
        """Number, rule and kind, for a person."""
        number, rule = self.data.get("violation"), self.data.get("rule")
        return f"{self.kind} {number} {rule} ({self.data.get('reason')})"


@dataclass(frozen=True, slots=True)
class Replay:
    """What the file says happened and what the engine makes of its observations.

    ``faults`` say what kept the engine from being asked in earnest.
    """

    verdict: Verdict
    recorded: tuple[Turn, ...]
    replayed: tuple[Turn, ...]
    events: int
    faults: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both agree in every violation, measure, duration and confidence."""
        return self.recorded == self.replayed and not self.faults

    def differences(self) -> list[str]:
        """A line for each fault, and for each violation record that only one side has."""
        only_recorded = [f"recorded only: {t}" for t in self.recorded if t not in self.replayed]
        only_replayed = [f"replayed only: {t}" for t in self.replayed if t not in self.recorded]
        return [*self.faults, *only_recorded, *only_replayed]


def replay(path: Path, trust: Trust) -> Replay:
    """Verify an export and run the engine over what it observed, under the signed exam's policy.

    Raises OSError when the file cannot be read. Of an INVALID one only the verdict comes back.
    """
    player = _Player()
    with path.open("rb") as file:
        verdict, archive = examine(file, trust, player.take)
        exam = signed_exam(archive)
    if verdict.outcome is Outcome.INVALID:
        return Replay(verdict, (), (), 0)
    faults = list(player.faults)
    if exam is None or any(policy != exam.exam.policy for policy in player.policies):
        faults.append("the records were made under settings that are not the signed exam's")
    recorded, replayed = tuple(player.recorded), tuple(player.replayed)
    return Replay(verdict, recorded, replayed, player.events, tuple(faults))


@dataclass
class _Player:
    """Plays records as they come, which is before anybody knows whether they are genuine."""

    recorded: list[Turn] = field(default_factory=list)
    replayed: list[Turn] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    events: int = 0
    _engine: Engine | None = None

    def take(self, record: Record) -> None:
        """Play a record, unless one before it made no sense."""
        if self.faults:
            return
        try:
            self._take(record)
        except (
            Exception
        ) as problem:  # whatever the candidate's machine signed, it is no bug of ours
            self.faults.append(f"record {record.seq} ({record.kind}) cannot be played: {problem!r}")

    def _take(self, record: Record) -> None:
        if record.kind == "policy":
            self.policies.append(policy_from_json(record.data["policy"]))
            self._engine = Engine(self.policies[-1])
        elif record.kind == "restart" and self.policies:
            self._engine = Engine(self.policies[-1], self._next_number())
        elif record.kind == "observations":
            self._play(record)
        elif record.kind in _TURNS and record.data.get("ended") != Ending.RECOVERED.value:
            self.recorded.append(Turn(record.kind, _decided(record)))

    def _play(self, record: Record) -> None:
        if self._engine is None:
            return
        for line in record.data["events"]:
            self.events += 1
            for made in self._engine.step(eventlog.load(line)):
                if isinstance(made, effect.Record) and made.kind in _TURNS:
                    self.replayed.append(Turn(made.kind, json.loads(json.dumps(made.data))))

    def _next_number(self) -> int:
        started = [turn.data["violation"] for turn in self.recorded]
        return max(started, default=0) + 1


def _decided(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.data.items() if name != _ADDED}
