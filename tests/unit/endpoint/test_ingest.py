from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.chain import EMPTY, Head, decode, digest
from proctor_desktop.endpoint import ingest
from proctor_desktop.endpoint.models import Checkpoint, NamedBlob, Receipt, Session, StoredRecord
from proctor_desktop.endpoint.refusal import Refusal
from proctor_desktop.wire import dsse, rest
from tests.fakes.sealed_session import SESSION, SESSION_KEY, SealedSession, key
from tests.unit.endpoint.sitting import Sitting


@pytest.fixture
def busy(sitting: Sitting) -> Sitting:
    """A candidate whose journal has six records, none of them sent."""
    sitting.journal.open()
    for number in range(4):
        sitting.journal.record("heartbeat", {"n": number, "text": 'Prüfung ✓ \u2028 \\ "'})
    return sitting


def stored(who: Sitting) -> list[bytes]:
    rows = StoredRecord.objects.filter(session=who.journal.session).order_by("seq")
    return [bytes(raw) for raw in rows.values_list("raw", flat=True)]


def listed(who: Sitting) -> list[bytes]:
    return [text.encode() for text in who.get("records/").json()["records"]]


def test_records_are_stored_and_listed_byte_for_byte(busy: Sitting) -> None:
    assert busy.send().status_code == 200
    assert stored(busy) == busy.journal.log
    assert listed(busy) == busy.journal.log


def test_an_odd_layout_stays_as_it_is(sitting: Sitting) -> None:
    sitting.journal.record("heartbeat")
    spaced = sitting.journal.log.pop().replace(b',"seq":', b' ,\n\t"seq": ')
    sitting.journal.head = EMPTY
    sitting.journal.append(b"  " + spaced + b"\n")
    assert sitting.send().status_code == 200
    assert stored(sitting) == sitting.journal.log


def test_the_receipt_is_the_servers_signature_over_the_head(
    busy: Sitting, data_folder: Path
) -> None:
    answer = busy.send().json()
    assert answer["head"] == busy.head()
    server = (data_folder / "server.pub").read_text().strip()
    envelope = json.dumps(answer["receipt"]).encode()
    body = dsse.verify(envelope, dsse.RECEIPT, [server]).json()
    assert body["session"] == busy.journal.session
    assert (body["seq"], body["head"]) == (6, busy.journal.head.hash)


def test_batches_continue_where_the_last_one_ended(busy: Sitting) -> None:
    assert busy.send(1, 2).status_code == 200
    assert busy.send(3, 6).status_code == 200
    assert stored(busy) == busy.journal.log
    session = Session.objects.get()
    assert session.head == busy.journal.head


def test_a_replay_gets_the_answer_that_was_lost(busy: Sitting) -> None:
    first = busy.send()
    assert busy.send().content == first.content
    assert len(stored(busy)) == 6
    assert Receipt.objects.count() == 1


def test_a_replay_that_goes_further_adds_only_what_is_new(busy: Sitting) -> None:
    busy.send(1, 4)
    assert busy.send(2, 6).status_code == 200
    assert stored(busy) == busy.journal.log


def test_an_old_part_can_be_witnessed_later(busy: Sitting) -> None:
    busy.journal.checkpoint(over=3)
    busy.send()
    answer = busy.send(1, 3)
    assert answer.status_code == 200
    assert answer.json()["head"] == {"seq": 3, "hash": digest(busy.journal.log[2])}
    assert Session.objects.get().head_seq == 6


def test_a_hole_is_refused_with_the_servers_head(busy: Sitting) -> None:
    busy.send(1, 2)
    answer = busy.send(4, 6)
    assert answer.status_code == 409
    assert answer.json()["head"] == {"seq": 2, "hash": digest(busy.journal.log[1])}
    assert len(stored(busy)) == 2


def test_other_content_under_a_known_number_is_refused_and_logged(
    busy: Sitting, caplog: pytest.LogCaptureFixture
) -> None:
    busy.send(1, 3)
    forged = SealedSession(busy.journal._folder, session=busy.journal.session)
    forged.open(note="another story")
    forged.record("heartbeat")
    true, busy.journal = busy.journal, forged
    with caplog.at_level(logging.WARNING, "proctor_desktop.endpoint.security"):
        answer = busy.send()
    assert answer.status_code == 409
    assert answer.json()["head"]["seq"] == 3
    assert busy.journal.session in caplog.text
    assert stored(busy) == true.log[:3]


def test_a_fork_after_the_head_is_refused(busy: Sitting) -> None:
    busy.send(1, 3)
    forged = SealedSession(busy.journal._folder, session=busy.journal.session)
    forged.open(note="another story")
    forged.record("heartbeat")
    forged.record("heartbeat")
    busy.journal = forged
    assert busy.send(4, 4).status_code == 409
    assert len(stored(busy)) == 3


