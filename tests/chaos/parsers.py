"""Every parser of what somebody else wrote, what it may raise, and samples to begin from."""

from __future__ import annotations

import atexit
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from proctor_desktop.config import exam
from proctor_desktop.core.chain import BrokenChain, decode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event
from proctor_desktop.core.observation import FaceBox, FacesSeen
from proctor_desktop.core.session import Phase
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Archive, Invalid, Trust, examine
from proctor_desktop.wire import dsse, eventlog, stdio
from proctor_desktop.wire.seal import Recipients, Sealer
from proctor_desktop.wire.unseal import BadSeal, extent, open_sealed, read_header
from tests.fakes.sealed_session import (
    SESSION,
    SESSION_KEY,
    START,
    SealedSession,
    next_key,
    short_session,
)

READER = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True)
class Parser:
    """One parser: how to feed it, its documented exceptions, and what it takes when all is well."""

    name: str
    feed: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]
    samples: tuple[bytes, ...]


def parsers() -> list[Parser]:
    """All of them, with samples that they take."""
    with tempfile.TemporaryDirectory() as folder:
        sitting = short_session(Path(folder))
        path = Path(folder) / "sample.evidence"
        write_package(sitting, path, datetime(2026, 11, 21, tzinfo=UTC))
        export = path.read_bytes()
    faces = FacesSeen(1, (FaceBox(0.1, 0.2, 0.3, 0.4, 0.9),))
    line = json.dumps(eventlog.dump(Event(START, faces)))
    trusted = [dsse.public_hex(one) for one in (SESSION_KEY, next_key(1))]
    envelopes = tuple(sitting.signed.values())
    return [
        Parser("record", decode, (BrokenChain,), tuple(sitting.log)),
        Parser(
            "envelope (DSSE)",
            lambda raw: dsse.verify(raw, dsse.CHECKPOINT, trusted).json(),
            (dsse.BadEnvelope,),
            envelopes,
        ),
        Parser("envelope, peeked at", dsse.peek, (dsse.BadEnvelope,), envelopes),
        Parser("container", _every_entry, (Invalid,), (export,)),
        Parser("whole export", lambda raw: examine(io.BytesIO(raw), Trust()), (), (export,)),
        Parser("sealed file's header", _header, (BadSeal,), _sealed()),
        Parser("sealed file's extent", lambda raw: extent(io.BytesIO(raw)), (BadSeal,), _sealed()),
        Parser("sealed file", lambda raw: open_sealed(raw, [READER]), (BadSeal,), _sealed()),
        Parser(
            "exam file",
            lambda raw: exam.open_envelope(raw, "exam"),
            (EnvironmentProblem,),
            (sitting.exam,),
        ),
        Parser("exam's settings", _exam_settings, (EnvironmentProblem,), (_settings(sitting),)),
        Parser(
            "observation (event log)",
            lambda raw: eventlog.load(_list(raw)),
            (eventlog.BadEvent,),
            (line.encode(),),
        ),
        *_lines(),
        *_bodies(sitting),
    ]


def _header(raw: bytes) -> object:
    return read_header(io.BytesIO(raw))


def _every_entry(raw: bytes) -> None:
    archive = Archive(io.BytesIO(raw))
    for entry in archive.entries.values():
        archive.sha256(entry)


def _sealed() -> tuple[bytes, ...]:
    to = Recipients(SESSION, (READER.public_key().public_bytes_raw().hex(),))
    sealer = Sealer(to, "video/mp4", {"fps": 1})
    chunks = [sealer.chunk(b"frame %d" % n, n, last=n == 2) for n in range(3)]
    return (sealer.header + b"".join(chunks), sealer.header)


def _settings(sitting: SealedSession) -> bytes:
    body = {k: v for k, v in dsse.peek(sitting.exam).items() if k != "institution_key"}
    return json.dumps(body).encode()


