from __future__ import annotations

from typing import Any

import pytest

from proctor_desktop.endpoint import live
from proctor_desktop.endpoint.models import Command, Heartbeat, Session
from tests.unit.endpoint.sitting import Sitting

BEAT = {
    "wall": "2026-11-20T09:00:05.000000Z",
    "phase": "running",
    "face_status": "no_face",
    "sources": {"camera": "ok", "microphone": "lost"},
    "pending_records": 3,
    "pending_blobs": 1,
}


def test_a_heartbeat_is_kept_and_shown(sitting: Sitting) -> None:
    assert sitting.get().json()["last_seen"] is None
    answer = sitting.post("heartbeat/", BEAT)
    assert answer.status_code == 200
    assert answer.json()["messages"] == answer.json()["commands"] == []
    assert 0 <= answer.json()["health"] <= 10
    assert answer.json()["server_time"].endswith("Z")
    row = Heartbeat.objects.get()
    assert (row.sources, row.pending_records) == ({"camera": "ok", "microphone": "lost"}, 3)
    shown = sitting.get().json()
    assert (shown["phase"], shown["face_status"]) == ("running", "no_face")
    assert shown["last_seen"] is not None


def test_a_command_goes_out_once_and_to_its_session_only(sitting: Sitting) -> None:
    session = Session.objects.get()
    Command.objects.create(session=session, kind="warn", text="Please sit upright")
    Command.objects.create(session=session, kind="pause")
    answer = sitting.post("heartbeat/", BEAT).json()
    assert answer["commands"] == [
        {"kind": "warn", "text": "Please sit upright"},
        {"kind": "pause", "text": ""},
    ]
    assert sitting.post("heartbeat/", BEAT).json()["commands"] == []
    assert not Command.objects.filter(sent_at=None).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"wall": "now"},
        {"face_status": "asleep"},
        {"face_status": "\ud800"},
        {"sources": {"camera": "fine"}},
        {"sources": {"\ud800": "ok"}},
        {"sources": {str(n): "ok" for n in range(33)}},
        {"pending_records": -1},
        {"pending_blobs": 2**70},
        {"phase": None},
    ],
)
def test_a_wrong_heartbeat_is_refused(sitting: Sitting, change: dict[str, Any]) -> None:
    answer = sitting.post("heartbeat/", {**BEAT, **change})
    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()["detail"]
    assert not Heartbeat.objects.exists()


def test_health_follows_the_room_that_is_left() -> None:
    assert live.health(100 * live.ROOMY_BYTES) == 0
    assert live.health(live.ROOMY_BYTES) == 0
    assert live.health((live.ROOMY_BYTES + live.FULL_BYTES) // 2) == 5
    assert live.health(live.FULL_BYTES) == live.health(0) == 10
