"""Who vouches for what: the session's checkpoints, the server's receipts, the institution's exam.

A checkpoint shows what the records said while its key was there: the one that the checkpoint
before it names, destroyed as soon as it has signed. A receipt shows that the server knew it, and
from when; until then, whoever held the candidate's computer could have written it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proctor_desktop.core.chain import digest, is_sha256
from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.export.verdict import Trust
from proctor_desktop.export.verify.findings import Findings
from proctor_desktop.export.verify.record_log import Mark, RecordLog
from proctor_desktop.wire import dsse

LATE_WITNESS_S = 120.0
CLOCK_OFFSET_S = 300.0


@dataclass(frozen=True, slots=True)
class Witness:
    """A receipt that holds: up to which record, and since when, by the server's clock."""

    seq: int
    server_time: datetime


class KeyChain:
    """From the session key to the one that signs the manifest, a checkpoint at a time.

    ``due`` is the only key that may sign next; empty once a checkpoint did not hold.
    """

    def __init__(self, log: RecordLog) -> None:
        self.due = log.session_key
        self._log = log
        self._named = {self.due}

    def follow(self, seq: int, envelope: bytes) -> None:
        """Raises BadEnvelope unless the key that is due signed the record chain at ``seq``."""
        due, self.due = self.due, ""
        if not due:
            return  # said once, with the checkpoint at which the chain broke
        body = _opened(envelope, dsse.CHECKPOINT, (due,))
        _check_points_at(seq, body, self._log)
        named = body.get("next_key")
        if not isinstance(named, str) or not is_sha256(named) or named in self._named:
            raise dsse.BadEnvelope("it does not hand over to a new key")
        self._named.add(named)
        self.due = named


def check_receipt(seq: int, envelope: bytes, log: RecordLog, trust: Trust) -> Witness | None:
    """The witness that a receipt is, or None when the caller trusts no server.

    Raises BadEnvelope when it belongs elsewhere, or when no trusted server signed it.
    """
    if not trust.server_keys:
        # Still compared: a receipt that points elsewhere is wrong whoever signed it.
        _check_points_at(seq, dsse.peek(envelope), log)
        return None
    body = _opened(envelope, dsse.RECEIPT, trust.server_keys)
    _check_points_at(seq, body, log)
    return Witness(seq, _time(body.get("server_time")))


def check_exam(envelope: bytes, log: RecordLog, trust: Trust, findings: Findings) -> None:
    """The exam file: signed by the key it names, trusted, and the one that the records name."""
    if log.exam_sha256 not in {None, digest(envelope)}:
        findings.problem("the exam file is not the one that the records name")
    named = dsse.peek(envelope).get("institution_key")
    if not isinstance(named, str) or not is_sha256(named):
        raise dsse.BadEnvelope("the exam file names no institution key")
    dsse.verify(envelope, dsse.EXAM, [named])
    if not trust.institution_keys:
        findings.gap(
            "unchecked",
            "the exam file was not checked against an institution: pass --institution-key "
            f"(the file names {named}; compare it with what the institution publishes)",
        )
    elif named not in trust.institution_keys:
        findings.problem(f"the exam file is signed by {named}, which is not a trusted institution")


def report_unsigned_tail(covered_seq: int, log: RecordLog, findings: Findings) -> None:
    """Records behind the last checkpoint: authentic when exported, not sealed when recorded."""
    if covered_seq < log.head.seq:
        findings.gap(
            "unsigned_tail",
            f"{_span(covered_seq + 1, log)} stand after the last checkpoint: the session's key "
            "signed them when the export was made, not while they were recorded",
            _seconds(covered_seq + 1, log),
        )