def refused(who: Sitting, body: dict[str, Any], status: int = 422) -> str:
    answer = who.post("records/", body)
    assert answer.status_code == status
    assert stored(who) == []
    assert not Receipt.objects.exists()
    assert not Checkpoint.objects.exists()
    return str(answer.json()["detail"])


def test_a_checkpoint_by_another_key_is_refused(busy: Sitting) -> None:
    busy.journal.checkpoint(signer=key(9))
    assert "not signed by the key that is due" in refused(busy, busy.batch())


def test_a_later_key_cannot_sign_an_earlier_span(busy: Sitting) -> None:
    """What whoever takes the computer over would do: the span anew, under the key found there."""
    busy.journal.checkpoint(over=2)
    busy.journal.checkpoint(over=4)
    stolen = busy.journal.due
    genuine = busy.journal.signed.pop(4)
    busy.journal.checkpoint(signer=stolen, over=4)
    assert "key that is due" in refused(busy, busy.batch(1, 4))
    busy.journal.signed[4] = genuine
    assert busy.send(1, 4).status_code == 200


def test_an_earlier_key_cannot_sign_again(busy: Sitting) -> None:
    busy.journal.checkpoint(over=2)
    busy.send(1, 2)
    busy.journal.checkpoint(signer=SESSION_KEY)
    assert busy.send(3).status_code == 422
    assert len(stored(busy)) == 2


def test_a_checkpoint_that_is_here_cannot_be_exchanged(busy: Sitting) -> None:
    busy.send()
    first = bytes(Checkpoint.objects.get().envelope)
    busy.journal.advance(5)
    busy.journal.checkpoint(signer=SESSION_KEY)
    assert busy.send().status_code == 422
    assert bytes(Checkpoint.objects.get().envelope) == first


def test_every_checkpoint_is_kept_as_it_was_signed(busy: Sitting) -> None:
    for seq in (2, 3, 6):
        busy.journal.checkpoint(over=seq)
    busy.send()
    kept = {one.seq: bytes(one.envelope) for one in Checkpoint.objects.all()}
    assert kept == busy.journal.signed
    assert Session.objects.get().due_key == dsse.public_hex(busy.journal.due)


def test_a_batch_that_leaves_a_checkpoint_out_is_refused(busy: Sitting) -> None:
    busy.journal.checkpoint(over=3)
    body = busy.batch()
    del body["checkpoints"][0]
    refused(busy, body)


def test_checkpoints_out_of_order_or_twice_are_refused(busy: Sitting) -> None:
    busy.journal.checkpoint(over=3)
    body = busy.batch()
    three, six = body["checkpoints"]
    for order in ([six, three], [three, three, six], [three, six, six]):
        refused(busy, body | {"checkpoints": order})
    refused(busy, body | {"checkpoints": []}, 400)
    refused(busy, body | {"checkpoints": [six] * 7}, 413)


@pytest.mark.parametrize("named", [None, 5, "ab", "G" * 64, dsse.public_hex(SESSION_KEY)])
def test_a_checkpoint_must_hand_over_to_a_new_key(busy: Sitting, named: Any) -> None:
    body = busy.batch()
    payload = dsse.peek(json.dumps(body["checkpoints"][0]).encode()) | {"next_key": named}
    forged = dsse.sign_json(SESSION_KEY, dsse.CHECKPOINT, payload)
    assert "new key" in refused(busy, body | {"checkpoints": [json.loads(forged)]})


def test_a_checkpoint_over_another_record_is_refused(busy: Sitting) -> None:
    body = busy.batch(1, 5) | {"records": [raw.decode() for raw in busy.journal.log]}
    assert "does not cover" in refused(busy, body)
    payload = dsse.peek(json.dumps(body["checkpoints"][0]).encode()) | {"seq": 6}
    forged = dsse.sign_json(SESSION_KEY, dsse.CHECKPOINT, payload)
    assert "does not cover" in refused(busy, body | {"checkpoints": [json.loads(forged)]})


def test_a_receipt_cannot_pass_for_a_checkpoint(busy: Sitting) -> None:
    payload = dsse.peek(json.dumps(busy.batch()["checkpoints"][0]).encode())
    forged = dsse.sign_json(busy.key, dsse.RECEIPT, payload)
    refused(busy, busy.batch() | {"checkpoints": [json.loads(forged)]})


