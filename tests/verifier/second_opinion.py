"""The verdict of the second verifier."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.verifier import envelope
from tests.verifier.container import Refused, is_hex, need, read
from tests.verifier.json_text import parse

MI_B = 1024 * 1024
KEYS = ("v", "session", "seq", "prev", "wall", "mono_ns", "boot", "kind", "data", "blobs")
BEFORE_CONSENT = ("session.open", "policy", "capabilities", "heartbeat")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class Opinion:
    """VALID, VALID WITH GAPS or INVALID; the kinds of the gaps, sorted, and the first problem.

    The figures are None without a receipt that could be checked.
    """

    outcome: str
    gaps: tuple[str, ...] = ()
    why: str = ""
    clock_offset_s: float | None = None
    longest_wait_s: float | None = None


def judge(data: bytes, institutions: Sequence[str], servers: Sequence[str]) -> Opinion:
    """What to think of an export, by whom the caller trusts."""
    try:
        session = _Session(read(data))
        gaps = session.gaps(institutions, servers)
    except Refused as problem:
        return Opinion("INVALID", (), str(problem))
    outcome = "VALID WITH GAPS" if gaps else "VALID"
    return Opinion(outcome, tuple(sorted(gaps)), "", session.offset_s, session.longest_s)


@dataclass
class _Point:
    """A record as far as signatures and clocks are concerned."""

    hash: str
    time_s: float
    elapsed_s: float


@dataclass
class _Session:
    entries: dict[str, bytes]
    points: list[_Point] = field(default_factory=list)
    blobs: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    jumps: dict[int, float] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    session: str = ""
    key: str = ""
    exam: str | None = None
    running: bool = False
    closed: bool = False
    begun: int | None = None
    offset_s: float | None = None
    longest_s: float | None = None

    def gaps(self, institutions: Sequence[str], servers: Sequence[str]) -> list[str]:
        """The gaps of an export that is genuine; raises Refused for any other."""
        for name in ("records.jsonl", "exam.dsse", "manifest.dsse"):
            need(name in self.entries, name)
        self._records()
        due, signed = self._checkpoints()
        self._exam(institutions)
        self._receipts(servers)
        self._blobs()
        self._manifest(due)
        if signed < len(self.points):
            self.found.append("unsigned_tail")
        for there, name in (
            (self.running, "not_started"),
            (self.closed, "ended_abnormally"),
            (self.exam is not None, "no_policy"),
        ):
            if not there:
                self.found.append(name)
        return self.found + ["clock_jump"] * len(self.jumps)

    # -- records ------------------------------------------------------------------------------

    def _records(self) -> None:
        text = self.entries["records.jsonl"]
        need(len(text) <= 1024 * MI_B and text.endswith(b"\n"), "records")
        before = "0" * 64
        for number, line in enumerate(text[:-1].split(b"\n"), 1):
            need(len(line) <= 4 * MI_B, "an overlong record")
            record = parse(line)
            need(isinstance(record, dict) and set(record) == set(KEYS), "fields")
            need(_integers(record, ("v", "seq", "mono_ns")), "numbers")
            need((record["v"], record["seq"], record["prev"]) == (1, number, before), "chain")
            before = hashlib.sha256(line).hexdigest()
            self._take(record, before)

    def _take(self, record: dict[str, Any], name: str) -> None:
        strings = ("session", "prev", "wall", "boot", "kind")
        need(all(isinstance(record[one], str) for one in strings), "strings")
        need(isinstance(record["data"], dict) and isinstance(record["blobs"], list), "data")
        need(0 <= record["mono_ns"] < 2**63, "monotonic time")
        need(not self.closed, "behind the end")
        time_s = _time_s(record["wall"])
        elapsed_s = 0.0
        if not self.points:
            self.session, self.key = record["session"], record["data"].get("session_key")
            need(record["kind"] == "session.open" and is_hex(self.key), "opening")
        else:
            elapsed_s = self._step(record, time_s)
        need(record["session"] == self.session, "session")
        for blob in record["blobs"]:
            self._name(blob)
        self._note(record["kind"], record["data"])
        passed_s = self.points[-1].elapsed_s + elapsed_s if self.points else 0.0
        for at in (len(self.points), len(self.points) - 1):
            if at in self.jumps and abs(self.jumps[at] - _slept_s(record)) <= 2.0:
                del self.jumps[at]
        self.points.append(_Point(name, time_s, passed_s))
        self.last = record

    def _step(self, record: dict[str, Any], time_s: float) -> float:
        mono_s = (record["mono_ns"] - self.last["mono_ns"]) / 1e9
        wall_s = time_s - self.points[-1].time_s
        told = record["kind"] in ("restart", "gap")
        if record["boot"] != self.last["boot"]:
            self.found += [] if told else ["reboot"]
            return max(0.0, wall_s)
        if abs(wall_s - mono_s) > 2.0:
            self.jumps[len(self.points)] = wall_s - mono_s
        elif mono_s > 30.0 and self.running and not self.closed and not told:
            self.found.append("silence")
        return max(0.0, mono_s)

    def _name(self, blob: Any) -> None:
        need(isinstance(blob, dict) and set(blob) - {"seals"} == {"sha256", "type", "size"}, "blob")
        need(is_hex(blob["sha256"]) and isinstance(blob["type"], str), "blob")
        need(_integers(blob, ("size",)) and blob["size"] >= 0, "blob size")
        need("seals" not in blob or is_hex(blob["seals"]), "seal")
        need(self.blobs.setdefault(blob["sha256"], blob["size"]) == blob["size"], "blob size")

    def _note(self, kind: str, data: dict[str, Any]) -> None:
        if self.begun is None and kind not in BEFORE_CONSENT:
            self.begun = len(self.points)
        if kind in ("gap", "not_captured", "restart"):
            self.found.append(kind)
        self.running = self.running or kind == "exam.start"
        self.closed = self.closed or kind == "session.close"
        if kind == "policy":
            named = data.get("exam_sha256")
            need(isinstance(named, str) and self.exam in (None, named), "exam of the records")
            self.exam = named

    # -- signatures ---------------------------------------------------------------------------

    def _envelopes(self, folder: str) -> list[tuple[int, bytes]]:
        found = [(name, raw) for name, raw in self.entries.items() if name.startswith(folder)]
        need(all(len(raw) <= 4096 for _, raw in found), "envelope size")
        return [(int(name[len(folder) : -5]), raw) for name, raw in found]

    def _at(self, seq: int, body: dict[str, Any]) -> None:
        need(1 <= seq <= len(self.points) and _integers(body, ("seq",)), "no such record")
        due = (self.session, seq, self.points[seq - 1].hash)
        need((body.get("session"), body["seq"], body.get("head")) == due, "signed elsewhere")

    def _checkpoints(self) -> tuple[str, int]:
        due, seen, last = self.key, {self.key}, 0
        for seq, raw in self._envelopes("checkpoints/"):
            body = envelope.opened(raw, "checkpoint", [due])
            self._at(seq, body)
            due, last = body.get("next_key"), seq
            need(is_hex(due) and due not in seen, "next key")
            seen.add(due)
        return due, last

    def _exam(self, institutions: Sequence[str]) -> None:
        raw = self.entries["exam.dsse"]
        need(len(raw) <= MI_B, "exam size")
        need(self.exam in (None, hashlib.sha256(raw).hexdigest()), "another exam")
        named = envelope.read(raw).body().get("institution_key")
        need(is_hex(named), "institution key")
        envelope.opened(raw, "exam", [str(named)], strict=False)
        need(not institutions or named in institutions, "institution is not trusted")
        self.found += [] if institutions else ["unchecked"]

    def _receipts(self, servers: Sequence[str]) -> None:
        times: list[tuple[int, float]] = []
        receipts = self._envelopes("receipts/")
        for seq, raw in receipts:
            if servers:
                body = envelope.opened(raw, "receipt", servers)
                times.append((seq, _time_s(body.get("server_time"))))
            else:
                body = envelope.read(raw).body()
            self._at(seq, body)
        if receipts and not servers:
            self.found.append("unchecked")
            return
        if max((seq for seq, _ in times), default=0) < len(self.points):
            self.found.append("unwitnessed")
        if times:
            self._lateness(times)

    def _lateness(self, times: list[tuple[int, float]]) -> None:
        """How far the clocks differ, and how long the first record of each receipt waited."""
        by_clock = []
        for clock in ("time_s", "elapsed_s"):
            ticks = [_micros(float(getattr(point, clock))) for point in self.points]
            base = min(_micros(at) - ticks[seq - 1] for seq, at in times)
            new, waits = 0, []
            for number, (seq, _) in enumerate(times):
                known = min(_micros(at) for _, at in times[number:])
                first = min(max(new, self.begun or 0), seq - 1)
                waits.append((known - ticks[first] - base) / 1e6)
                new = seq
            by_clock.append((base / 1e6, waits))
        self.offset_s = by_clock[0][0]
        if abs(self.offset_s) > 10.0:
            self.found.append("clock_offset")
        waits = [min(both) for both in zip(by_clock[0][1], by_clock[1][1], strict=True)]
        late = [wait > 60.0 for wait in waits]
        rows = sum(now and not before for before, now in zip([False, *late], late, strict=False))
        self.found += ["witnessed_late"] * rows
        self.longest_s = max(waits) + max(0.0, self.offset_s)

    # -- files --------------------------------------------------------------------------------

    def _blobs(self) -> None:
        for name, content in self.entries.items():
            if name.startswith("blobs/"):
                need(self.blobs.get(name[6:]) == len(content), "blob that no record names")
                need(hashlib.sha256(content).hexdigest() == name[6:], "blob was changed")

    def _manifest(self, due: str) -> None:
        raw = self.entries["manifest.dsse"]
        need(len(raw) <= 32 * MI_B, "manifest size")
        stated = envelope.opened(raw, "manifest", [due])
        absent = sorted(name for name in self.blobs if f"blobs/{name}" not in self.entries)
        withheld = stated.get("withheld")
        need(isinstance(withheld, list) and all(one in absent for one in withheld), "withheld")
        missing = [one for one in absent if one not in withheld]
        records = self.entries["records.jsonl"]
        expected = {
            "format": "proctor-evidence/1",
            "session": self.session,
            "exam_sha256": hashlib.sha256(self.entries["exam.dsse"]).hexdigest(),
            "session_key": self.key,
            "records": {
                "count": len(self.points),
                "sha256": hashlib.sha256(records).hexdigest(),
                "head": self.points[-1].hash,
            },
            "closed": self.closed,
            "files": [
                {"name": name, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
                for name, raw in self.entries.items()
                if name != "manifest.dsse"
            ],
            "missing": missing,
            "withheld": [one for one in absent if one in withheld],
        }
        need(stated == expected, "manifest")
        self.found += ["missing_blob"] * len(missing) + ["withheld"] * bool(withheld)


def _integers(values: dict[str, Any], names: Sequence[str]) -> bool:
    return all(type(values.get(name)) is int for name in names)


def _micros(seconds: float) -> int:
    """Whole microseconds: nothing may depend on the order in which somebody adds."""
    return round(seconds * 1e6)


def _slept_s(record: dict[str, Any]) -> float:
    """The seconds of a ``gap`` of the source ``monitor``; 0 for anything else."""
    data = record["data"]
    seconds = data.get("seconds")
    whole = record["kind"] == "gap" and data.get("source") == "monitor"
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return float(seconds) if whole and number and abs(seconds) < 2**63 else 0.0


def _time_s(text: object) -> float:
    need(isinstance(text, str) and _WALL.fullmatch(text) is not None, "time")
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError as problem:
        raise Refused("time") from problem
