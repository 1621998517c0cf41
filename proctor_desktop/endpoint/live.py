"""Heartbeats: how the client is, and what the proctor wants of it."""

from __future__ import annotations

import shutil
import uuid
from datetime import datetime
from typing import cast

from django.db import transaction

from proctor_desktop.core.moment import from_rfc3339, rfc3339
from proctor_desktop.endpoint import conf
from proctor_desktop.endpoint.models import Command, Heartbeat, Session
from proctor_desktop.wire import rest

MIB = 1024 * 1024
ROOMY_BYTES = 2048 * MIB
FULL_BYTES = 256 * MIB
WORST = 10


def beat(session_id: uuid.UUID, body: rest.HeartbeatRequest, now: datetime) -> rest.HeartbeatReply:
    """Keep the heartbeat and answer with what waits for this client.

    A command goes out once; if its answer is lost, so is the command, and the proctor repeats it.
    """
    with transaction.atomic():
        Heartbeat.objects.create(
            session_id=session_id,
            wall=from_rfc3339(body["wall"]),
            phase=body["phase"],
            face_status=body["face_status"],
            sources=body["sources"],
            pending_records=body["pending_records"],
            pending_blobs=body["pending_blobs"],
        )
        Session.objects.filter(pk=session_id).update(
            last_seen_at=now, phase=body["phase"], face_status=body["face_status"]
        )
        commands = _take_commands(session_id, now)
    return {
        "health": present_health(),
        "server_time": rfc3339(now),
        "messages": [],
        "commands": commands,
    }


def present_health() -> int:
    """How much more this server should be sent: see :func:`health`."""
    return health(shutil.disk_usage(conf.current().data_folder).free)


def health(free_bytes: int) -> int:
    """0 (fine) to 10 (send nothing for now), from the room that is left for evidence."""
    share = (free_bytes - FULL_BYTES) / (ROOMY_BYTES - FULL_BYTES)
    return round(WORST * (1 - min(1.0, max(0.0, share))))


def _take_commands(session_id: uuid.UUID, now: datetime) -> list[rest.Command]:
    waiting = list(
        Command.objects.select_for_update()
        .filter(session_id=session_id, sent_at__isnull=True)
        .order_by("pk")
    )
    if waiting:
        Command.objects.filter(pk__in=[one.pk for one in waiting]).update(sent_at=now)
    return [cast("rest.Command", {"kind": one.kind, "text": one.text}) for one in waiting]
