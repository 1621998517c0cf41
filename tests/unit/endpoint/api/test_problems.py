from __future__ import annotations

import errno
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.endpoint import blobs, live
from proctor_desktop.endpoint.media import MediaFolder
from tests.unit.endpoint.sitting import JPEG, PREFIX, Sitting
from tests.unit.endpoint.test_live import BEAT


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return body


def post(who: Sitting, raw: bytes, content_type: str = "application/json") -> Any:
    return Client(headers={"authorization": f"Bearer {who.token}"}).post(
        f"{who.base}heartbeat/", data=raw, content_type=content_type
    )


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b'{"wall": NaN}', b"[" * 60_000, b"9" * 5000, b"null", b'"text"'],
)
def test_a_body_that_is_no_json_object(sitting: Sitting, raw: bytes) -> None:
    is_problem(post(sitting, raw), 400)


def test_a_body_of_another_type(sitting: Sitting) -> None:
    is_problem(post(sitting, b"a=1", "application/x-www-form-urlencoded"), 415)


def test_a_body_that_is_too_large(sitting: Sitting) -> None:
    is_problem(post(sitting, b" " * 70_000), 413)


def test_addresses_and_methods_that_do_not_exist(sitting: Sitting) -> None:
    client = Client()
    is_problem(client.get("/api/proctor/v1/nothing/"), 404)
    is_problem(client.get(f"{PREFIX}not-a-uuid/"), 404)
    answer = client.get(PREFIX)
    is_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]
    is_problem(sitting.post("missing/", {}), 405)


def test_who_is_not_known(sitting: Sitting) -> None:
    sitting.token = "unknown"
    is_problem(sitting.get(), 401)


def test_a_fault_in_a_field_is_named_where_it_is(sitting: Sitting) -> None:
    body = is_problem(sitting.post("end/", {"head": {"seq": "many"}}), 400)
    assert "head.seq: " in body["detail"]
    assert "head.hash: " in body["detail"]


def test_what_a_client_sent_cannot_break_the_answer(sitting: Sitting) -> None:
    is_problem(post(sitting, json.dumps({**BEAT, "face_status": "\ud800"}).encode()), 400)


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (OperationalError("database is locked"), 503),
        (EnvironmentProblem("server.key", "it is broken", "Restore it."), 503),
    ],
)
def test_what_the_machine_refuses_is_worth_another_try(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    def fails(*_: object) -> None:
        raise failure

    monkeypatch.setattr(MediaFolder, "receive", fails)
    answer = sitting.put(JPEG)
    is_problem(answer, status)
    assert int(answer.headers["Retry-After"]) > 0
    assert not blobs.has(sitting.journal.session, "0" * 64)


def test_a_bug_is_a_500_that_tells_nothing(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(live, "beat", bug)
    client = Client(
        headers={"authorization": f"Bearer {sitting.token}"}, raise_request_exception=False
    )
    answer = client.post(f"{sitting.base}heartbeat/", data=BEAT, content_type="application/json")
    assert "secret" not in is_problem(answer, 500)["detail"]


def test_every_answer_states_its_length(sitting: Sitting) -> None:
    for answer in (sitting.get(), sitting.post("end/", {}), Client().get("/nothing")):
        assert int(answer.headers["Content-Length"]) == len(answer.content)
