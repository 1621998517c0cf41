"""Walking the records: the chain, what they name, and what they say is not there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from proctor_desktop.core.chain import EMPTY, Head, Record, decode, follow, is_sha256
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.export.told_gaps import told_gap, told_sleep_s
from proctor_desktop.export.verify.findings import Findings, Invalid

MAX_RECORD_BYTES = 4 * 1024 * 1024
CLOCK_JUMP_S = 2.0
SILENCE_S = 30.0
US_PER_S = 1e6
_MAX_INT = 2**63
_BEFORE_CONSENT = {"session.open", "policy", "capabilities", "heartbeat"}


@dataclass(frozen=True, slots=True)
class Named:
    """A blob as the records speak of it: its size and the first record that names it."""

    size_bytes: int
    seq: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A record that a signature may point at, or the first one after it.

    ``elapsed_s`` counts from the first record by the monotonic clock, and by the wall clock where
    the computer was started again in between.
    """

    hash: str
    wall: str
    elapsed_s: float

    @property
    def wall_us(self) -> int:
        """The record's wall time, in microseconds since 1970."""
        return round(datetime.fromisoformat(self.wall).timestamp() * US_PER_S)


class RecordLog:
    """The record log, walked once from the first record to the last.

    ``marks`` holds the records after which a signature may stand (``marked`` names them by
    sequence number), the one behind each of these, the first and the last, and ``begun_seq``:
    nothing is sent before the candidate agrees, and nobody can wait for a receipt of it.
    """

    def __init__(self, findings: Findings, marked: Collection[int]) -> None:
        self.session = ""
        self.session_key = ""
        self.exam_sha256: str | None = None
        self.sha256 = ""
        self.head: Head = EMPTY
        self.closed = False
        self.blobs: dict[str, Named] = {}
        self.marks: dict[int, Mark] = {}
        self.last: Record | None = None
        self.begun_seq = 0
        self._wall = datetime.min
        self._jump: tuple[int, float] | None = None
        self._step_s = 0.0
        self._elapsed_s = 0.0
        self._running = False
        self._findings = findings
        self._marked = {1, *marked, *(seq + 1 for seq in marked)}

    def walk(self, pieces: Iterable[bytes], on_record: Callable[[Record], None] | None) -> None:
        """Take all records; raises Invalid or BrokenChain at the first that does not hold."""
        digest = hashlib.sha256()
        for raw in _lines(pieces, digest.update):
            record = decode(raw, fractions=on_record is not None)
            self._take(record)
            if on_record is not None:
                on_record(record)
        if self.last is None:
            raise Invalid("it holds no records")
        self._tell_jump()
        self.sha256 = digest.hexdigest()
        self.marks[self.last.seq] = Mark(self.last.hash, self.last.wall, self._elapsed_s)
        if not self._running:
            self._findings.gap("not_started", "the exam never began: no rule was evaluated")
        if not self.closed:
            self._findings.gap(
                "ended_abnormally",
                "the session has no end: it was still running when this was exported, or it "
                "ended abnormally",
            )
        if self.exam_sha256 is None:
            self._findings.gap("no_policy", "no record says under which exam file it was held")

    def _take(self, record: Record) -> None:
        self.head = follow(self.head, record)
        wall = datetime.fromisoformat(record.wall)  # its form has been checked: the quick parser
        if not 0 <= record.mono_ns < _MAX_INT:
            raise Invalid(f"record {record.seq}: its monotonic time is out of range")
        if self.last is None:
            self._open(record)
        elif record.session != self.session:
            raise Invalid(f"record {record.seq} belongs to another session")
        else:
            self._compare_clocks(self.last, record, (wall - self._wall).total_seconds())
        self._wall = wall
        if not self.begun_seq and record.kind not in _BEFORE_CONSENT:
            self.begun_seq = record.seq
        if record.seq == self.begun_seq or record.seq in self._marked:
            self.marks[record.seq] = Mark(record.hash, record.wall, self._elapsed_s)
        self._note_blobs(record)
        self._note_kind(record)
        self._tell_jump(record)
        self.last = record

    def _open(self, record: Record) -> None:
        key = record.data.get("session_key")
        if record.kind != "session.open" or not isinstance(key, str) or not is_sha256(key):
            raise Invalid("the first record does not open a session with a key")
        self.session, self.session_key = record.session, key

    def _note_blobs(self, record: Record) -> None:
        for blob in record.blobs:
            named = self.blobs.setdefault(blob.sha256, Named(blob.size, record.seq))
            if named.size_bytes != blob.size:
                raise Invalid(f"record {record.seq}: it gives blob {blob.sha256} another size")

    def _note_kind(self, record: Record) -> None:
        if self.closed:
            raise Invalid(f"record {record.seq} stands behind the end of the session")
        if record.kind == "session.close":
            self.closed = True
        elif record.kind == "exam.start":
            self._running = True
        elif record.kind == "policy":
            self._note_policy(record)
        told = told_gap(record)
        if told is not None:
            text, seconds = told
            seconds = self._step_s if record.kind == "restart" else seconds
            self._findings.gap(record.kind, f"record {record.seq}: {text}", seconds)

    def _note_policy(self, record: Record) -> None:
        stated = record.data.get("exam_sha256")
        if not isinstance(stated, str) or self.exam_sha256 not in {None, stated}:
            raise Invalid(f"record {record.seq}: it names no exam file, or a second one")
        self.exam_sha256 = stated

    def _compare_clocks(self, before: Record, record: Record, wall_s: float) -> None:
        mono_s = (record.mono_ns - before.mono_ns) / NS_PER_S
        jump_s, same_boot = wall_s - mono_s, record.boot == before.boot
        self._step_s = max(0.0, mono_s if same_boot else wall_s)
        self._elapsed_s += self._step_s
        told = record.kind in {"restart", "gap"}
        where = f"between records {before.seq} and {record.seq}"
        if same_boot and abs(jump_s) > CLOCK_JUMP_S:
            self._tell_jump()
            self._jump = (record.seq, jump_s)
        elif not (same_boot or told):
            self._findings.gap("reboot", f"{where} the computer was started again", self._step_s)
        elif mono_s > SILENCE_S and self._running and not (self.closed or told):
            text = f"{where} nothing at all was recorded for {mono_s:.1f} s"
            self._findings.gap("silence", text, mono_s)

    def _tell_jump(self, record: Record | None = None) -> None:
        """Report the last jump, unless ``record``, at or next to it, tells of a sleep as long."""
        if self._jump is None:
            return
        (seq, jump_s), slept_s = self._jump, told_sleep_s(record) if record else 0.0
        explained = abs(jump_s - slept_s) <= CLOCK_JUMP_S
        if record and record.seq == seq and not explained:
            return  # the next one may
        self._jump = None
        if not explained:
            text = f"between records {seq - 1} and {seq} the computer's clock jumped by"
            self._findings.gap("clock_jump", f"{text} {jump_s:+.1f} s", abs(jump_s))


def _lines(pieces: Iterable[bytes], on_piece: Callable[[bytes], object]) -> Iterator[bytes]:
    """The lines without their ends; raises Invalid for an overlong or unfinished one."""
    rest = b""
    for piece in pieces:
        on_piece(piece)
        *whole, rest = (rest + piece).split(b"\n")
        if max(map(len, (*whole, rest))) > MAX_RECORD_BYTES:
            raise Invalid("a record is longer than a record may be")
        yield from whole
    if rest:
        raise Invalid("the last record is cut off")
