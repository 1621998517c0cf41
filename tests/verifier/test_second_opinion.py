"""The common vectors: what the two verifiers have to say, and that they say the same."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proctor_desktop.core.chain import EMPTY, BrokenChain, decode, encode
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Trust, examine
from proctor_desktop.wire import dsse
from proctor_desktop.wire.dsse import Opened
from tests.fakes.evidence_forge import assembled, entries_of, signed_again
from tests.fakes.sealed_session import (
    INSTITUTION_KEY,
    SERVER_KEY,
    SealedSession,
    key,
    next_key,
    short_session,
)
from tests.verifier.container import Refused
from tests.verifier.json_text import parse
from tests.verifier.second_opinion import judge

NOW = datetime(2026, 11, 21, tzinfo=UTC)
INSTITUTIONS, SERVERS = (dsse.public_hex(INSTITUTION_KEY),), (dsse.public_hex(SERVER_KEY),)


def _restarted(sitting: SealedSession) -> None:
    sitting.boot, sitting.now = "boot-2", replace(sitting.now, mono_ns=5)
    sitting.record("heartbeat")
    sitting.record("restart", {"reason": "killed"})


def _jumped(sitting: SealedSession) -> None:
    sitting.now = replace(sitting.now, wall_utc=sitting.now.wall_utc + timedelta(seconds=30))
    sitting.record("heartbeat")


def _suspended(sitting: SealedSession) -> None:
    sitting.witness()
    sitting.now = replace(sitting.now, wall_utc=sitting.now.wall_utc + timedelta(hours=1))
    sitting.record("gap", {"source": "monitor", "seconds": 3600.4})


def _suspended_and_set(sitting: SealedSession) -> None:
    sitting.witness()
    sitting.now = replace(sitting.now, wall_utc=sitting.now.wall_utc + timedelta(hours=2))
    sitting.record("gap", {"source": "monitor", "seconds": 3600.4})


def _late(sitting: SealedSession) -> None:
    for _ in range(200):
        sitting.record("heartbeat", after_s=5)


def _always_late(sitting: SealedSession) -> None:
    """Every receipt a little less than five minutes behind its batch, as if the upload was held."""
    sitting.received.clear()
    for _ in range(20):
        for _ in range(20):
            sitting.record("heartbeat", after_s=5.9)
        sitting.checkpoint()
        sitting.receipt(late_s=295)


def _late_now_and_then(sitting: SealedSession) -> None:
    for beats in (15, 15, 1, 15, 1):
        for _ in range(beats):
            sitting.record("heartbeat", after_s=5)
        sitting.witness()
    sitting.record("heartbeat")


def _witnessed_after(sitting: SealedSession, wait_us: int) -> None:
    """A record waits just so long, less the 200 ms by which every receipt is late."""
    sitting.witness()
    sitting.record("heartbeat", after_s=0.3)
    sitting.record("heartbeat", after_s=29)
    sitting.record("heartbeat", after_s=29)
    sitting.record("heartbeat", after_s=(wait_us - 58_000_000) / 1e6)
    sitting.witness()
    sitting.record("heartbeat")


def _read_the_notice(sitting: SealedSession) -> None:
    """Minutes of it, in which nothing is sent."""
    sitting.received.clear()
    sitting.log, sitting.head = sitting.log[:0], EMPTY
    sitting.signed.clear()
    sitting.checkpoints_made = 0
    sitting.open()
    for _ in range(30):
        sitting.record("heartbeat", after_s=5)
    sitting.record("consent", {"given": True})
    sitting.record("exam.start")
    sitting.witness()
    sitting.record("heartbeat")


def _known_by_a_later_receipt(sitting: SealedSession) -> None:
    """A receipt that was made anew, long after one further on had been given."""
    sitting.record("heartbeat")
    sitting.checkpoint()
    sitting.receipt(late_s=500)
    sitting.record("heartbeat")
    sitting.witness()
    sitting.record("heartbeat")


def _clock_is_fast(sitting: SealedSession) -> None:
    sitting.received.clear()
    for _ in range(10):
        sitting.record("heartbeat", after_s=5)
        sitting.checkpoint()
        sitting.receipt(late_s=-200)


HONEST: dict[str, tuple[Callable[[SealedSession], object], set[str]]] = {
    "whole": (lambda _: None, set()),
    "a gap": (lambda s: s.record("gap", {"seconds": 3}), {"gap"}),
    "not captured": (lambda s: s.record("not_captured"), {"not_captured"}),
    "restarted": (_restarted, {"reboot", "restart"}),
    "silent": (lambda s: s.record("heartbeat", after_s=31), {"silence"}),
    "a clock that jumped": (_jumped, {"clock_jump"}),
    "suspended": (_suspended, {"gap"}),
    "suspended and set": (_suspended_and_set, {"gap", "clock_jump"}),
    "delivered late": (_late, {"witnessed_late"}),
    "late now and then": (_late_now_and_then, {"witnessed_late"}),
    "a minute and no more": (lambda s: _witnessed_after(s, 60_000_000), set()),
    "a microsecond more": (lambda s: _witnessed_after(s, 60_000_001), {"witnessed_late"}),
    "a notice that was read": (_read_the_notice, set()),
    "known by a later receipt": (_known_by_a_later_receipt, set()),
}
ENDINGS: dict[str, tuple[Callable[[SealedSession], object], set[str]]] = {
    "closed": (SealedSession.close, set()),
    "crashed": (lambda _: None, {"ended_abnormally", "unsigned_tail", "unwitnessed"}),
    "running": (SealedSession.witness, {"ended_abnormally"}),
}


def started(folder: Path) -> SealedSession:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("exam.start")
    sitting.record("violation.start", {"violation": 1, "rule": "x"}, sitting.blob(b"a still"))
    sitting.witness()
    return sitting


def exported(sitting: SealedSession, folder: Path, only: set[str] | None = None) -> bytes:
    path = folder / "session.evidence"
    write_package(sitting, path, NOW, only)
    return path.read_bytes()


def both(
    raw: bytes, institutions: tuple[str, ...], servers: tuple[str, ...]
) -> tuple[str, list[str]]:
    """The outcome and the gaps, after checking that both verifiers name the same."""
    ours, _ = examine(io.BytesIO(raw), Trust(institutions, servers))
    theirs = judge(raw, institutions, servers)
    assert theirs.outcome == ours.outcome.value, (ours.problems, theirs.why)
    gaps = sorted(gap.kind for gap in ours.gaps)
    if theirs.outcome != "INVALID":
        assert list(theirs.gaps) == gaps
        for ours_s, theirs_s in (
            (ours.facts.clock_offset_s, theirs.clock_offset_s),
            (ours.facts.longest_wait_s, theirs.longest_wait_s),
        ):
            assert ours_s == (theirs_s if theirs_s is None else pytest.approx(theirs_s, abs=0.002))
    return theirs.outcome, gaps


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", HONEST)
def test_both_name_the_same_gaps(tmp_path: Path, name: str, ending: str) -> None:
    sitting = started(tmp_path)
    sitting.record("heartbeat")
    for happening, _ in (HONEST[name], ENDINGS[ending]):
        happening(sitting)
    expected = HONEST[name][1] | ENDINGS[ending][1]
    if ending == "crashed" and name == "delivered late":
        expected -= {"witnessed_late"}  # nothing has arrived, so nothing arrived late
    outcome, gaps = both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)
    assert set(gaps) == expected
    assert outcome == ("VALID WITH GAPS" if expected else "VALID")


OFF_CLOCKS: dict[str, tuple[Callable[[SealedSession], object], list[str]]] = {
    "always late": (_always_late, ["clock_offset", "witnessed_late"]),
    "a clock that is fast": (_clock_is_fast, ["clock_offset"]),
}


@pytest.mark.parametrize("name", OFF_CLOCKS)
def test_both_name_a_clock_that_is_off(tmp_path: Path, name: str) -> None:
    sitting, (happening, expected) = started(tmp_path), OFF_CLOCKS[name]
    happening(sitting)
    sitting.record("session.close")
    sitting.checkpoint()
    sitting.receipt(late_s=299 if name == "always late" else -199)
    assert both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS) == ("VALID WITH GAPS", expected)


def test_both_ask_whom_to_trust(tmp_path: Path) -> None:
    raw = exported(short_session(tmp_path), tmp_path)
    assert both(raw, (), ()) == ("VALID WITH GAPS", ["unchecked", "unchecked"])
    stranger = (dsse.public_hex(key(9)),)
    assert both(raw, stranger, SERVERS)[0] == "INVALID"
    assert both(raw, INSTITUTIONS, stranger)[0] == "INVALID"


def test_both_tell_an_excerpt_and_an_erased_file(tmp_path: Path) -> None:
    sitting = short_session(tmp_path)
    assert both(exported(sitting, tmp_path, set()), INSTITUTIONS, SERVERS)[1] == ["withheld"]
    for path in (path for path in tmp_path.iterdir() if len(path.name) == 64):
        path.unlink()
    gaps = both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)[1]
    assert gaps == ["missing_blob", "missing_blob"]


def test_both_refuse_a_past_that_a_later_key_has_signed(tmp_path: Path) -> None:
    sitting = short_session(tmp_path)
    raw = exported(sitting, tmp_path)
    assert both(raw, INSTITUTIONS, SERVERS)[0] == "VALID"
    entries = entries_of(tmp_path / "session.evidence")
    name = "checkpoints/0000000004.dsse"
    body = dsse.peek(entries[name])
    for thief in (next_key(1), next_key(2), key(9)):
        forged = {**entries, name: dsse.sign_json(thief, dsse.CHECKPOINT, body)}
        again = assembled(signed_again(forged, next_key(2)))
        assert both(again, INSTITUTIONS, SERVERS)[0] == "INVALID"


def test_both_refuse_another_layout_of_a_signed_envelope(tmp_path: Path) -> None:
    exported(short_session(tmp_path), tmp_path)
    entries = entries_of(tmp_path / "session.evidence")
    for name in ("checkpoints/0000000004.dsse", "receipts/0000000004.dsse"):
        spaced = {**entries, name: entries[name].replace(b'","', b'", "')}
        again = assembled(signed_again(spaced, next_key(2)))
        assert both(again, INSTITUTIONS, SERVERS)[0] == "INVALID"


def test_both_refuse_records_behind_the_end(tmp_path: Path) -> None:
    sitting = short_session(tmp_path)
    sitting.record("heartbeat")
    sitting.witness()
    assert both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)[0] == "INVALID"


CHECKPOINT_PAYLOADS: dict[str, str] = {
    "a key twice": '"seq":999,',
    "no number": '"x":NaN,',
    "an infinity": '"x":-Infinity,',
    "too deep": '"x":' + "[" * 100 + "]" * 100 + ",",
    "far too deep": '"x":' + "[" * 900 + "]" * 900 + ",",
}


@pytest.mark.parametrize("name", CHECKPOINT_PAYLOADS)
def test_both_refuse_a_payload_that_readers_could_differ_about(tmp_path: Path, name: str) -> None:
    sitting = started(tmp_path)
    sitting.record("heartbeat")
    signer = sitting.due
    sitting.checkpoint()
    plain = dsse.verify(
        sitting.signed[sitting.head.seq], dsse.CHECKPOINT, [dsse.public_hex(signer)]
    )
    odd = b"{" + CHECKPOINT_PAYLOADS[name].encode() + plain.payload[1:]
    sitting.signed[sitting.head.seq] = dsse.sign(signer, dsse.CHECKPOINT, odd)
    sitting.receipt()
    sitting.close()
    assert both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)[0] == "INVALID"


RECORD_DATA: dict[str, tuple[bytes, bool]] = {
    "deep": (b"[" * 98 + b"]" * 98, True),
    "too deep": (b"[" * 99 + b"]" * 99, False),
    "far too deep": (b"[" * 900 + b"]" * 900, False),
    "many digits": (b"9" * 4300, True),
    "too many digits": (b"9" * 4301, False),
    "long": (b'"' + b"a" * (4 * 1024 * 1024 - 1000) + b'"', True),
    "too long": (b'"' + b"a" * (4 * 1024 * 1024) + b'"', False),
    "a lone surrogate": (b'"\\ud800"', True),
    "a key twice": (b'{"y":1,"y":1}', False),
}


@pytest.mark.parametrize("name", RECORD_DATA)
def test_both_read_the_same_records(tmp_path: Path, name: str) -> None:
    sitting = started(tmp_path)
    value, fine = RECORD_DATA[name]
    raw = encode(sitting.session, sitting.head, sitting.now, sitting.boot, "heartbeat", {"x": 0})
    raw = raw.replace(b'"x":0', b'"x":' + value)
    if fine or len(value) > 4 * 1024 * 1024:
        sitting.append(raw)
        sitting.close()
        outcome, _ = both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)
        assert outcome == ("VALID" if fine else "INVALID")
    else:  # nor does the program export it
        with pytest.raises(BrokenChain):
            decode(raw)
        with pytest.raises(Refused):
            parse(raw)


IDENTITY = "01" + "00" * 31
WEAK = {"identity": IDENTITY, "zero": "00" * 32, "not canonical": "ee" + "ff" * 30 + "7f"}


@pytest.mark.parametrize("name", WEAK)
def test_both_refuse_a_key_under_which_anybody_can_sign(tmp_path: Path, name: str) -> None:
    sitting = started(tmp_path)
    sitting.record("heartbeat")
    signer, seq = sitting.due, sitting.head.seq
    sitting.checkpoint()
    body = dsse.peek(sitting.signed[seq]) | {"next_key": WEAK[name]}
    sitting.signed[seq] = dsse.sign_json(signer, dsse.CHECKPOINT, body)
    sitting.receipt()
    sitting.record("session.close", {"reason": "finished"})
    sitting.checkpoint()
    last = dsse.peek(sitting.signed[sitting.head.seq])
    payload = json.dumps(last, separators=(",", ":")).encode()
    nothing = Opened(payload, WEAK[name], bytes.fromhex(IDENTITY) + bytes(32))
    sitting.signed[sitting.head.seq] = dsse.laid_out(dsse.CHECKPOINT, nothing)
    sitting.receipt()
    assert both(exported(sitting, tmp_path), INSTITUTIONS, SERVERS)[0] == "INVALID"


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', "[1,]", "01", "NaN", '"\t"', '"\\x"', "[1] 2", "", "[" * 300, "tru", "1."],
)
def test_its_json_reader_is_strict(text: str) -> None:
    with pytest.raises(Refused):
        parse(text.encode())


def test_its_json_reader_reads() -> None:
    text = ' {"a": [1, -2.5e3, true, null, "\\u00e9\\ud83d\\ude00\\n"], "b": {}} '
    assert parse(text.encode()) == {"a": [1, -2500.0, True, None, "é😀\n"], "b": {}}


def test_it_needs_nothing_of_the_program() -> None:
    listing = "import sys, tests.verifier.second_opinion; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", listing], capture_output=True, check=True)
    loaded = listed.stdout.decode().split()
    assert "nacl.signing" in loaded
    assert not [name for name in loaded if name.startswith(("proctor_desktop", "cryptography"))]
