"""What is still to be delivered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from proctor_desktop.journal import ledger
from proctor_desktop.journal.database import open_for_writing
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.session_folder import SessionFolder
from tests.fakes.sessions import blob, entry, new_session, urgent, writing

EARLY_VIDEO, STILL, LATE_STILL = (
    blob(b"early", "video/mp4"),
    blob(b"still"),
    blob(b"late still"),
)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """A session that names a segment first, then two stills."""
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(entry("segment", None, EARLY_VIDEO))
        writer.append(entry("violation.start", None, STILL))
        writer.append(entry("violation.start", None, LATE_STILL))
    return made


@pytest.fixture
def db(folder: SessionFolder) -> Iterator[Database]:
    with closing(open_for_writing(folder.path)) as opened:
        yield opened


def order(db: Database, up_to_seq: int) -> list[str]:
    """The blobs in the order in which they would go."""
    names = []
    while (item := ledger.next_item(db, up_to_seq)) is not None:
        names.append(item.sha256)
        ledger.mark(db, item.sha256, State.RECEIPTED)
    return names


def test_stills_go_before_video_and_older_ones_first(db: Database) -> None:
    assert order(db, 3) == [STILL.sha256, LATE_STILL.sha256, EARLY_VIDEO.sha256]


def test_clips_go_after_stills_and_before_the_screen(tmp_path: Path) -> None:
    made = new_session(tmp_path / "with clips")
    screen, voice = blob(b"screen", "video/mp4"), blob(b"voice", "audio/ogg")
    camera, still = blob(b"camera", "video/mp4"), blob(b"a still")
    with writing(made) as writer:
        writer.append(entry("segment", None, screen))
        writer.append(entry("clip", None, voice))
        writer.append(entry("clip", None, camera))
        writer.append(entry("violation.start", None, still))
    with closing(open_for_writing(made.path)) as db:
        assert order(db, 4) == [one.sha256 for one in (still, voice, camera, screen)]


def test_files_that_a_restart_found_go_by_what_they_are(tmp_path: Path) -> None:
    made = new_session(tmp_path / "restarted")
    video, sound, still = blob(b"v", "video/mp4"), blob(b"s", "audio/ogg"), blob(b"p")
    with writing(made) as writer:
        writer.append(entry("restart", None, video, sound, still))
    with closing(open_for_writing(made.path)) as db:
        assert order(db, 1) == [one.sha256 for one in (still, sound, video)]


def test_no_blob_goes_before_the_record_that_names_it(db: Database) -> None:
    assert ledger.next_item(db, 0) is None
    assert order(db, 1) == [EARLY_VIDEO.sha256]


def test_what_was_under_way_when_the_power_went_goes_again(db: Database) -> None:
    ledger.mark(db, STILL.sha256, State.SENDING)
    ledger.mark(db, LATE_STILL.sha256, State.RECEIPTED)
    ledger.reopen(db)
    states = dict(db.execute("SELECT sha256, state FROM ledger").fetchall())
    assert states == {
        STILL.sha256: "pending",
        LATE_STILL.sha256: "receipted",
        EARLY_VIDEO.sha256: "pending",
    }


def test_what_the_endpoint_will_not_take_is_kept_and_counted_apart(db: Database) -> None:
    ledger.mark(db, STILL.sha256, State.DEAD_LETTER, "HTTP 413: too large")
    assert STILL.sha256 not in order(db, 3)
    counts = ledger.counts(db)
    assert (counts.pending, counts.delivered, counts.refused) == (3, 2, 1)
    row = db.execute(
        "SELECT attempts, last_error FROM ledger WHERE sha256 = ?", (STILL.sha256,)
    ).fetchone()
    assert row == (1, "HTTP 413: too large")


def test_records_count_by_the_last_receipt(folder: SessionFolder) -> None:
    with writing(folder) as writer, closing(open_for_writing(folder.path)) as db:
        before = ledger.counts(db)
        assert (before.pending, before.delivered) == (6, 0)
        writer.receipt(2, b"receipt")
        after = ledger.counts(db)
        assert (after.pending, after.delivered) == (4, 2)


def test_a_blob_that_two_records_name_waits_once(folder: SessionFolder) -> None:
    with writing(folder) as writer, closing(open_for_writing(folder.path)) as db:
        writer.mark(STILL.sha256, State.RECEIPTED)
        writer.append(urgent("violation.start", None, STILL))
        assert STILL.sha256 not in order(db, 4)


def test_what_waits_for_a_token_is_blocked_and_comes_back(db: Database) -> None:
    ledger.mark(db, STILL.sha256, State.RECEIPTED)
    ledger.block(db, "HTTP 401: expired")
    assert ledger.next_item(db, 3) is None
    assert set(ledger.of_state(db, State.BLOCKED)) == {LATE_STILL.sha256, EARLY_VIDEO.sha256}
    assert (ledger.counts(db).blocked, ledger.counts(db).pending_blobs) == (2, 2)
    ledger.unblock(db)
    assert order(db, 3) == [LATE_STILL.sha256, EARLY_VIDEO.sha256]


def test_after_a_start_nothing_is_blocked(db: Database) -> None:
    ledger.block(db, "HTTP 401: expired")
    ledger.reopen(db)
    assert len(order(db, 3)) == 3


def test_what_was_refused_is_told_and_sent_again_when_asked_for(db: Database) -> None:
    ledger.mark(db, STILL.sha256, State.DEAD_LETTER, "HTTP 422: no")
    (refused,) = ledger.refused(db)
    assert (refused.sha256, refused.type, refused.reason) == (
        STILL.sha256,
        "image/jpeg",
        "HTTP 422: no",
    )
    assert ledger.redrive(db) == 1
    assert order(db, 3)[0] == STILL.sha256


def test_files_that_have_to_wait_let_the_others_pass(db: Database) -> None:
    item = ledger.next_item(db, 3, {STILL.sha256, LATE_STILL.sha256})
    assert item is not None
    assert item.sha256 == EARLY_VIDEO.sha256
    assert ledger.next_item(db, 1, {EARLY_VIDEO.sha256}) is None


def test_only_what_is_delivered_witnessed_and_not_missed_becomes_collectable(db: Database) -> None:
    ledger.mark(db, EARLY_VIDEO.sha256, State.RECEIPTED)
    ledger.mark(db, LATE_STILL.sha256, State.RECEIPTED)
    assert ledger.release(db, 2, {EARLY_VIDEO.sha256}) == 0
    assert ledger.release(db, 2, ()) == 1
    assert ledger.of_state(db, State.COLLECTABLE) == [EARLY_VIDEO.sha256]
    assert ledger.of_state(db, State.RECEIPTED) == [LATE_STILL.sha256]
    ledger.mark(db, EARLY_VIDEO.sha256, State.COLLECTED)
    counts = ledger.counts(db)
    assert (counts.delivered, counts.collected, counts.pending_blobs) == (2, 1, 1)