def test_records_of_another_session_are_refused(busy: Sitting) -> None:
    own = busy.journal
    busy.journal = SealedSession(own._folder, session=SESSION)
    busy.journal.open()
    body = busy.batch()
    busy.journal = own
    assert "another session" in refused(busy, body)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{", "[" * 100_000, "\x00"])
def test_what_is_no_record_is_refused(busy: Sitting, text: str) -> None:
    refused(busy, busy.batch() | {"records": [text]})


def test_records_that_do_not_follow_each_other_are_refused(busy: Sitting) -> None:
    body = busy.batch()
    body["records"].reverse()
    refused(busy, body)


def test_a_lone_surrogate_is_refused(busy: Sitting) -> None:
    refused(busy, busy.batch() | {"records": ["\ud800"]}, 400)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"rule": "face_missing"}, "without a number"),
        ({"violation": True, "rule": "face_missing"}, "without a number"),
        ({"violation": [1], "rule": "face_missing"}, "without a number"),
        ({"violation": 2**60, "rule": "face_missing"}, "without a number"),
        ({"violation": 1}, "without a rule"),
        ({"violation": 1, "rule": "\ud800"}, "without a rule"),
        ({"violation": 1, "rule": "<script>"}, "without a rule"),
    ],
)
def test_a_violation_that_could_not_be_scored_is_refused(
    sitting: Sitting, data: dict[str, Any], part: str
) -> None:
    body = {
        "v": 1,
        "session": sitting.journal.session,
        "seq": 1,
        "prev": EMPTY.hash,
        "wall": "2026-11-20T09:00:00.000000Z",
        "mono_ns": 1,
        "boot": "b",
        "kind": "violation.start",
        "data": data,
        "blobs": [],
    }
    sitting.journal.append(json.dumps(body).encode())
    assert part in refused(sitting, sitting.batch())


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 10**400, "prev": EMPTY.hash},
        {"seq": 0},
        {"seq": -5},
        {"kind": ""},
        {"kind": "x" * 65},
        {"kind": "a\x00b"},
        {"kind": "\ud800"},
        {"blobs": [{"sha256": "0" * 64, "type": "image/jpeg", "size": 2**70}]},
        {"blobs": [{"sha256": "0" * 64, "type": "\ud800", "size": 1}]},
        {"blobs": [{"sha256": "0" * 64, "type": "x" * 200, "size": 1}]},
    ],
)
def test_what_no_table_can_hold_is_refused(sitting: Sitting, change: dict[str, Any]) -> None:
    sitting.journal.record("heartbeat")
    body = json.loads(sitting.journal.log.pop()) | change
    sitting.journal.head = EMPTY
    sitting.journal.append(json.dumps(body).encode())
    refused(sitting, sitting.batch())


def test_too_much_at_once_is_refused(busy: Sitting) -> None:
    many = ["{}"] * (rest.MAX_BATCH_RECORDS + 1)
    refused(busy, busy.batch() | {"records": many}, 413)
    large = ["x" * (rest.MAX_BATCH_BYTES + 1)]
    refused(busy, busy.batch() | {"records": large}, 413)
    huge = ["x" * (3 * rest.MAX_BATCH_BYTES + 200_000)]
    refused(busy, busy.batch() | {"records": huge}, 413)


def test_blobs_that_records_name_are_known_once(busy: Sitting) -> None:
    still = busy.journal.blob(b"still")
    busy.journal.record("warning", {}, still)
    busy.journal.record("warning", {}, still)
    busy.send()
    assert NamedBlob.objects.get().sha256 == still.sha256


def test_the_listing_can_be_paged(busy: Sitting) -> None:
    busy.send()
    first = busy.get("records/?limit=4").json()
    assert (len(first["records"]), first["next"]) == (4, 4)
    rest_of_it = busy.get(f"records/?after={first['next']}").json()
    assert (len(rest_of_it["records"]), rest_of_it["next"]) == (2, None)
    assert busy.get("records/?after=6").json()["records"] == []
    assert busy.get("records/?after=-1").status_code == 400
    assert busy.get("records/?limit=" + "9" * 40).status_code == 400


def test_the_decision_what_is_new(tmp_path: Path) -> None:
    journal = SealedSession(tmp_path)
    journal.open()
    journal.record("heartbeat")
    records = [decode(raw) for raw in journal.log]
    known = {record.seq: record.hash for record in records}

    assert ingest.new_ones(EMPTY, {}, records) == tuple(records)
    at_two = Head(2, records[1].hash)
    assert ingest.new_ones(at_two, known, records) == (records[2],)
    assert ingest.new_ones(journal.head, known, records) == ()
    for head, here in ((EMPTY, records[1:]), (Head(2, "0" * 64), records[2:])):
        with pytest.raises(Refusal) as refusal:
            ingest.new_ones(head, {}, here)
        assert refusal.value.head == head
    with pytest.raises(Refusal, match="other content"):
        ingest.new_ones(at_two, known | {1: "0" * 64}, records)
