"""What a new monitor makes of a session that an old one left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from proctor_desktop.core.chain import EMPTY, Head, Record, decode, follow
from proctor_desktop.core.moment import NS_PER_S, Moment, from_rfc3339
from proctor_desktop.core.session import PHASE_OF_RECORD, Phase
from proctor_desktop.core.violation import Ending
from proctor_desktop.journal.writer import Entry


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Where a session stands according to its records.

    ``open_violations`` holds the last data of each violation without an end, by number;
    ``calibration`` the data of the last calibration that gave a pose, if there was one.
    """

    head: Head = EMPTY
    phase: Phase = Phase.OPENED
    open_violations: tuple[tuple[int, dict[str, Any]], ...] = ()
    next_violation: int = 1
    calibration: dict[str, Any] | None = None
    opened: Record | None = None
    last: Record | None = None
    exam_started: Record | None = None

    def exam_s(self, now: Moment, boot: str) -> float:
        """How long ago the exam began; 0 if it has not."""
        return missing_s(self.exam_started, now, boot) if self.exam_started else 0.0


def read_back(raw_records: Iterable[bytes]) -> LeftBehind:
    """Walk the whole chain; raises BrokenChain if it does not hold."""
    state, still_open = LeftBehind(), dict[int, dict[str, Any]]()
    for raw in raw_records:
        record = decode(raw)
        state = _after(replace(state, head=follow(state.head, record), last=record), record)
        _follow_violation(still_open, record)
    return replace(state, open_violations=tuple(sorted(still_open.items())))


def closing_entries(state: LeftBehind, now: Moment, boot: str, adopted: int) -> list[Entry]:
    """What a restart writes: that it happened, the ends of open violations, and the gap."""
    if state.last is None:
        return []
    entries = [
        Entry(
            now,
            "restart",
            {
                "reason": "a new monitor took over from one that did not close the session",
                "after_seq": state.head.seq,
                "adopted": adopted,
            },
        )
    ]
    for _, data in state.open_violations:
        entries.append(Entry(now, "violation.end", {**data, "ended": Ending.RECOVERED.value}))
    gap = {
        "source": "monitor",
        "seconds": round(missing_s(state.last, now, boot), 3),
        "reason": "nothing was observed until the monitor was started again",
    }
    entries.append(Entry(now, "gap", gap, urgent=True))
    return entries


def missing_s(last: Record, now: Moment, boot: str) -> float:
    """Seconds between a record and now: by the monotonic clock within one boot, else by UTC."""
    if last.boot == boot and now.mono_ns >= last.mono_ns:
        return (now.mono_ns - last.mono_ns) / NS_PER_S
    return max(0.0, (now.wall_utc - from_rfc3339(last.wall)).total_seconds())


def _after(state: LeftBehind, record: Record) -> LeftBehind:
    if record.kind == "consent" and record.data.get("given") is False:
        return replace(state, phase=Phase.CLOSED)
    if record.kind in PHASE_OF_RECORD:
        state = replace(state, phase=_later(state.phase, PHASE_OF_RECORD[record.kind]))
    if record.kind == "calibration" and record.data.get("outcome") == "done":
        return replace(state, calibration=dict(record.data))
    if record.kind == "session.open":
        return replace(state, opened=record)
    if record.kind == "exam.start":
        return replace(state, exam_started=record)
    if record.kind == "violation.start":
        return replace(state, next_violation=int(record.data["violation"]) + 1)
    return state


def _later(now: Phase, to: Phase) -> Phase:
    """A calibration in the middle of an exam does not take the session back."""
    order = list(Phase)
    return max(now, to, key=order.index)


def _follow_violation(still_open: dict[int, dict[str, Any]], record: Record) -> None:
    if record.kind in ("violation.start", "violation.update"):
        still_open[int(record.data["violation"])] = dict(record.data)
    elif record.kind == "violation.end":
        still_open.pop(int(record.data["violation"]), None)
