"""Sending no faster than the exam allows."""

from __future__ import annotations

from io import BytesIO

import pytest

from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.core.policy import Delivery
from proctor_desktop.upload.bandwidth import PIECE_BYTES, Bandwidth, Paced, paced
from proctor_desktop.upload.client import Client
from tests.fakes.endpoint import FakeEndpoint
from tests.fakes.sealed_session import SESSION
from tests.fakes.sessions import blob
from tests.unit.upload.test_client import ENROL


class Watch:
    """A clock that moves only while somebody waits."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_ns += round(seconds * NS_PER_S)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def bandwidth(watch: Watch, bytes_per_s: int = 10_000) -> Bandwidth:
    return Bandwidth(bytes_per_s, lambda: watch.now_ns, watch.pause)


def test_a_body_takes_the_time_that_its_size_asks_for_and_evenly(watch: Watch) -> None:
    body = Paced(BytesIO(bytes(100_000)), 100_000, bandwidth(watch))
    assert b"".join(body) == bytes(100_000)
    assert watch.now_ns / NS_PER_S == pytest.approx(10, abs=PIECE_BYTES / 10_000)
    assert max(watch.pauses) == pytest.approx(PIECE_BYTES / 10_000)


def test_several_bodies_share_it(watch: Watch) -> None:
    shared = bandwidth(watch)
    for _ in range(5):
        list(Paced(BytesIO(bytes(20_000)), 20_000, shared))
    assert watch.now_ns / NS_PER_S == pytest.approx(10, abs=PIECE_BYTES / 10_000)


def test_time_that_was_not_used_is_not_saved_up(watch: Watch) -> None:
    shared = bandwidth(watch)
    watch.now_ns = 3600 * NS_PER_S
    list(Paced(BytesIO(bytes(50_000)), 50_000, shared))
    spent_s = watch.now_ns / NS_PER_S - 3600
    assert spent_s == pytest.approx(5, abs=PIECE_BYTES / 10_000)


def test_however_much_is_asked_for_a_piece_is_a_piece(watch: Watch) -> None:
    body = Paced(BytesIO(bytes(10_000)), 10_000, bandwidth(watch))
    assert (len(body), len(body.read(9_999)), len(body.read(10))) == (10_000, PIECE_BYTES, 10)


def test_records_and_files_are_paced_and_arrive_whole(
    endpoint: FakeEndpoint, watch: Watch, tmp_path: object
) -> None:
    client = Client(endpoint.url, SESSION, bandwidth(watch))
    client.token = client.enrol(ENROL)["token"]
    assert watch.pauses == []
    content = bytes(range(256)) * 400
    client.put_content(blob(content), BytesIO(content), len(content))
    client.close()
    assert endpoint.blobs == {blob(content).sha256: content}
    assert watch.now_ns / NS_PER_S == pytest.approx(len(content) / 10_000, abs=0.5)


def test_without_a_limit_there_is_none() -> None:
    assert paced(Delivery()) is None
    assert paced(Delivery(bytes_per_s=10_000)) is not None
