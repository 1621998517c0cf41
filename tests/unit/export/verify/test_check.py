"""Honest exports are VALID, incomplete ones say what is missing, forged ones are INVALID."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from proctor_desktop.core.chain import EMPTY, digest, encode
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export.verify import Outcome, Trust, Verdict, verify
from proctor_desktop.wire import dsse
from tests.fakes.evidence_forge import assembled, entries_of, signed_again
from tests.fakes.sealed_session import (
    INSTITUTION_KEY,
    SERVER_KEY,
    SESSION,
    SESSION_KEY,
    SealedSession,
    key,
    next_key,
    short_session,
)

Judge = Callable[..., Verdict]
LAST_KEY = next_key(2)
"""The one that is left after the short session's two checkpoints."""
INSTITUTION, SERVER = dsse.public_hex(INSTITUTION_KEY), dsse.public_hex(SERVER_KEY)


def kinds(verdict: Verdict) -> list[str]:
    return [gap.kind for gap in verdict.gaps]


# -- honest -------------------------------------------------------------------------------------


def test_an_honest_export_is_valid(judge: Judge, sitting: SealedSession) -> None:
    verdict = judge(sitting)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.VALID, 0)
    outcome, witnessed = verdict.lines()
    assert outcome == "VALID"
    assert "every record from consent on was witnessed within 3 s" in witnessed
    facts = verdict.facts
    assert (facts.session, facts.records, facts.blobs) == (SESSION, 7, 2)
    assert (facts.checkpoints, facts.receipts, facts.unwitnessed) == (2, 2, 0)
    assert facts.session_key == dsse.public_hex(SESSION_KEY)
    assert facts.closed


def test_the_verdict_as_json_says_the_same(judge: Judge, sitting: SealedSession) -> None:
    sitting.received.clear()
    body = judge(sitting).to_json()
    assert (body["verdict"], body["exit_code"]) == ("VALID WITH GAPS", 2)
    assert body["gaps"][0]["kind"] == "unwitnessed"
    assert body["facts"]["unwitnessed"] == 7


def test_without_trusted_keys_it_says_which_flags_to_pass(
    judge: Judge, sitting: SealedSession
) -> None:
    verdict = judge(sitting, Trust())
    assert (verdict.outcome, verdict.exit_code) == (Outcome.GAPS, 2)
    assert kinds(verdict) == ["unchecked", "unchecked"]
    text = "\n".join(verdict.lines())
    assert "--institution-key" in text
    assert "--server-key" in text
    assert verdict.facts.unwitnessed == verdict.facts.records


def test_without_any_receipt_no_key_is_asked_for(judge: Judge, sitting: SealedSession) -> None:
    sitting.received.clear()
    verdict = judge(sitting, Trust(institution_keys=(INSTITUTION,)))
    assert kinds(verdict) == ["unwitnessed"]
    assert verdict.facts.unwitnessed == verdict.facts.records


