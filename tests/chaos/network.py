"""Sessions between the real client code and the real endpoint, over the worst of networks."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proctor_desktop.core.chain import decode, digest
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.journal.blobs import BlobStore
from proctor_desktop.journal.reader import Reader
from proctor_desktop.journal.session_folder import SessionFolder, create
from proctor_desktop.journal.writer import Entry, Writer
from proctor_desktop.upload import worker as worker_module
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import Identity
from proctor_desktop.upload.worker import UploadWorker
from proctor_desktop.wire.seal import Recipients
from tests.chaos.proxy import Certificates, ChaosProxy, Fault, faults
from tests.fakes.https_server import make_certificate
from tests.fakes.institution import Institution
from tests.fakes.program import RunningEndpoint, running_endpoint

SESSIONS, SHORT = 300, 4
SEED = 20261122
SHARE = 0.35
OUTAGE_H = 72
SESSION_TAKES_S = 120.0
_AT_ONCE = 3
_TIMEOUTS_S = (2.0, 2.0)
_CAP_S = 0.05
_IDLE_S = 0.02
_PLAIN = tuple(fault for fault in Fault if fault not in (Fault.NONE, Fault.TLS_MISMATCH))
_WITH_TLS = (*_PLAIN, Fault.TLS_MISMATCH)


@dataclass
class Outcome:
    """How one session went; every list of differences ought to be empty."""

    records: int = 0
    blobs: int = 0
    restarts: int = 0
    outage: bool = False
    duplicates: int = 0
    took_s: float = 0.0
    differences: list[str] = field(default_factory=list)
    faults: Counter[Fault] = field(default_factory=Counter)


class _LaterClock(SystemClock):
    """The real clock some hours on: what a computer shows after a long outage."""

    later_h = 0.0

    def now(self) -> Any:
        now = super().now()
        wall = now.later(self.later_h * 3600).wall_utc
        return type(now)(now.mono_ns, wall)


class Sitting:
    """One candidate's journal and upload, restarted now and then as a computer is."""

    def __init__(
        self, folder: SessionFolder, exam: bytes, proxy: ChaosProxy, draw: random.Random
    ) -> None:
        self.folder = folder
        self.clock = _LaterClock()
        self.outcome = Outcome()
        self.crashes: list[BaseException] = []
        self._exam = exam
        self._proxy = proxy
        self._draw = draw
        self._boot = 0

    @contextmanager
    def running(self) -> Iterator[tuple[Writer, Reader, UploadWorker]]:
        """The parts of a monitor that deliver, from start to end of one process."""
        self._boot += 1
        work = threading.Event()
        with ExitStack() as stack:
            writer = Writer(self.folder, f"boot-{self._boot}", committed=work.set)
            stack.callback(writer.close)
            writer.reopen_ledger()
            reader = stack.enter_context(Reader(self.folder.path))
            sending = stack.enter_context(Reader(self.folder.path))
            client = Client(self._proxy.url, self.folder.session, timeouts_s=_TIMEOUTS_S)
            stack.callback(client.close)
            if self._proxy.certificates is not None:
                client._http.verify = str(self._proxy.certificates.trusted)
            worker = UploadWorker(
                client,
                sending,
                writer,
                self._identity(),
                self.clock,
                self.crashes.append,
                work,
                cap_s=_CAP_S,
            )
            stack.callback(worker.stop, 30.0)
            worker.start()
            yield writer, reader, worker

    def record(self, writer: Writer, worker: UploadWorker, count: int) -> None:
        """``count`` records of a sitting, some with files, some with heartbeats."""
        store = BlobStore(self.folder.blobs, self.folder.incoming, Recipients(self.folder.session))
        for _ in range(count):
            kind = self._draw.choice(["observations", "violation.start", "segment", "heartbeat"])
            data: dict[str, Any] = {"events": [self._draw.random() for _ in range(10)]}
            blobs = ()
            if kind == "violation.start":
                self.outcome.blobs += 1
                data = {"violation": self.outcome.blobs, "rule": "face_missing"}
                content = b"\xff\xd8\xff" + self._draw.randbytes(self._draw.randrange(500, 20_000))
                blobs = (store.keep(content, "image/jpeg"),)
            elif kind == "segment":
                self.outcome.blobs += 1
                content = self._draw.randbytes(self._draw.randrange(2_000, 80_000))
                blobs = (store.keep(content, "video/mp4"),)
            urgent = self._draw.random() < 0.2
            writer.append(Entry(self.clock.now(), kind, data, blobs, urgent))
            if kind == "heartbeat":
                worker.beat(_beat())

    def deliver(self, reader: Reader, worker: UploadWorker) -> bool:
        """Wait for the end as the monitor does, and close; whether it was closed in time."""
        deadline = time.monotonic() + SESSION_TAKES_S
        while reader.delivery().pending and time.monotonic() < deadline:
            worker.wake()
            time.sleep(0.01)
        worker.stop(30.0)
        while time.monotonic() < deadline:
            if worker.finish(reader.head()) is not None:
                return True
            time.sleep(0.02)
        return False

    def _identity(self) -> Identity:
        return Identity(
            self.folder.session,
            self.folder.credentials(),
            self._exam,
            {"name": "Ada Example", "email": "ada@example.edu"},
            "2026-01-01T00:00:00.000000Z",
        )


