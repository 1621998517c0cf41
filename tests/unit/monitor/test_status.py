"""How everything stands."""

from __future__ import annotations

import pytest

from proctor_desktop.core.event import Event, Tick
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import (
    HeadPose,
    Health,
    Observation,
    SoundLevel,
    Source,
    SourceHealth,
)
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.ledger import Counts
from proctor_desktop.monitor.status import STALE_S, Status
from proctor_desktop.wire import stdio
from tests.playbook import faces, moment

COUNTS = Counts(pending_records=3, pending_blobs=1, delivered=9, refused=1)


def told(*observations: Observation, at_s: float = 10) -> Status:
    status = Status()
    for observation in observations:
        status.take(Event(moment(at_s), observation))
    return status


def shown(status: Status, now: Moment, started: Moment | None = None) -> stdio.Snapshot:
    return status.snapshot(now, started, COUNTS, online=True, rules=["focus_lost"])


def test_at_first_nothing_is_known_and_nothing_is_made_up() -> None:
    snapshot = shown(Status(), moment(1))
    assert (snapshot.faces, snapshot.yaw_deg, snapshot.sound_dbfs) == (None, None, None)
    assert (snapshot.elapsed_s, snapshot.sources) == (0.0, {})


def test_the_last_word_of_each_source_is_shown() -> None:
    status = told(
        faces(1, 2),
        faces(2, 1),
        HeadPose(2, -3.5, 2.0, 0.0, 0.9),
        SoundLevel(-42.0, -50.0, True, 0.5),
        SourceHealth(Source.CAMERA, Health.DEGRADED, "slow"),
    )
    assert shown(status, moment(11.26), started=moment(1)) == stdio.Snapshot(
        elapsed_s=10.3,
        faces=1,
        yaw_deg=-3.5,
        pitch_deg=2.0,
        sound_dbfs=-42.0,
        sources={"camera": "degraded"},
        pending=4,
        delivered=9,
        online=True,
        open_violations=["focus_lost"],
    )


def test_what_was_seen_a_while_ago_is_not_shown_as_the_present() -> None:
    status = told(faces(1, 1), HeadPose(1, 1, 1, 1, 1), SoundLevel(-42, -50, True, 0.5))
    assert status.faces(moment(10 + STALE_S)) == 1
    late = shown(status, moment(10 + STALE_S + 0.1))
    assert (late.faces, late.yaw_deg, late.pitch_deg, late.sound_dbfs) == (None,) * 4


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "no_face"), (1, "one_face"), (2, "multiple_faces"), (3, "multiple_faces")],
)
def test_the_endpoint_is_told_about_faces_in_words(count: int, words: str) -> None:
    beat = told(faces(1, count)).beat(moment(10), Phase.RUNNING, COUNTS)
    assert (beat["pending_records"], beat["pending_blobs"]) == (3, 1)
    assert beat["face_status"] == words
    assert (beat["phase"], beat["wall"]) == ("running", "2026-01-01T00:00:10.000000Z")


def test_without_a_picture_the_endpoint_is_told_that_nobody_knows() -> None:
    assert Status().beat(moment(1), Phase.OPENED, COUNTS)["face_status"] == "unknown"


def test_skipped_pictures_add_up_in_the_heartbeat_and_nothing_skipped_is_not_listed() -> None:
    status = told(
        SourceHealth(Source.CAMERA, Health.OK, "", skipped=3),
        SourceHealth(Source.CAMERA, Health.OK, "", skipped=4),
        SourceHealth(Source.SCREEN, Health.LOST, "gone"),
    )
    assert status.heartbeat(moment(10), Phase.RUNNING, 5) == {
        "phase": "running",
        "faces": None,
        "sources": {"camera": "ok", "screen": "lost"},
        "skipped": {"camera": 7},
        "pending": 5,
    }


def test_other_events_change_nothing() -> None:
    status = Status()
    status.take(Event(moment(1), Tick()))
    assert shown(status, moment(1)) == shown(Status(), moment(1))
