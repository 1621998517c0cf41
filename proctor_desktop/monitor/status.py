"""How everything stands at this moment: for the kiosk, the endpoint and the heartbeat record."""

from __future__ import annotations

from typing import Any, Literal

from proctor_desktop.core.event import Event
from proctor_desktop.core.moment import Moment, rfc3339
from proctor_desktop.core.observation import (
    FacesSeen,
    HeadPose,
    Health,
    SoundLevel,
    Source,
    SourceHealth,
)
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.ledger import Counts
from proctor_desktop.wire import rest, stdio

STALE_S = 2.0
"""What was seen longer ago than this is not shown as the present."""

FaceStatus = Literal["one_face", "no_face", "multiple_faces", "unknown"]


class Status:
    """The last word of each source. Owned by the session's loop."""

    def __init__(self) -> None:
        self.sources: dict[Source, Health] = {}
        self._skipped: dict[Source, int] = {}
        self._seen: tuple[Moment, FacesSeen] | None = None
        self._pose: tuple[Moment, HeadPose] | None = None
        self._sound: tuple[Moment, SoundLevel] | None = None

    def take(self, event: Event) -> None:
        """Remember what matters of an event."""
        match event.what:
            case FacesSeen():
                self._seen = (event.moment, event.what)
            case HeadPose():
                self._pose = (event.moment, event.what)
            case SoundLevel():
                self._sound = (event.moment, event.what)
            case SourceHealth(source, state, _, skipped):
                self.sources[source] = state
                self._skipped[source] = self._skipped.get(source, 0) + skipped
            case _:
                return

    def faces(self, now: Moment) -> int | None:
        """How many faces there are now, or None when nobody knows."""
        fresh = self._seen is not None and now.since_s(self._seen[0]) <= STALE_S
        return len(self._seen[1].faces) if fresh and self._seen else None

    def snapshot(
        self, now: Moment, started: Moment | None, counts: Counts, online: bool, rules: list[str]
    ) -> stdio.Snapshot:
        """What the kiosk shows."""
        pose = self._pose[1] if self._pose and now.since_s(self._pose[0]) <= STALE_S else None
        sound = self._sound[1] if self._sound and now.since_s(self._sound[0]) <= STALE_S else None
        return stdio.Snapshot(
            elapsed_s=round(now.since_s(started), 1) if started else 0.0,
            faces=self.faces(now),
            yaw_deg=pose.yaw_deg if pose else None,
            pitch_deg=pose.pitch_deg if pose else None,
            sound_dbfs=sound.level_dbfs if sound else None,
            sources={source.value: state.value for source, state in self.sources.items()},
            pending=counts.pending,
            delivered=counts.delivered,
            online=online,
            open_violations=rules,
        )

    def heartbeat(self, now: Moment, phase: Phase, pending: int) -> dict[str, Any]:
        """The ``data`` of a heartbeat record."""
        return {
            "phase": phase.value,
            "faces": self.faces(now),
            "sources": {source.value: state.value for source, state in self.sources.items()},
            "skipped": {source.value: n for source, n in self._skipped.items() if n},
            "pending": pending,
        }

    def beat(self, now: Moment, phase: Phase, counts: Counts) -> rest.HeartbeatRequest:
        """The same for the endpoint."""
        return {
            "wall": rfc3339(now.wall_utc),
            "phase": phase.value,
            "face_status": self._face_status(now),
            "sources": {source.value: state.value for source, state in self.sources.items()},
            "pending_records": counts.pending_records,
            "pending_blobs": counts.pending_blobs,
        }

    def _face_status(self, now: Moment) -> FaceStatus:
        match self.faces(now):
            case None:
                return "unknown"
            case 0:
                return "no_face"
            case 1:
                return "one_face"
            case _:
                return "multiple_faces"