def _beat() -> Any:
    return {
        "wall": "2026-01-01T00:00:00.000000Z",
        "phase": "running",
        "face_status": "one_face",
        "sources": {},
        "pending_records": 0,
        "pending_blobs": 0,
    }


def sit(number: int, endpoint: RunningEndpoint, exam: bytes, place: Path) -> Outcome:
    """One session from its first record to its score; every third one through an outage."""
    draw = random.Random(SEED + number)
    certificates = None
    if number % 4 == 0:
        for name in ("trusted", "another"):
            (place / name).mkdir(parents=True)
        certificates = Certificates(*(make_certificate(place / n) for n in ("trusted", "another")))
    (place / "data").mkdir(parents=True)
    folder = create(place / "data", exam)
    among = _WITH_TLS if certificates else _PLAIN
    began = time.monotonic()
    upstream = endpoint.address.removeprefix("http://")
    with ChaosProxy(upstream, faults(draw, SHARE, among), certificates) as proxy:
        sitting = Sitting(folder, exam, proxy, draw)
        outcome = sitting.outcome
        outcome.outage = proxy.down = number % 3 == 0
        outcome.restarts = draw.randrange(3)
        for _ in range(outcome.restarts):
            with sitting.running() as (writer, _reader, worker):
                sitting.record(writer, worker, draw.randrange(5, 25))
                time.sleep(draw.random() * 0.2)
        if outcome.outage:
            sitting.clock.later_h = OUTAGE_H
        proxy.down = False
        with sitting.running() as (writer, reader, worker):
            sitting.record(writer, worker, draw.randrange(5, 25))
            writer.append(Entry(sitting.clock.now(), "session.close", {}, urgent=True))
            closed = sitting.deliver(reader, worker)
            _compare(endpoint, folder, reader, outcome, closed)
    outcome.differences += [f"the worker died: {bug!r}" for bug in sitting.crashes]
    outcome.took_s = time.monotonic() - began
    outcome.faults = proxy.seen
    return outcome


def _compare(
    endpoint: RunningEndpoint, folder: SessionFolder, reader: Reader, outcome: Outcome, closed: bool
) -> None:
    """The client's manifest against the server's: from its own database and media folder."""
    ours = [digest(raw) for raw in reader.records()]
    named = {b.sha256: b.size for raw in reader.records() for b in decode(raw).blobs}
    outcome.records = len(ours)
    session = folder.session.replace("-", "")
    with closing(sqlite3.connect(f"file:{endpoint.data}/endpoint.sqlite3?mode=ro", uri=True)) as db:

        def rows(what: str, table: str, order: str) -> list[Any]:
            found = db.execute(
                f"SELECT {what} FROM proctor_desktop_endpoint_{table}"  # noqa: S608
                f" WHERE session_id = ? ORDER BY {order}",
                (session,),
            )
            return [row[0] for row in found]

        theirs = rows("hash", "storedrecord", "seq")
        stored = rows("sha256", "storedblob", "sha256")
        violations = rows("number", "violation", "number")
    there = endpoint.data / "media" / "sessions" / folder.session
    files = {p.name: p.stat().st_size for p in there.iterdir()} if there.is_dir() else {}
    broken = [p.name for p in there.iterdir() if digest(p.read_bytes()) != p.name] if files else []
    told = [d["violation"] for raw in reader.records() if "violation" in (d := decode(raw).data)]
    rows_of = (theirs, stored, violations)
    outcome.duplicates = sum(len(rows) - len(set(rows)) for rows in rows_of)
    outcome.duplicates += len(set(theirs) - set(ours)) + len(files.keys() - named.keys())
    checks = {
        "it was not closed in time": closed,
        "records differ": theirs == ours,
        "files differ": files == named,
        "a file's content differs": not broken,
        "files are listed otherwise": stored == sorted(named),
        "violations are missing or twice": violations == sorted(told),
        "something is there twice": not outcome.duplicates,
        "the client does not think it is all there": not reader.delivery().pending,
        "the client gave a file up": not reader.refused(),
        "the last receipt does not cover the end": reader.receipted_seq() == len(ours),
    }
    outcome.differences += [what for what, holds in checks.items() if not holds]


