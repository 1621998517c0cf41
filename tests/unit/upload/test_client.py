"""The REST calls, and what becomes of answers that are not as they should be."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.chain import Head
from proctor_desktop.core.errors import PeerRefused, PeerUnreachable
from proctor_desktop.upload import client as module
from proctor_desktop.upload.client import LONGEST_WAIT_S, Client, Conflict
from proctor_desktop.wire import dsse, rest
from tests.fakes.endpoint import PORTAL, FakeEndpoint, HangsUp, Says
from tests.fakes.sealed_session import ENROL_KEY, SESSION, SESSION_KEY, credentials
from tests.fakes.sessions import blob

BEAT: rest.HeartbeatRequest = {
    "wall": "2026-01-01T00:00:00.000000Z",
    "phase": "running",
    "face_status": "one_face",
    "sources": {"camera": "ok"},
    "pending_records": 0,
    "pending_blobs": 0,
}
ENROL = dsse.sign_json(
    ENROL_KEY,
    dsse.ENROL,
    {
        "session": SESSION,
        "session_key": dsse.public_hex(SESSION_KEY),
        "delegation": json.loads(credentials(SESSION).delegation),
    },
)


@pytest.fixture
def client(endpoint: FakeEndpoint) -> Iterator[Client]:
    """A client that is enrolled already."""
    made = Client(endpoint.url + "/", SESSION)
    made.token = made.enrol(ENROL)["token"]
    yield made
    made.close()


def test_a_session_is_registered_without_a_token(endpoint: FakeEndpoint) -> None:
    client = Client(endpoint.url, SESSION)
    reply = client.enrol(ENROL)
    client.close()
    assert (reply["token"], reply["server_key"]) == ("token-1", endpoint.server_key)
    assert endpoint.authorisations == [None]


def test_every_call_after_that_carries_the_token(client: Client, endpoint: FakeEndpoint) -> None:
    client.heartbeat(BEAT)
    assert endpoint.beats == [BEAT]
    assert endpoint.authorisations[-1] == "Bearer token-1"


def test_a_netrc_of_the_user_does_not_replace_the_token(
    client: Client, endpoint: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client.heartbeat(BEAT)
    assert endpoint.authorisations[-1] == "Bearer token-1"


def test_a_file_is_sent_under_its_hash_and_again_if_need_be(
    client: Client, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    content = b"\xff\xd8" + bytes(200_000)
    (tmp_path / "still").write_bytes(content)
    for _ in range(2):
        reply = client.put_blob(blob(content), tmp_path / "still")
        assert reply == {"sha256": blob(content).sha256, "size": len(content)}
    assert endpoint.blobs == {blob(content).sha256: content}


def test_a_photo_is_named_and_the_missing_and_the_end_are_asked_for(
    client: Client, endpoint: FakeEndpoint
) -> None:
    client.verify_initial("face", "00")
    assert endpoint.photos == ["00"]
    assert client.missing() == []
    assert client.end(Head(3, "ab"))["score"] == 95.0
    assert endpoint.ended == [Head(3, "ab")]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 507])
@pytest.mark.parametrize("content_type", ["text/html", "application/problem+json"])
def test_not_now_means_later(
    client: Client, endpoint: FakeEndpoint, status: int, content_type: str
) -> None:
    endpoint.says("heartbeat", Says(status, {"detail": "busy"}, content_type=content_type))
    with pytest.raises(PeerUnreachable, match=str(status)) as caught:
        client.heartbeat(BEAT)
    assert caught.value.retry_after_s is None


@pytest.mark.parametrize(
    ("stated", "understood"),
    [
        ("7", 7.0),
        (" 30 ", 30.0),
        ("0", 0.0),
        ("99999999", LONGEST_WAIT_S),
        ("9" * 400, LONGEST_WAIT_S),
        ("soon", None),
        ("-5", None),
        ("\xb2", None),
        ("Fri, 31 Dec 2027 23:59:59 GMT", None),
    ],
)
def test_a_servers_wish_to_wait_is_understood_within_reason(
    client: Client, endpoint: FakeEndpoint, stated: str, understood: float | None
) -> None:
    endpoint.says("heartbeat", Says(429, {"detail": ""}, {"Retry-After": stated}))
    with pytest.raises(PeerUnreachable) as caught:
        client.heartbeat(BEAT)
    assert caught.value.retry_after_s == understood


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_no_means_no_with_the_endpoints_reason(
    client: Client, endpoint: FakeEndpoint, status: int
) -> None:
    endpoint.says("heartbeat", Says(status, {"detail": "Because."}))
    with pytest.raises(PeerRefused, match=f"HTTP {status}: Because") as caught:
        client.heartbeat(BEAT)
    assert caught.value.status == status


def test_too_large_is_no_even_in_the_words_of_a_proxy(
    client: Client, endpoint: FakeEndpoint
) -> None:
    endpoint.says("heartbeat", Says(413, "<h1>413</h1>", content_type="text/html"))
    with pytest.raises(PeerRefused, match="HTTP 413"):
        client.heartbeat(BEAT)


def test_a_conflict_tells_where_the_server_stands(client: Client, endpoint: FakeEndpoint) -> None:
    endpoint.says("records", Says(409, {"detail": "A hole.", "head": {"seq": 7, "hash": "ab"}}))
    with pytest.raises(Conflict) as caught:
        client.send_records([b"{}"], [b"{}"])
    assert caught.value.head == Head(7, "ab")


@pytest.mark.parametrize(
    "head", [None, 5, [], {}, {"seq": 1}, {"seq": "x", "hash": "ab"}, {"seq": 1, "hash": None}]
)
def test_a_conflict_without_a_usable_head_is_a_plain_refusal(
    client: Client, endpoint: FakeEndpoint, head: object
) -> None:
    endpoint.says("records", Says(409, {"detail": "No.", "head": head}))
    with pytest.raises(PeerRefused) as caught:
        client.send_records([b"{}"], [b"{}"])
    assert not isinstance(caught.value, Conflict)


NOT_THE_ENDPOINTS = {
    "a portal's page": PORTAL,
    "a portal's page, said to be JSON": Says(200, "<html>", content_type="application/json"),
    "a portal's redirect": Says(302, "", {"Location": "http://127.0.0.1:1/"}, "text/html"),
    "a proxy's own 401": Says(401, "<html>", content_type="text/html"),
    "a proxy's own 403": Says(403, "no", content_type="text/plain"),
    "nothing": Says(204, ""),
    "a list": Says(200, [], content_type="application/json"),
    "a hang-up": HangsUp(),
    "a hang-up after the work": HangsUp(after=True),
}


@pytest.mark.parametrize("answer", NOT_THE_ENDPOINTS.values(), ids=NOT_THE_ENDPOINTS)
def test_an_answer_that_is_not_the_endpoints_is_no_answer(
    client: Client, endpoint: FakeEndpoint, answer: Says | HangsUp
) -> None:
    endpoint.says("heartbeat", answer)
    with pytest.raises(PeerUnreachable):
        client.heartbeat(BEAT)


@pytest.mark.parametrize(
    "body", [{}, {"token": "x"}, {"token": 5, "server_key": "ab"}, {"success": True}]
)
def test_some_other_json_is_no_enrolment(endpoint: FakeEndpoint, body: dict[str, object]) -> None:
    client = Client(endpoint.url, SESSION)
    endpoint.says("enrol", Says(200, body, content_type="application/json"))
    with pytest.raises(PeerUnreachable, match="not the endpoint's"):
        client.enrol(ENROL)
    client.close()


@pytest.mark.parametrize("body", [{}, {"success": True}, {"sha256": "0" * 64, "size": 5}])
def test_some_other_json_does_not_say_that_a_file_arrived(
    client: Client, endpoint: FakeEndpoint, tmp_path: Path, body: dict[str, object]
) -> None:
    (tmp_path / "still").write_bytes(b"still")
    endpoint.says("blob", Says(200, body, content_type="application/json"))
    with pytest.raises(PeerUnreachable, match="not the endpoint's"):
        client.put_blob(blob(b"still"), tmp_path / "still")


def test_some_other_json_is_no_receipt_no_score_and_no_list(
    client: Client, endpoint: FakeEndpoint
) -> None:
    other = Says(200, {"success": True}, content_type="application/json")
    for call in ("records", "missing", "end"):
        endpoint.says(call, other)
    with pytest.raises(PeerUnreachable, match="'receipt'"):
        client.send_records([b"{}"], [b"{}"])
    with pytest.raises(PeerUnreachable, match="'missing'"):
        client.missing()
    with pytest.raises(PeerUnreachable, match="'score'"):
        client.end(Head(1, "ab"))


@pytest.mark.parametrize("limit", ["MAX_ANSWER_BYTES", "LONGEST_ANSWER_S"])
def test_an_answer_without_end_is_no_answer(
    client: Client, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(module, limit, -1)
    with pytest.raises(PeerUnreachable, match="it has no end"):
        client.heartbeat(BEAT)


def test_what_is_missing_comes_with_health_and_time(client: Client, endpoint: FakeEndpoint) -> None:
    endpoint.health = 7
    reply = client.reconcile()
    assert (reply["missing"], reply["health"]) == ([], 7)
    assert reply["server_time"] == endpoint.server_time


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", SESSION)
    with pytest.raises(PeerUnreachable, match="does not answer: Connection refused"):
        client.heartbeat(BEAT)
    client.close()


def test_an_address_that_is_none_is_no_answer() -> None:
    client = Client("http://", SESSION)
    with pytest.raises(PeerUnreachable):
        client.heartbeat(BEAT)
    client.close()
