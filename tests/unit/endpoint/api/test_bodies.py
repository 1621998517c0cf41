from __future__ import annotations

from typing import Any

import pytest

from proctor_desktop.endpoint.api import bodies
from proctor_desktop.wire import rest


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (bodies.CandidateBody, rest.Candidate),
        (bodies.EnrolBody, rest.EnrolPayload),
        (bodies.HeadBody, rest.HeadBody),
        (bodies.RecordsBody, rest.RecordsRequest),
        (bodies.HeartbeatBody, rest.HeartbeatRequest),
        (bodies.VerifyInitialBody, rest.VerifyInitialRequest),
        (bodies.EndBody, rest.EndRequest),
    ],
)
def test_the_checked_fields_are_those_of_the_wire(body: Any, message: Any) -> None:
    assert set(body().fields) == set(message.__annotations__)
