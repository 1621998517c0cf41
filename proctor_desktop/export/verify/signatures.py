"""Who vouches for what: the session's checkpoints, the server's receipts, the institution's exam.

A checkpoint shows what the records said while its key was there: the one that the checkpoint
before it names, destroyed as soon as it has signed. A receipt shows that the server knew it, and
from when; until then, whoever held the candidate's computer could have written it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Any

from proctor_desktop.core.chain import digest, is_sha256
from proctor_desktop.core.moment import from_rfc3339
from proctor_desktop.export.verdict import Facts, Trust
from proctor_desktop.export.verify.findings import Findings
from proctor_desktop.export.verify.record_log import US_PER_S, Mark, RecordLog
from proctor_desktop.wire import dsse

LATE_WITNESS_S = 60.0
CLOCK_OFFSET_S = 10.0
"""What passes without a word, together: a checkpoint's interval, a slow line, a clock's error."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A receipt that holds: up to which record, and since when (the server's microseconds)."""

    seq: int
    server_us: int


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
    return Witness(seq, _time_us(body.get("server_time")))


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


def report_witnesses(
    facts: Facts, witnesses: list[Witness], log: RecordLog, trust: Trust, findings: Findings
) -> Facts:
    """Say what no receipt covers, or covers late; returns ``facts`` with what the receipts show.

    ``witnesses`` come in the order of the records.
    """
    if facts.receipts and not trust.server_keys:
        findings.gap(
            "unchecked",
            f"no server key was given, so the {facts.receipts} receipts were not checked and "
            f"{_span(1, log)} count as unwitnessed: pass --server-key",
            _seconds(1, log),
        )
        return replace(facts, unwitnessed=log.head.seq)
    covered_seq = witnesses[-1].seq if witnesses else 0
    if covered_seq < log.head.seq:
        findings.gap(
            "unwitnessed",
            f"{_span(covered_seq + 1, log)} are unwitnessed: no receipt of the server covers them",
            _seconds(covered_seq + 1, log),
        )
    facts = replace(facts, unwitnessed=log.head.seq - covered_seq)
    return _report_waits(facts, witnesses, log, findings) if witnesses else facts


def _report_waits(
    facts: Facts, witnesses: list[Witness], log: RecordLog, findings: Findings
) -> Facts:
    """Tell a clock that is off, and each span of which records waited long for a receipt."""
    befores = [0, *(one.seq for one in witnesses)]
    firsts = [max(before + 1, log.begun_seq) for before in befores]
    offset_s, by_wall_s = _lags_s(firsts, witnesses, log, lambda mark: mark.wall_us)
    _, by_elapsed_s = _lags_s(firsts, witnesses, log, lambda mark: round(mark.elapsed_s * US_PER_S))
    # A suspended computer looks late by the one clock, a clock that was set by the other.
    lags_s = [min(both) for both in zip(by_wall_s, by_elapsed_s, strict=True)]
    held_s = max(0.0, offset_s)  # a clock that is slow, or a delay: the worse counts for a wait
    if abs(offset_s) > CLOCK_OFFSET_S:
        slow, fast = "was slow, or every record waited so long", "was fast, by that or by more"
        text = f"the server's times are {offset_s:+.0f} s off the computer's: its clock"
        findings.gap("clock_offset", f"{text} {slow if held_s else fast}", abs(offset_s))
    for late, run in groupby(range(len(lags_s)), lambda number: lags_s[number] > LATE_WITNESS_S):
        if late:
            spans = list(run)
            wait_s = held_s + max(lags_s[number] for number in spans)
            text = f"waited up to {wait_s:.0f} s for a receipt: until then they were unwitnessed"
            span = _span(firsts[spans[0]], log, witnesses[spans[-1]].seq)
            findings.gap("witnessed_late", f"{span} {text}", wait_s)
    longest_s = round(held_s + max(lags_s), 3)
    return replace(facts, clock_offset_s=round(offset_s, 3), longest_wait_s=longest_s)


def _lags_s(
    firsts: list[int], witnesses: list[Witness], log: RecordLog, clock_us: Callable[[Mark], int]
) -> tuple[float, list[float]]:
    """How far the clocks differ, and how long the ``firsts`` waited, each for its receipt.

    The smallest lag of any receipt is taken for the difference. Nothing in a file tells a clock
    that is slow from a delay that is always the same, so the difference itself is a finding.
    """
    offset_us = min(one.server_us - clock_us(log.marks[one.seq]) for one in witnesses)
    known_us = [*accumulate((one.server_us for one in reversed(witnesses)), min)]  # by any receipt
    seqs = (min(first, one.seq) for first, one in zip(firsts, witnesses, strict=False))
    lags_us = (
        at_us - clock_us(log.marks[seq]) - offset_us
        for at_us, seq in zip(reversed(known_us), seqs, strict=True)
    )
    return offset_us / US_PER_S, [lag_us / US_PER_S for lag_us in lags_us]


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


def _time_us(value: Any) -> int:
    try:
        return round(from_rfc3339(value).timestamp() * US_PER_S)
    except (ValueError, TypeError) as problem:
        raise dsse.BadEnvelope("its server_time is no time") from problem


def _span(first_seq: int, log: RecordLog, last_seq: int = 0) -> str:
    """Records from ``first_seq`` to ``last_seq``, by default the very last, with their times."""
    last_seq = last_seq or log.head.seq
    first, last = (log.marks[seq].wall[11:19] for seq in (first_seq, last_seq))
    return f"records {first_seq} to {last_seq} ({first} to {last} UTC)"


def _seconds(first_seq: int, log: RecordLog) -> float:
    passed_us = log.marks[log.head.seq].wall_us - log.marks[first_seq].wall_us
    return max(0.0, passed_us / US_PER_S)
