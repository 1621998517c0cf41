"""What became of the demo's session, and whether that is what the script says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import Record, decode
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.demo.script import Expected, Script
from proctor_desktop.journal.reader import Reader
from proctor_desktop.upload.client import Client


@dataclass(frozen=True, slots=True)
class Happened:
    """One violation; times are in seconds since the camera's first picture."""

    rule: str
    start_s: float
    duration_s: float
    measured: float
    unit: str
    confidence: float
    has_still: bool
    uploaded: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Everything there is to say about one session, from the journal and from the server."""

    violations: tuple[Happened, ...]
    records: tuple[bytes, ...]
    on_server: tuple[bytes, ...]
    pending: int
    detail: dict[str, Any]


def look(folder: Path, endpoint: str) -> Session:
    """Read a finished session from its journal and from the endpoint."""
    with Reader(folder) as reader:
        raw = tuple(reader.records())
        records = [decode(one) for one in raw]
        client = Client(endpoint, reader.session)
        client.token = reader.fact("token") or ""
        try:
            on_server = _stored(client)
            detail = client.detail()
        finally:
            client.close()
        missing = set(detail["missing"])
        happened = _happened(records, reader.receipted_seq(), missing)
        return Session(happened, raw, on_server, reader.delivery().pending, detail)


def camera_began_ns(records: Iterable[Record]) -> int | None:
    """When (monotonic) the camera's first picture came, or None if it has not."""
    for record in records:
        if record.kind == "source" and record.data["source"] == "camera":
            return record.mono_ns
    return None


def faults(script: Script, session: Session) -> list[str]:
    """Every way in which the session differs from its script; empty when all is as it should be."""
    return [
        *_unmet(script.expected, session.violations),
        *_unforeseen(script, session.violations),
        *_not_delivered(session),
    ]


def _unmet(expected: Sequence[Expected], violations: Sequence[Happened]) -> list[str]:
    lines = []
    for one in expected:
        found = [v for v in violations if one.admits(v.rule, v.start_s)]
        if len(found) != 1:
            lines.append(
                f"{one.rule} between {one.earliest_s:g} and {one.latest_s:g} s: "
                f"expected once, found {len(found)} times"
            )
    return lines


def _unforeseen(script: Script, violations: Sequence[Happened]) -> list[str]:
    foreseen = (*script.expected, *script.tolerated)
    return [
        f"{v.rule} at {v.start_s:.1f} s is not in the script"
        + (" (the candidate was honest)" if v.start_s in script.honest else "")
        for v in violations
        if not any(one.admits(v.rule, v.start_s) for one in foreseen)
    ]


def _not_delivered(session: Session) -> list[str]:
    lines = []
    if session.records != session.on_server:
        lines.append(
            f"the server's {len(session.on_server)} records are not the journal's "
            f"{len(session.records)}, byte for byte"
        )
    if session.pending:
        lines.append(f"{session.pending} items were not delivered")
    return lines


def _stored(client: Client) -> tuple[bytes, ...]:
    texts: list[str] = []
    while page := client.stored_records(len(texts)):
        texts += page
    return tuple(text.encode("utf-8") for text in texts)


def _happened(
    records: Sequence[Record], receipted_seq: int, missing: set[str]
) -> tuple[Happened, ...]:
    began_ns = camera_began_ns(records) or records[0].mono_ns
    latest: dict[int, Record] = {}
    starts: dict[int, Record] = {}
    for record in records:
        if record.kind.startswith("violation."):
            latest[record.data["violation"]] = record
            starts.setdefault(record.data["violation"], record)
    return tuple(
        Happened(
            rule=start.data["rule"],
            start_s=(start.mono_ns - began_ns) / NS_PER_S,
            duration_s=latest[number].data["duration_s"],
            measured=latest[number].data["measured"],
            unit=start.data["unit"],
            confidence=start.data["confidence"],
            has_still=bool(start.blobs),
            uploaded=start.seq <= receipted_seq and not {b.sha256 for b in start.blobs} & missing,
        )
        for number, start in starts.items()
    )