def _json(raw: bytes) -> Any:
    """What the layer below hands on; what it refuses is no matter of the parser's."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _list(raw: bytes) -> list[Any]:
    found = _json(raw)
    return found if isinstance(found, list) else [found]


def _exam_settings(raw: bytes) -> object:
    found = _json(raw)
    return exam.parse(found if isinstance(found, dict) else {"title": found}, "exam")


def _lines() -> list[Parser]:
    down = (
        stdio.PhaseIs(Phase.CLOSED, "done"),
        stdio.Snapshot(1.0, 1, 0.5, None, -30.0, {"camera": "ok"}, 1, 2, True, ["face_missing"]),
    )
    texts = tuple(stdio.to_line(message).encode() for message in down)

    start = stdio.to_line(stdio.StartExam()).encode()

    def read(parse: Callable[[str], object]) -> Callable[[bytes], object]:
        return lambda raw: parse(raw.decode("utf-8", "replace"))

    return [
        Parser("line to the kiosk", read(stdio.downward), (stdio.BadLine,), texts),
        Parser(
            "line to the monitor",
            read(stdio.upward),
            (stdio.BadLine,),
            (start,),
        ),
    ]


def _bodies(sitting: SealedSession) -> list[Parser]:
    """The endpoint's bodies, behind Django's own JSON parser."""
    _set_up_django()
    from proctor_desktop.endpoint import enrolment, ingest  # noqa: PLC0415 - needs Django set up
    from proctor_desktop.endpoint.api import bodies  # noqa: PLC0415
    from proctor_desktop.endpoint.key_chain import follow_keys  # noqa: PLC0415
    from proctor_desktop.endpoint.refusal import Refusal  # noqa: PLC0415

    first, hashes = dsse.public_hex(SESSION_KEY), dict.fromkeys(range(1, 8), "0" * 64)
    batch = {
        "records": [raw.decode() for raw in sitting.log],
        "checkpoints": [json.loads(one) for one in sitting.signed.values()],
    }
    samples = {
        bodies.RecordsBody: batch,
        bodies.EnrolBody: {"session": SESSION, "candidate": {"name": "Ada", "email": "a@b.c"}},
        bodies.HeartbeatBody: {"wall": "2026-01-01T00:00:00.000000Z", "sources": {"camera": "ok"}},
        bodies.EndBody: {"head": {"seq": 1, "hash": "0" * 64}},
        bodies.VerifyInitialBody: {"kind": "face", "blob": "0" * 64},
        bodies.SimpleViolationBody: {"session_id": SESSION, "violation_type": "no_face"},
    }

    def valid(kind: Any) -> Callable[[bytes], object]:
        return lambda raw: kind(data=_json(raw)).is_valid()

    def text_of(raw: bytes) -> list[str]:
        return [line.decode("utf-8", "replace") for line in raw.split(b"\n")]

    return [
        *(
            Parser(f"body: {kind.__name__}", valid(kind), (), (json.dumps(sample).encode(),))
            for kind, sample in samples.items()
        ),
        Parser(
            "batch of records",
            lambda raw: ingest.read_batch(SESSION, text_of(raw)),
            (Refusal,),
            (b"\n".join(sitting.log),),
        ),
        Parser(
            "chain of keys",
            lambda raw: follow_keys(SESSION, first, {}, raw.split(b"\n"), hashes),
            (Refusal,),
            (b"\n".join(sitting.signed.values()),),
        ),
        Parser(
            "enrolment",
            enrolment.open_envelope,
            (Refusal,),
            (dsse.sign_json(SESSION_KEY, dsse.ENROL, {"session_key": first, "delegation": {}}),),
        ),
    ]


def _set_up_django() -> None:
    """The standalone server's settings, on a data folder that is thrown away."""
    if settings.configured:
        return
    data = tempfile.mkdtemp(prefix="proctor-endpoint-fuzzing-")
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    module = "proctor_desktop.endpoint.project.settings"
    for_django = {"PROCTOR_ENDPOINT_DATA": data, "DJANGO_SETTINGS_MODULE": module}
    with patch.dict(os.environ, for_django):
        django.setup()
