"""The endpoint as an institution runs it, talked to as a candidate's client does."""

from __future__ import annotations

import json
import signal
import stat
import threading
import time
import uuid
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from proctor_desktop.core.chain import BlobRef, Head
from proctor_desktop.core.errors import PeerUnreachable
from proctor_desktop.core.moment import rfc3339
from proctor_desktop.upload.client import Client, Conflict
from proctor_desktop.upload.enrol import Identity, enrol_envelope, receipt_head
from tests.fakes.sealed_session import START, SealedSession, credentials, short_session
from tests.integration.endpoint.conftest import Server


class Candidate:
    """A journal and a client for it."""

    def __init__(self, address: str, folder: Path, journal: SealedSession | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.journal = journal or SealedSession(folder, session=str(uuid.uuid4()))
        self.client = Client(address, self.journal.session)
        who = Identity(
            self.journal.session,
            credentials(self.journal.session),
            self.journal.exam,
            {"name": "Ada Example", "email": "ada@example.edu"},
            rfc3339(START.wall_utc),
        )
        reply = self.client.enrol(enrol_envelope(who, START))
        self.client.token, self.server_key = reply["token"], reply["server_key"]

    def witness(self, first: int = 1) -> Head:
        """Send records ``first`` to the last; the head that the receipt covers."""
        if self.journal.head.seq not in self.journal.signed:
            self.journal.checkpoint()
        signed = [one for seq, one in sorted(self.journal.signed.items()) if seq >= first]
        reply = self.client.send_records(self.journal.log[first - 1 :], signed)
        return receipt_head(reply, self.journal.session, self.server_key)[0]

    def stored(self) -> list[bytes]:
        return [text.encode() for text in self.client.stored_records()]


def test_a_session_from_enrolment_to_score(server: Server, tmp_path: Path) -> None:
    address = server.start()
    journal = short_session(tmp_path)
    candidate = Candidate(address, tmp_path, journal)
    client = candidate.client
    assert candidate.witness() == journal.head

    blobs = [BlobRef(**blob) for raw in journal.log for blob in json.loads(raw)["blobs"]]
    assert client.missing() == [blob.sha256 for blob in blobs]
    for blob in blobs:
        assert client.put_blob(blob, tmp_path / blob.sha256)["size"] == blob.size
    client.verify_initial("face", blobs[0].sha256)

    outcome = client.end(journal.head)
    assert (outcome["score"], outcome["risk"], outcome["missing"]) == (95.0, "green", [])
    assert candidate.stored() == journal.log
    kept = [path for path in (server.data / "media").rglob("*") if path.is_file()]
    assert sorted(path.name for path in kept) == sorted(blob.sha256 for blob in blobs)
    client.close()

    assert server.stop(signal.SIGTERM) == 0
    assert "an exam signed by ANYONE is accepted" in server.log.read_text()
    secrets = [server.data / name for name in ("server.key", "secret.key", "endpoint.sqlite3")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_a_restarted_server_knows_its_sessions(server: Server, tmp_path: Path) -> None:
    first = Candidate(server.start(), tmp_path / "candidate")
    first.journal.open()
    first.witness()
    assert server.stop(signal.SIGINT) == 0
    address = server.start()
    again = Client(address, first.journal.session)
    again.token = first.client.token
    assert [text.encode() for text in again.stored_records()] == first.journal.log
    other = Candidate(address, tmp_path / "other")
    assert other.server_key == first.server_key
    for client in (first.client, again, other.client):
        client.close()


def test_a_connection_is_kept(server: Server) -> None:
    host = server.start().removeprefix("http://")
    with closing(HTTPConnection(host)) as connection:
        connection.connect()
        sockets = set()
        for path in ("/api/proctor/v1/sessions/", "/api/proctor/nothing/") * 3:
            sockets.add(connection.sock)
            connection.request("GET", path)
            assert connection.getresponse().read()
        assert len(sockets) == 1


def test_a_conflict_tells_the_client_where_to_go_on(server: Server, tmp_path: Path) -> None:
    candidate = Candidate(server.start(), tmp_path / "candidate")
    candidate.journal.open()
    candidate.witness()
    known = candidate.journal.head
    for _ in range(3):
        candidate.journal.record("heartbeat")
    with pytest.raises(Conflict) as conflict:
        candidate.witness(first=known.seq + 2)
    assert conflict.value.head == known
    assert candidate.witness(first=known.seq + 1) == candidate.journal.head
    candidate.client.close()


def test_a_killed_server_has_all_that_it_acknowledged(server: Server, tmp_path: Path) -> None:
    candidates = [Candidate(server.start(), tmp_path / "0")]
    candidates += [Candidate(server.address, tmp_path / str(n)) for n in (1, 2, 3)]
    acknowledged: dict[str, int] = {}
    blobs: list[tuple[str, str]] = []
    threads = [
        threading.Thread(target=_keep_sending, args=(one, acknowledged, blobs), name="sender")
        for one in candidates
    ]
    for thread in threads:
        thread.start()
    while len(blobs) < 40 and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    server.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()

    address = server.start()
    for one in candidates:
        after = Client(address, one.journal.session)
        after.token = one.client.token
        stored = [text.encode() for text in after.stored_records()]
        assert len(stored) >= acknowledged.get(one.journal.session, 0)
        assert stored == one.journal.log[: len(stored)]
        missing = set(after.missing())
        kept = {name for session, name in blobs if session == one.journal.session}
        assert not kept & missing
        for client in (after, one.client):
            client.close()
    assert all((server.data / "media/sessions" / s / name).is_file() for s, name in blobs)


def _keep_sending(
    one: Candidate, acknowledged: dict[str, int], blobs: list[tuple[str, str]]
) -> None:
    session = one.journal.session
    try:
        for number in range(1000):
            still = one.journal.blob(f"{session} {number}".encode() * 100)
            one.journal.record("heartbeat", {"n": number}, still)
            acknowledged[session] = one.witness(first=number + 1).seq
            one.client.put_blob(still, one.folder / still.sha256)
            blobs.append((session, still.sha256))
    except PeerUnreachable:
        return  # the server was killed
    raise AssertionError("the server was never killed")


def test_a_database_that_is_none_is_named(server: Server) -> None:
    server.data.mkdir()
    (server.data / "endpoint.sqlite3").write_bytes(b"not a database at all" * 100)
    assert server.start() == ""
    assert server.process is not None
    assert server.process.wait(20) != 0
    said = server.log.read_text().splitlines()[-1]
    assert "endpoint.sqlite3" in said
    assert "Restore it from the backup" in said