def measure(sessions: int = SESSIONS) -> dict[str, Any]:
    """Hold ``sessions`` of them, a few at a time, and count."""
    began = time.monotonic()
    idle_s, worker_module.IDLE_S = worker_module.IDLE_S, _IDLE_S
    try:
        with tempfile.TemporaryDirectory(prefix="chaos-network-") as name:
            place = Path(name)
            institution = Institution(place)
            with (
                running_endpoint(place / "endpoint", 0, institution.public_key) as endpoint,
                ThreadPoolExecutor(_AT_ONCE) as pool,
            ):
                exam = institution.exam("http://127.0.0.1:9").read_bytes()
                outcomes = list(
                    pool.map(
                        lambda n: sit(n, endpoint, exam, place / str(n)), range(1, sessions + 1)
                    )
                )
    finally:
        worker_module.IDLE_S = idle_s
    return _figures(outcomes, time.monotonic() - began)


def _figures(outcomes: list[Outcome], took_s: float) -> dict[str, Any]:
    met: Counter[Fault] = sum((one.faults for one in outcomes), Counter())
    return {
        "sessions": len(outcomes),
        "records": sum(one.records for one in outcomes),
        "blobs": sum(one.blobs for one in outcomes),
        "restarts": sum(one.restarts for one in outcomes),
        "outages": sum(one.outage for one in outcomes),
        "duplicates": sum(one.duplicates for one in outcomes),
        "requests": sum(met.values()),
        "faults": {fault.value: met[fault] for fault in Fault if fault is not Fault.NONE},
        "slowest_session_s": round(max(one.took_s for one in outcomes), 1),
        "took_s": round(took_s, 1),
        "differing_sessions": sum(bool(one.differences) for one in outcomes),
        "differences": [
            f"session {n}: {what}" for n, one in enumerate(outcomes, 1) for what in one.differences
        ],
    }


def write(figures: dict[str, Any]) -> str:
    """The section of the report."""
    met = "\n".join(f"| {name} | {count:,} |" for name, count in figures["faults"].items())
    different = "\n".join(f"- {line}" for line in figures["differences"]) or "None."
    return f"""## Network

{figures["sessions"]} sessions of the client's own code (journal, blob store, upload worker) were
delivered to a real endpoint process on loopback, each through a proxy of its own that let a fault
happen to {SHARE:.0%} of all requests. Each kept {figures["records"] // figures["sessions"]} records
on average; together {figures["records"]:,} records and {figures["blobs"]:,} files,
{figures["restarts"]} restarts of the client in the middle, and {figures["outages"]} sessions that
were recorded without any network and delivered "{OUTAGE_H} hours later" (the clock was set on).
Compared afterwards: the client's journal with the endpoint's database and media folder.

| | |
|---|---|
| requests | {figures["requests"]:,} |
| sessions whose manifests differ | **{figures["differing_sessions"]}** |
| duplicates (records, files, violations) | **{figures["duplicates"]}** |
| slowest session | {figures["slowest_session_s"]} s |
| all of it | {figures["took_s"]} s |

| fault | times |
|---|---|
{met}

Differences: {different}

Waits were shortened (at most {_CAP_S} s between tries, timeouts of {_TIMEOUTS_S[1]:g} s). A file
that a fault leaves unconfirmed is found again by the reconciliation at the end; with both taken out
of the client this campaign fails. Not shown: real wireless networks, IPv6, HTTP proxies that need a
login, and an endpoint behind a load balancer.
"""
