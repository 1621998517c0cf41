from __future__ import annotations

import json
from typing import Any

import pytest

from proctor_desktop.endpoint.envelope import canonical
from proctor_desktop.wire import dsse
from tests.fakes.sealed_session import key


def test_an_envelope_keeps_the_bytes_that_were_made_by_signing() -> None:
    envelope = dsse.sign_json(key(1), dsse.EXAM, {"title": "Prüfung"})
    assert canonical(json.loads(envelope)) == envelope
    assert canonical(json.loads(json.dumps(json.loads(envelope), indent=2))) == envelope


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"payloadType": "x", "payload": "", "signatures": []},
        {"payloadType": "x", "payload": "", "signatures": [{"sig": "x"}] * 5},
        {"payloadType": "x", "payload": "", "signatures": ["x"]},
        {"payloadType": "x", "payload": "", "signatures": [{"sig": "x", "more": 1}]},
        {"payloadType": "x", "payload": "", "signatures": [{"sig": "x"}], "more": 1},
    ],
)
def test_what_is_no_envelope_is_refused(body: Any) -> None:
    with pytest.raises(ValueError, match="sign"):
        canonical(body)
