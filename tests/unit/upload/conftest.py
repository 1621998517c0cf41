"""A session with something to deliver, and an endpoint that takes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.endpoint import FakeEndpoint


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as server:
        yield server
