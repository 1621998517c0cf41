"""Making a session known, and checking what the endpoint signs."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from proctor_desktop.core.chain import EMPTY, Head, digest, encode
from proctor_desktop.upload.client import Client
from proctor_desktop.upload.enrol import (
    BadReceipt,
    Identity,
    Opening,
    enrol_envelope,
    receipt_head,
)
from proctor_desktop.wire import dsse, rest
from tests.fakes.endpoint import FakeEndpoint
from tests.fakes.sealed_session import (
    ENROL_KEY,
    INSTITUTION_KEY,
    SERVER_KEY,
    SESSION,
    SESSION_KEY,
    credentials,
)
from tests.playbook import moment

SERVER = dsse.public_hex(SERVER_KEY)
KEY = dsse.public_hex(SESSION_KEY)
EXAM = dsse.sign_json(INSTITUTION_KEY, dsse.EXAM, {"id": "algebra-1"})
WHO = Identity(
    SESSION,
    credentials(SESSION),
    EXAM,
    {"name": "Ada Example", "email": "ada@example.edu"},
    "2026-01-01T00:00:00.000000Z",
)
HEAD = digest(b"the last record")


def reply(signer: Any = SERVER_KEY, kind: str = dsse.RECEIPT, **changes: Any) -> rest.RecordsReply:
    """A batch's answer with a receipt that says so."""
    payload = {"session": SESSION, "seq": 7, "head": HEAD, "server_time": "now", **changes}
    envelope = json.loads(dsse.sign_json(signer, kind, payload))
    return {"head": {"seq": 7, "hash": HEAD}, "receipt": envelope}


def test_a_key_that_the_session_key_names_signs_who_sits_which_exam() -> None:
    public, enrolling = dsse.public_hex(SESSION_KEY), dsse.public_hex(ENROL_KEY)
    told = dsse.verify(enrol_envelope(WHO, moment(60)), dsse.ENROL, [enrolling]).json()
    assert (told["session"], told["session_key"]) == (SESSION, public)
    delegation = json.dumps(told["delegation"]).encode()
    assert dsse.verify(delegation, dsse.DELEGATION, [public]).json()["enrol_key"] == enrolling
    assert told["candidate"] == {"name": "Ada Example", "email": "ada@example.edu"}
    assert (told["started"], told["sent"]) == (WHO.started, "2026-01-01T00:01:00.000000Z")
    assert told["client"].startswith("proctor-desktop/")


def test_the_exam_travels_with_its_own_signature() -> None:
    told = dsse.peek(enrol_envelope(WHO, moment(0)))
    exam = json.dumps(told["exam"]).encode()
    assert dsse.verify(exam, dsse.EXAM, [dsse.public_hex(INSTITUTION_KEY)]).json()["id"]


def test_without_its_key_a_session_shows_what_that_has_signed() -> None:
    record = encode(SESSION, EMPTY, moment(0), "boot", "session.open", {"session_key": KEY})
    signed = {"session": SESSION, "seq": 1, "head": digest(record)}
    checkpoint = dsse.sign_json(SESSION_KEY, dsse.CHECKPOINT, signed)
    opening = Opening(SESSION, EXAM, (record,), checkpoint)
    with FakeEndpoint(SERVER_KEY) as endpoint, closing(Client(endpoint.url, SESSION)) as client:
        admitted = opening.enrol(client, moment(0))
    assert endpoint.calls == ["late"]
    assert (admitted.token, admitted.server_key) == (endpoint.token, SERVER)
    assert (opening.late, WHO.late) == (True, False)


def test_a_good_receipt_tells_its_head_and_can_be_kept() -> None:
    head, envelope = receipt_head(reply(), SESSION, SERVER)
    assert head == Head(7, HEAD)
    assert dsse.verify(envelope, dsse.RECEIPT, [SERVER]).json()["seq"] == 7


@pytest.mark.parametrize(
    "bad",
    [
        reply(SESSION_KEY),
        reply(kind=dsse.CHECKPOINT),
        reply(session="another"),
        reply(session=None),
        reply(seq="many"),
        reply(seq=None),
        {"head": {"seq": 7, "hash": HEAD}},
        {"head": {"seq": 7, "hash": HEAD}, "receipt": {}},
        {"head": {"seq": 7, "hash": HEAD}, "receipt": "signed, the server"},
        {"head": {"seq": 7, "hash": HEAD}, "receipt": None},
    ],
)
def test_a_receipt_that_is_not_the_endpoints_for_this_session_is_refused(bad: Any) -> None:
    with pytest.raises(BadReceipt):
        receipt_head(bad, SESSION, SERVER)


def test_the_head_beside_the_receipt_is_not_believed() -> None:
    told = reply()
    told["head"] = {"seq": 99, "hash": "forged"}
    assert receipt_head(told, SESSION, SERVER)[0] == Head(7, HEAD)


def test_without_a_known_server_key_no_receipt_is_good() -> None:
    with pytest.raises(BadReceipt):
        receipt_head(reply(), SESSION, "")
