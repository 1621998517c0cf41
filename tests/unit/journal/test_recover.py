"""What a new monitor makes of a session that was left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core import engine
from proctor_desktop.core.chain import BrokenChain
from proctor_desktop.core.effect import KeepClip, KeepSound
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import Recording, Rules
from proctor_desktop.core.rules import Rule, enabled_rules
from proctor_desktop.core.session import PHASE_OF_RECORD, Phase
from proctor_desktop.journal.recover import (
    LeftBehind,
    closing_entries,
    missing_clip,
    missing_s,
    read_back,
)
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.journal.writer import Entry
from tests.fakes.journals import chain
from tests.fakes.sessions import BOOT, blob, entry, new_session, reading, writing
from tests.playbook import moment


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return new_session(tmp_path)


def after(folder: SessionFolder, *entries: Entry) -> LeftBehind:
    """Where the session stands after these records."""
    with writing(folder) as writer:
        writer.append(*entries)
    with reading(folder) as reader:
        return read_back(reader.records())


def turn(kind: str, number: int, rule: str = "face_missing", **data: Any) -> Entry:
    return entry(f"violation.{kind}", None, violation=number, rule=rule, **data)


def test_a_session_without_records_begins_anew(folder: SessionFolder) -> None:
    left = after(folder)
    assert left == LeftBehind()
    assert closing_entries(left, moment(9), BOOT, 0) == []


def test_the_phase_is_read_from_the_records(folder: SessionFolder) -> None:
    for kind, phase in PHASE_OF_RECORD.items():
        assert after(folder, entry(kind)).phase is phase


def test_a_calibration_during_the_exam_does_not_end_it(folder: SessionFolder) -> None:
    left = after(folder, entry("exam.start"), entry("calibration", None, outcome="done", n=2))
    assert left.phase is Phase.RUNNING
    assert left.calibration == {"outcome": "done", "n": 2}


def test_the_photo_to_compare_with_is_the_one_that_was_kept(folder: SessionFolder) -> None:
    photo = blob(b"a face")
    kept = entry("identity", None, photo, outcome="kept")
    left = after(folder, kept, entry("exam.start"))
    assert (left.photo, left.phase) == (photo.sha256, Phase.RUNNING)
    assert left.identity == {"outcome": "kept"}


def test_without_a_photo_there_is_none_to_compare_with(folder: SessionFolder) -> None:
    left = after(folder, entry("identity", None, outcome="skipped", reason="dark"))
    assert (left.photo, left.phase) == (None, Phase.IDENTIFIED)


def test_violations_without_an_end_are_open_as_they_were_last_seen(folder: SessionFolder) -> None:
    left = after(
        folder,
        turn("start", 1, duration_s=5.0),
        turn("start", 2, "focus_lost", duration_s=0.3),
        turn("update", 1, duration_s=6.0),
        turn("end", 2, "focus_lost", duration_s=4.0),
    )
    assert left.open_violations == (
        (1, {"violation": 1, "rule": "face_missing", "duration_s": 6.0}),
    )
    assert left.next_violation == 3


def test_the_restart_ends_what_was_open_and_says_what_was_missed(folder: SessionFolder) -> None:
    left = after(folder, entry("exam.start", moment(10)), turn("start", 4, duration_s=5.0))
    entries = closing_entries(left, moment(31.0004), BOOT, adopted=2)
    assert [made.kind for made in entries] == ["restart", "violation.end", "gap"]
    restart, end, gap = (made.data for made in entries)
    assert (restart["after_seq"], restart["adopted"]) == (2, 2)
    assert (end["violation"], end["ended"], end["duration_s"]) == (4, "recovered after a crash", 5)
    assert (gap["source"], gap["seconds"]) == ("monitor", 30.0)
    assert gap["reason"].startswith("nothing is on record until")  # it may have been observed
    assert entries[-1].urgent


def policy(**recording: bool) -> Entry:
    return entry("policy", None, exam_sha256="ab", policy={"recording": recording})


def clip(source: str, *violations: int) -> Entry:
    return entry("clip", None, violations=list(violations), source=source)


CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE


def test_an_exam_without_clips_owes_none(folder: SessionFolder) -> None:
    assert after(folder, policy(clips=False), turn("start", 1)).owed_clips == ()
    assert after(folder, turn("start", 2)).owed_clips == ()


def test_clips_that_no_record_settles_are_owed(folder: SessionFolder) -> None:
    lost = missing_clip(3, CAMERA, "the disk is full")
    left = after(
        folder,
        policy(clips=True),
        *(turn("start", number) for number in range(1, 6)),
        clip("camera", 1, 2),
        entry("not_captured", None, **lost),
        entry("not_captured", None, what="still", reason="none", **{"for": 4}),
    )
    assert left.owed_clips == ((4, CAMERA), (5, CAMERA))


def test_sound_is_owed_for_voices_only_and_apart_from_pictures(folder: SessionFolder) -> None:
    left = after(
        folder,
        policy(clips=True, voice_clips=True),
        turn("start", 1),
        turn("start", 2, "voice_detected"),
        turn("start", 3, "prolonged_silence"),
        clip("camera", 1),
    )
    assert left.owed_clips == ((2, MICROPHONE),)


@pytest.mark.parametrize("rule", enabled_rules(Rules()), ids=lambda rule: rule.name)
def test_what_is_owed_is_what_the_engine_asks_for(folder: SessionFolder, rule: Rule) -> None:
    asked = engine._kept(moment(0), 1, rule, Recording(clips=True, voice_clips=True))
    left = after(folder, policy(clips=True, voice_clips=True), turn("start", 1, rule.name))
    sources = {KeepClip: CAMERA, KeepSound: MICROPHONE}
    assert left.owed_clips == tuple((1, sources[type(effect)]) for effect in asked)


def test_the_restart_says_which_clips_were_lost_and_only_once(folder: SessionFolder) -> None:
    left = after(folder, policy(clips=True), turn("start", 1), turn("end", 1), turn("start", 2))
    entries = closing_entries(left, moment(30), BOOT, 0)
    assert [made.kind for made in entries] == [
        "restart",
        "violation.end",
        "not_captured",
        "not_captured",
        "gap",
    ]
    assert entries[2].data == {
        "what": "clip",
        "for": 1,
        "source": "camera",
        "reason": "the monitor stopped before it was recorded",
    }
    assert after(folder, *entries).owed_clips == ()


def test_after_the_restart_nothing_is_open_and_numbers_go_on(folder: SessionFolder) -> None:
    left = after(folder, entry("exam.start"), turn("start", 4))
    again = after(folder, *closing_entries(left, moment(30), BOOT, 0))
    assert again.open_violations == ()
    assert again.next_violation == 5
    assert again.phase is Phase.RUNNING
    assert again.head.seq == left.head.seq + 3


def test_the_last_record_and_the_exams_start_are_found(folder: SessionFolder) -> None:
    left = after(folder, entry("exam.start", moment(10)), entry("heartbeat", moment(15)))
    assert left.exam_started is not None
    assert left.last is not None
    assert (left.exam_started.seq, left.last.kind) == (1, "heartbeat")


def test_within_one_boot_the_monotonic_clock_tells_the_gap(folder: SessionFolder) -> None:
    left = after(folder, entry("heartbeat", moment(10)))
    assert left.last is not None
    jumped = Moment(moment(15.5).mono_ns, moment(4000).wall_utc)
    assert missing_s(left.last, jumped, BOOT) == 5.5


def test_after_another_boot_only_the_wall_clock_can_tell(folder: SessionFolder) -> None:
    left = after(folder, entry("heartbeat", moment(1000)))
    assert left.last is not None
    rebooted = Moment(7, moment(1060).wall_utc)
    assert missing_s(left.last, rebooted, "boot-2") == 60.0
    assert missing_s(left.last, rebooted, BOOT) == 60.0
    longer_up = Moment(moment(5000).mono_ns, moment(1060).wall_utc)
    assert missing_s(left.last, longer_up, "boot-2") == 60.0


def test_a_wall_clock_that_was_set_back_makes_no_negative_gap(folder: SessionFolder) -> None:
    left = after(folder, entry("heartbeat", moment(1000)))
    assert left.last is not None
    assert missing_s(left.last, Moment(7, moment(10).wall_utc), "boot-2") == 0.0


def test_a_chain_that_does_not_hold_is_not_gone_on_with(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(entry(), entry(), entry())
    with reading(folder) as reader:
        records = [record.raw for record in chain(reader)]
    with pytest.raises(BrokenChain):
        read_back([records[0], records[2]])
    with pytest.raises(BrokenChain):
        read_back([records[0], records[1].replace(b"heartbeat", b"heartbeaT"), records[2]])