def test_a_file_that_is_not_there_is_the_callers_problem(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no such file"):
        verify(tmp_path / "none.evidence", Trust())


@pytest.mark.parametrize("odd", ["folder", "pipe"])
def test_what_is_no_regular_file_is_invalid(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "odd.evidence"
    path.mkdir() if odd == "folder" else os.mkfifo(path)
    assert verify(path, Trust()).problems == ("it is not a regular file",)


def test_a_trusted_key_must_be_a_key() -> None:
    with pytest.raises(EnvironmentProblem, match="64 lower-case hex digits"):
        Trust(institution_keys=("cafe",))


# -- gaps ---------------------------------------------------------------------------------------


def test_records_without_a_receipt_are_unwitnessed(judge: Judge, sitting: SealedSession) -> None:
    del sitting.received[7]
    verdict = judge(sitting)
    assert kinds(verdict) == ["unwitnessed"]
    assert verdict.facts.unwitnessed == 3
    assert verdict.gaps[0].seconds == 2.0
    assert "records 5 to 7 (09:00:04 to 09:00:06 UTC)" in verdict.gaps[0].text


def test_records_behind_the_last_checkpoint_are_an_unsigned_tail(
    judge: Judge, sitting: SealedSession
) -> None:
    del sitting.signed[7]
    verdict = judge(sitting)
    assert kinds(verdict) == ["unsigned_tail"]
    assert "signed them when the export was made" in verdict.gaps[0].text


def test_a_session_without_its_end_ended_abnormally(judge: Judge, folder: Path) -> None:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("exam.start")
    sitting.witness()
    assert kinds(judge(sitting)) == ["ended_abnormally"]


def test_an_exam_that_never_began_is_a_gap(judge: Judge, folder: Path) -> None:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.close()
    assert kinds(judge(sitting)) == ["not_started"]


def test_a_missing_blob_is_a_gap_that_names_it(
    judge: Judge, sitting: SealedSession, folder: Path
) -> None:
    still = digest(b"\xff\xd8 a still \xff\xd9")
    (folder / still).unlink()
    verdict = judge(sitting)
    assert kinds(verdict) == ["missing_blob"]
    assert still in verdict.gaps[0].text
    assert "record 4" in verdict.gaps[0].text
    assert verdict.facts.missing_blobs == 1


def test_an_exam_that_no_record_names_is_a_gap(judge: Judge, folder: Path) -> None:
    sitting = SealedSession(folder)
    sitting.record("session.open", {"session_key": dsse.public_hex(SESSION_KEY)})
    sitting.record("exam.start")
    sitting.close()
    assert kinds(judge(sitting)) == ["no_policy"]


# -- forged, without the session's key ------------------------------------------------------------


Entries = dict[str, bytes]


def _without(name: str) -> Callable[[Entries], Entries]:
    return lambda entries: {n: c for n, c in entries.items() if n != name}


def _with_records(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Entries], Entries]:
    def changed(entries: Entries) -> Entries:
        lines = change(entries["records.jsonl"].splitlines(keepends=True))
        return {**entries, "records.jsonl": b"".join(lines)}

    return changed


def _swapped(one: str, other: str) -> Callable[[Entries], Entries]:
    return lambda entries: {**entries, one: entries[other], other: entries[one]}


def _with_blob(content: bytes) -> Callable[[Entries], Entries]:
    def added(entries: Entries) -> Entries:
        manifest = entries.pop("manifest.dsse")
        blobs = {n: entries.pop(n) for n in list(entries) if n.startswith("blobs/")}
        blobs[f"blobs/{digest(content)}"] = content
        return {**entries, **dict(sorted(blobs.items())), "manifest.dsse": manifest}

    return added


FORGERIES: dict[str, Callable[[Entries], Entries]] = {
    "a record dropped": _with_records(lambda lines: lines[:3] + lines[4:]),
    "the last record dropped": _with_records(lambda lines: lines[:-1]),
    "the first record dropped": _with_records(lambda lines: lines[1:]),
    "records reordered": _with_records(lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]),
    "a record duplicated": _with_records(lambda lines: [*lines[:3], lines[2], *lines[3:]]),
    "a record changed": _with_records(
        lambda lines: [line.replace(b"no face", b"a face ") for line in lines]
    ),
    "the last newline gone": _with_records(lambda lines: [*lines[:-1], lines[-1].rstrip(b"\n")]),
    "an empty line": _with_records(lambda lines: [*lines, b"\n"]),
    "no records": _with_records(lambda _: []),
    "checkpoints swapped": _swapped("checkpoints/0000000004.dsse", "checkpoints/0000000007.dsse"),
    "receipts swapped": _swapped("receipts/0000000004.dsse", "receipts/0000000007.dsse"),
    "a checkpoint for a receipt": _swapped(
        "checkpoints/0000000004.dsse", "receipts/0000000004.dsse"
    ),
    "a checkpoint gone": _without("checkpoints/0000000004.dsse"),
    "a receipt gone": _without("receipts/0000000007.dsse"),
    "a blob gone": _without(f"blobs/{digest(b'moving pictures' * 20)}"),
    "the records gone": _without("records.jsonl"),
    "the exam gone": _without("exam.dsse"),
    "the manifest gone": _without("manifest.dsse"),
    "a foreign blob": _with_blob(b"foreign"),
    "an envelope that is none": lambda e: {**e, "checkpoints/0000000004.dsse": b"{}"},
    "an endless envelope": lambda e: {**e, "receipts/0000000004.dsse": b"[" * 5000},
    "a manifest that is none": lambda e: {**e, "manifest.dsse": b"[" * 100_000},
    "a checkpoint of a later record": lambda e: dict(
        sorted({**e, "checkpoints/0000000008.dsse": e["checkpoints/0000000007.dsse"]}.items())
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_invalid(judge: Judge, honest: Path, name: str) -> None:
    forged = FORGERIES[name](entries_of(honest))
    verdict = judge(assembled(forged))
    assert (verdict.outcome, verdict.exit_code) == (Outcome.INVALID, 1)
    assert verdict.problems


NOTHING_TO_SIGN = {"the records gone", "no records", "the manifest gone", "a manifest that is none"}


@pytest.mark.parametrize("name", sorted(FORGERIES.keys() - NOTHING_TO_SIGN))
def test_a_new_manifest_by_another_key_does_not_help(judge: Judge, honest: Path, name: str) -> None:
    entries = entries_of(honest)
    forged = signed_again(FORGERIES[name](entries), key(9))
    assert judge(assembled(forged)).outcome is Outcome.INVALID


# -- forged, by someone who holds the session's key ------------------------------------------------


def test_signing_the_manifest_again_with_the_same_content_stays_valid(
    judge: Judge, honest: Path
) -> None:
    """The control for the tests below: the forge itself makes good exports."""
    again = signed_again(entries_of(honest), LAST_KEY)
    assert judge(assembled(again)).outcome is Outcome.VALID


def test_a_manifest_by_another_key_is_invalid(judge: Judge, honest: Path) -> None:
    verdict = judge(assembled(signed_again(entries_of(honest), key(9))))
    assert "not signed by the key that is due" in verdict.problems[0]


def test_a_history_rewritten_after_its_receipt_is_invalid(
    judge: Judge, sitting: SealedSession
) -> None:
    """The candidate's own computer re-signs everything; the server's receipts give it away."""
    witnessed = dict(sitting.received)
    lines, sitting.log = sitting.log, []
    sitting.head = EMPTY
    for raw in lines:
        sitting.append(_rechained(raw.replace(b"no face", b"a face "), sitting))
    sitting.signed.clear()
    sitting.checkpoints_made = 0  # it was taken over before its first checkpoint
    sitting.checkpoint()
    sitting.received = witnessed
    verdict = judge(sitting)
    assert verdict.outcome is Outcome.INVALID
    assert all("receipts/" in text for text in verdict.problems)


def _rechained(raw: bytes, sitting: SealedSession) -> bytes:
    start = raw.index(b'"prev":"') + len(b'"prev":"')
    return raw[:start] + sitting.head.hash.encode() + raw[start + 64 :]


def test_checkpoints_by_another_key_are_invalid(judge: Judge, sitting: SealedSession) -> None:
    sitting.signed.pop(7)
    sitting.checkpoint(signer=key(9))
    verdict = judge(sitting)
    assert verdict.problems[0] == "checkpoints/0000000007.dsse: no trusted key signed it"
    assert "chain of keys is broken" in verdict.problems[1]


def test_a_past_signed_again_with_the_key_that_was_found_at_the_end_is_invalid(
    judge: Judge, sitting: SealedSession
) -> None:
    """The computer is taken over after the session: only the last key is still there."""
    found = sitting.due
    sitting.signed.pop(4)
    sitting.checkpoint(signer=found, over=4)
    verdict = judge(sitting)
    assert verdict.problems[0] == "checkpoints/0000000004.dsse: no trusted key signed it"


def test_an_end_that_is_cut_off_cannot_be_signed_with_the_last_key(
    judge: Judge, honest: Path
) -> None:
    entries = entries_of(honest)
    del entries["checkpoints/0000000007.dsse"], entries["receipts/0000000007.dsse"]
    entries["records.jsonl"] = b"".join(entries["records.jsonl"].splitlines(keepends=True)[:4])
    verdict = judge(assembled(signed_again(entries, LAST_KEY)))
    assert "not signed by the key that is due" in verdict.problems[-1]


@pytest.mark.parametrize("named", [None, 7, "ab", SESSION_KEY])
def test_a_checkpoint_hands_over_to_a_new_key(
    judge: Judge, sitting: SealedSession, named: object
) -> None:
    body = dsse.peek(sitting.signed[4])
    body["next_key"] = dsse.public_hex(named) if named is SESSION_KEY else named
    sitting.signed[4] = dsse.sign_json(SESSION_KEY, dsse.CHECKPOINT, body)
    assert "does not hand over to a new key" in judge(sitting).problems[0]


def test_receipts_by_an_untrusted_server_are_invalid(judge: Judge, sitting: SealedSession) -> None:
    sitting.receipt(signer=key(9))
    verdict = judge(sitting)
    assert verdict.problems == ("receipts/0000000007.dsse: no trusted key signed it",)


def test_receipts_of_another_session_are_invalid(
    judge: Judge, sitting: SealedSession, tmp_path: Path
) -> None:
    other = SealedSession(tmp_path, session="another")
    other.log, other.head = sitting.log, sitting.head
    other.receipt()
    sitting.received = other.received
    for trust in (Trust((INSTITUTION,), (SERVER,)), Trust()):
        assert "not this session" in judge(sitting, trust).problems[0]


def test_a_receipt_whose_time_is_none_is_invalid(judge: Judge, sitting: SealedSession) -> None:
    body = {"session": SESSION, "seq": 7, "head": sitting.head.hash, "server_time": 5}
    sitting.received[7] = dsse.sign_json(SERVER_KEY, dsse.RECEIPT, body)
    assert "server_time" in judge(sitting).problems[0]


def test_an_exam_by_an_untrusted_institution_is_invalid(
    judge: Judge, sitting: SealedSession
) -> None:
    verdict = judge(sitting, Trust((dsse.public_hex(key(9)),), (SERVER,)))
    assert "not a trusted institution" in verdict.problems[0]


def test_an_exam_that_nobody_signed_is_invalid_even_without_trust(
    judge: Judge, sitting: SealedSession
) -> None:
    body = dsse.peek(sitting.exam)
    sitting.exam = dsse.sign_json(key(9), dsse.EXAM, body)
    verdict = judge(sitting, Trust())
    assert any("no trusted key signed it" in text for text in verdict.problems)


def test_another_exam_than_the_records_name_is_invalid(
    judge: Judge, sitting: SealedSession
) -> None:
    body = {**dsse.peek(sitting.exam), "title": "An easier exam"}
    sitting.exam = dsse.sign_json(INSTITUTION_KEY, dsse.EXAM, body)
    assert "not the one that the records name" in judge(sitting).problems[0]


def test_a_blob_that_the_manifest_keeps_quiet_about_is_invalid(
    judge: Judge, sitting: SealedSession, folder: Path, honest: Path
) -> None:
    (folder / digest(b"\xff\xd8 a still \xff\xd9")).unlink()
    assert judge(sitting).outcome is Outcome.GAPS
    quiet = entries_of(honest)
    del quiet[f"blobs/{digest(bytes(b'moving pictures' * 20))}"]
    forged = signed_again(quiet, LAST_KEY)  # its "missing" stays empty
    assert any("'missing'" in text for text in judge(assembled(forged)).problems)


def test_a_foreign_blob_is_invalid_even_when_listed(judge: Judge, honest: Path) -> None:
    entries = _with_blob(b"foreign")(entries_of(honest))
    verdict = judge(assembled(signed_again(entries, LAST_KEY)))
    assert verdict.problems == (f"blobs/{digest(b'foreign')}: no record names it",)


def test_a_session_that_is_not_opened_is_invalid(judge: Judge, tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.record("heartbeat")
    assert "does not open a session" in judge(sitting).problems[0]


def test_a_key_that_is_no_key_is_invalid(judge: Judge, tmp_path: Path) -> None:
    sitting = SealedSession(tmp_path)
    sitting.open(session_key="00" * 31 + " 0")
    assert "does not open a session" in judge(sitting).problems[0]


def test_a_record_of_another_session_is_invalid(
    judge: Judge, sitting: SealedSession, honest: Path
) -> None:
    raw = encode("another", sitting.head, sitting.now, "boot-1", "heartbeat", {})
    entries = entries_of(honest)
    entries["records.jsonl"] += raw + b"\n"
    forged = signed_again(entries, LAST_KEY)
    assert "belongs to another session" in judge(assembled(forged)).problems[0]


def test_hostile_text_cannot_reach_the_terminal(judge: Judge, folder: Path) -> None:
    sitting = short_session(folder)
    before = sitting.head
    sitting.record("gap", {"source": "SOURCE", "seconds": 1, "reason": "x" * 5000})
    raw = sitting.log.pop()
    sitting.head = before
    sitting.append(raw.replace(b"SOURCE", rb"\u001b[2J\u202e\ud800"))
    text = "\n".join(judge(sitting).lines())
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text) < 1500