def report_unwitnessed(
    witnesses: list[Witness], receipts: int, log: RecordLog, trust: Trust, findings: Findings
) -> int:
    """Say what no receipt covers, or covers late; returns the number of uncovered records."""
    if receipts and not trust.server_keys:
        findings.gap(
            "unchecked",
            f"no server key was given, so the {receipts} receipts were not checked and "
            f"{_span(1, log)} count as unwitnessed: pass --server-key",
            _seconds(1, log),
        )
        return log.head.seq
    covered_seq = max((witness.seq for witness in witnesses), default=0)
    if covered_seq < log.head.seq:
        findings.gap(
            "unwitnessed",
            f"{_span(covered_seq + 1, log)} are unwitnessed: no receipt of the server covers them",
            _seconds(covered_seq + 1, log),
        )
    _report_late(witnesses, log, findings)
    return log.head.seq - covered_seq


def _report_late(witnesses: list[Witness], log: RecordLog, findings: Findings) -> None:
    """Spans that the server came to know only long after they are said to have happened."""
    if not witnesses:
        return
    witnesses = sorted(witnesses, key=lambda one: one.seq)
    offset_s, by_wall_s = _lags_s(witnesses, log, lambda mark: mark.time.timestamp())
    _, by_elapsed_s = _lags_s(witnesses, log, lambda mark: mark.elapsed_s)
    if abs(offset_s) > CLOCK_OFFSET_S:
        findings.gap(
            "clock_offset",
            f"the server's times are {offset_s:+.0f} s off the computer's: its clock was wrong, "
            "or everything was delivered late",
            abs(offset_s),
        )
    first = 1
    for witness, *lags_s in zip(witnesses, by_wall_s, by_elapsed_s, strict=True):
        # A suspended computer looks late by the one clock, a clock that was set by the other.
        if min(lags_s) > LATE_WITNESS_S:
            findings.gap(
                "witnessed_late",
                f"records {first} to {witness.seq} reached the server up to {min(lags_s):.0f} s "
                "late: until then they were unwitnessed",
                min(lags_s),
            )
        first = witness.seq + 1


def _lags_s(
    witnesses: list[Witness], log: RecordLog, clock_s: Callable[[Mark], float]
) -> tuple[float, list[float]]:
    """How long after its first new record each receipt came, and how far the clocks differ.

    The smallest lag of any receipt is taken for the difference between the two clocks.
    """
    firsts = [1, *(witness.seq + 1 for witness in witnesses)]
    server_s = [witness.server_time.timestamp() for witness in witnesses]
    offset_s = min(
        at_s - clock_s(log.marks[one.seq]) for at_s, one in zip(server_s, witnesses, strict=True)
    )
    lags_s = [
        at_s - clock_s(log.marks[first]) - offset_s
        for at_s, first in zip(server_s, firsts[:-1], strict=True)
    ]
    return offset_s, lags_s


def _opened(envelope: bytes, payload_type: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """What one of ``keys`` signed, in the one layout that an envelope of ours has."""
    opened = dsse.verify(envelope, payload_type, keys)
    if envelope != dsse.laid_out(payload_type, opened):
        raise dsse.BadEnvelope("its envelope was changed around the signed part")
    return opened.json()


def _check_points_at(seq: int, body: Mapping[str, Any], log: RecordLog) -> None:
    mark = log.marks.get(seq)
    if mark is None:
        raise dsse.BadEnvelope(f"there is no record {seq}")
    stated = (body.get("session"), body.get("seq"), body.get("head"))
    if stated != (log.session, seq, mark.hash) or isinstance(body.get("seq"), bool):
        raise dsse.BadEnvelope(f"what it signs is not this session at record {seq}")


def _time(value: Any) -> datetime:
    try:
        return from_rfc3339(value)
    except (ValueError, TypeError) as problem:
        raise dsse.BadEnvelope("its server_time is no time") from problem


def _span(first_seq: int, log: RecordLog) -> str:
    """Records from ``first_seq`` to the last, with their wall times."""
    first, last = (log.marks[seq].wall[11:19] for seq in (first_seq, log.head.seq))
    return f"records {first_seq} to {log.head.seq} ({first} to {last} UTC)"


def _seconds(first_seq: int, log: RecordLog) -> float:
    passed = log.marks[log.head.seq].time - log.marks[first_seq].time
    return max(0.0, passed.total_seconds())
