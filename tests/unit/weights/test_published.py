from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights import published
from proctor_desktop.weights.published import fetch
from tests.fakes.https_server import HttpsServer

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsServer]:
    monkeypatch.setenv("no_proxy", "*")
    pages: dict[str, bytes | str] = {"/model": CONTENT, "/down": "http://127.0.0.1:9/model"}
    server = HttpsServer(tmp_path, pages)
    pages["/moved"] = server.url("/model")
    yield server
    server.close()


@pytest.fixture
def _trusted(server: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("path", ["/model", "/moved"])
def test_a_file_is_fetched_over_https(server: HttpsServer, path: str) -> None:
    assert fetch(server.url(path), len(CONTENT)) == CONTENT


def test_a_certificate_that_nobody_vouches_for_is_refused(server: HttpsServer) -> None:
    with pytest.raises(EnvironmentProblem, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(server.url("/model"), len(CONTENT))


@pytest.mark.usefixtures("_trusted")
def test_a_redirect_away_from_https_is_not_followed(server: HttpsServer) -> None:
    with pytest.raises(EnvironmentProblem, match="not https"):
        fetch(server.url("/down"), len(CONTENT))


@pytest.mark.usefixtures("_trusted")
def test_a_page_that_is_not_there_is_reported_with_the_other_way(server: HttpsServer) -> None:
    with pytest.raises(EnvironmentProblem, match="Not Found") as caught:
        fetch(server.url("/gone"), len(CONTENT))
    assert "PROCTOR_DESKTOP_WEIGHTS_FROM" in caught.value.remedy


@pytest.mark.usefixtures("_trusted")
def test_a_longer_file_is_the_publishers_and_not_ours(server: HttpsServer) -> None:
    with pytest.raises(EnvironmentProblem, match="publisher's file differs"):
        fetch(server.url("/model"), len(CONTENT) - 1)


def test_plain_http_is_not_even_asked() -> None:
    with pytest.raises(EnvironmentProblem, match="not an https address"):
        fetch("http://127.0.0.1/model", 1, lambda _: pytest.fail("it was asked"))


class Endless:
    """A server that goes on and on."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False

    def read(self, amount: int, /) -> bytes:
        self.given += amount
        return bytes(amount)

    def close(self) -> None:
        self.closed = True


def test_of_an_endless_answer_no_more_is_read_than_shows_it() -> None:
    endless = Endless()
    with pytest.raises(EnvironmentProblem, match="more than the 100000 bytes"):
        fetch("https://example.org/model", 100_000, lambda _: endless)
    assert endless.given == 100_001
    assert endless.closed


def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_WHOLE_S", -1.0)
    with pytest.raises(EnvironmentProblem, match="it took more than"):
        fetch("https://example.org/model", 100_000, lambda _: Endless())


class BrokenOff(Endless):
    def read(self, amount: int, /) -> bytes:
        raise http.client.IncompleteRead(bytes(3), 5)


def test_an_answer_that_breaks_off_is_reported() -> None:
    with pytest.raises(EnvironmentProblem, match="IncompleteRead"):
        fetch("https://example.org/model", 100_000, lambda _: BrokenOff())
