"""Picking up what an earlier monitor left."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proctor_desktop.core.chain import Record, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.session import Phase
from proctor_desktop.journal.blobs import BlobStore, NotKept
from proctor_desktop.journal.database import FILE_NAME
from proctor_desktop.journal.ledger import State
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.monitor.recovery import BrokenOff, find_unfinished, take_over, unfinished
from proctor_desktop.recording.segment import OpenSegment
from proctor_desktop.recording.segment_file import SegmentFile
from proctor_desktop.wire import rest
from proctor_desktop.wire.seal import MAGIC, Recipients, sealed
from proctor_desktop.wire.unseal import open_sealed
from tests.fakes.journals import chain
from tests.fakes.screen_frames import shown_frame
from tests.fakes.sessions import EXAM, blob, entry, new_session, reading, store, urgent, writing
from tests.fakes.studio import ADA, signed_exam
from tests.playbook import moment

THIS_EXAM = digest(EXAM)
CANDIDATE: rest.Candidate = {"name": "Ada", "email": ADA}
NOBODY = Recipients("")
JPEG = b"\xff\xd8\xff a still"


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """A running exam with a violation that has no end."""
    made = new_session(tmp_path)
    with writing(made) as writer:
        writer.append(
            urgent("session.open", candidate={"name": "Ada", "email": ADA}), urgent("exam.start")
        )
        writer.append(urgent("violation.start", moment(9), violation=3, rule="face_missing"))
    return made


def recovered(folder: SessionFolder, at_s: float = 20) -> list[Record]:
    """What the take-over wrote."""
    found = unfinished(folder, THIS_EXAM, CANDIDATE)
    assert found is not None
    with writing(folder) as writer, reading(folder) as reader:
        take_over(found, reader, writer, store(folder), moment(at_s), "boot-1")
        return chain(reader)[found.left.head.seq :]


def interrupted_video(folder: SessionFolder, frames: int = 4, to: Recipients = NOBODY) -> Path:
    """A screen video whose writer died; returns its file."""
    written = OpenSegment(folder.incoming, shown_frame(0, 0), 1.0, SegmentFile, to)
    for number in range(frames):
        written.add(shown_frame(number, number))
    part = folder.segments / "11111111-1111-4111-8111-111111111111.part"
    shutil.copy(written.path, part)
    written.salvage()
    written.path.unlink(missing_ok=True)
    return part


def test_a_session_of_this_exam_without_an_end_is_unfinished(folder: SessionFolder) -> None:
    found = unfinished(folder, THIS_EXAM, CANDIDATE)
    assert found is not None
    assert (found.folder, found.left.phase) == (folder, Phase.RUNNING)


def test_a_session_of_another_exam_is_not_gone_on_with(tmp_path: Path) -> None:
    folder = new_session(tmp_path, signed_exam().envelope)
    assert unfinished(folder, digest(b"another exam"), CANDIDATE) is None


def test_an_exam_file_that_is_damaged_is_not_taken_for_another_one(tmp_path: Path) -> None:
    folder = new_session(tmp_path, signed_exam().envelope)
    (folder.path / "exam.dsse").write_bytes(b"")
    with pytest.raises(EnvironmentProblem, match=r"exam\.dsse"):
        unfinished(folder, signed_exam().sha256, CANDIDATE)


def test_a_refusal_is_the_end_of_a_session(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("consent", given=False))
    assert unfinished(folder, THIS_EXAM, CANDIDATE) is None


def test_nobody_goes_on_with_somebody_elses_session(folder: SessionFolder) -> None:
    assert unfinished(folder, THIS_EXAM, {"name": "Ada", "email": "bob@example.edu"}) is None
    assert unfinished(folder, THIS_EXAM, {"name": "Zoe", "email": ADA}) is None
    assert unfinished(folder, THIS_EXAM, {"name": "ADA", "email": ADA.upper()}) is not None


def test_a_session_that_was_closed_is_over(folder: SessionFolder) -> None:
    with writing(folder) as writer:
        writer.append(urgent("session.close"))
    assert unfinished(folder, THIS_EXAM, CANDIDATE) is None


def change_a_record(folder: SessionFolder) -> None:
    with closing(sqlite3.connect(folder.path / FILE_NAME)) as raw:
        raw.execute("DROP TRIGGER records_refuse_update")
        raw.execute(
            "UPDATE records SET bytes = CAST(replace(bytes, 'open', 'OPEN') AS BLOB) WHERE seq = 1"
        )
        raw.commit()


def test_a_damaged_journal_without_a_twin_is_named_and_left_alone(folder: SessionFolder) -> None:
    change_a_record(folder)
    (folder.path / "records.log").unlink()
    before = (folder.path / FILE_NAME).read_bytes()
    with pytest.raises(EnvironmentProblem, match=r"damaged.*--data") as caught:
        unfinished(folder, THIS_EXAM, CANDIDATE)
    assert str(folder.path) in str(caught.value)
    assert (folder.path / FILE_NAME).read_bytes() == before


def lose_the_database_and_what_the_twin_missed(folder: SessionFolder) -> None:
    """The twin log could not be written for a while, and then the database was damaged."""
    twin = folder.path / "records.log"
    there = twin.read_bytes()
    with writing(folder) as writer:
        writer.append(urgent("warning"))
    twin.write_bytes(there)
    for beside in ("-wal", "-shm"):
        (folder.path / (FILE_NAME + beside)).unlink(missing_ok=True)
    (folder.path / FILE_NAME).write_bytes(b"no database" * 1000)


def test_a_session_whose_key_is_gone_gives_way_to_a_new_one(folder: SessionFolder) -> None:
    lose_the_database_and_what_the_twin_missed(folder)
    for _ in range(2):  # what mended the journal must not hide it the next time
        found, broken = find_unfinished([folder], THIS_EXAM, CANDIDATE)
        assert found is None
        assert broken is not None
        assert broken.session == folder.session
        assert "sign next" in broken.why
    with reading(folder) as reader:
        assert chain(reader)[0].kind == "session.open", "it is all kept"


def test_a_last_checkpoint_that_is_nonsense_gives_way_to_a_new_session(
    folder: SessionFolder,
) -> None:
    with closing(sqlite3.connect(folder.path / FILE_NAME)) as raw:
        raw.execute("DROP TRIGGER checkpoints_refuse_update")
        raw.execute("UPDATE checkpoints SET envelope = x'ff00'")
        raw.commit()
    found, broken = find_unfinished([folder], THIS_EXAM, CANDIDATE)
    assert found is None
    assert broken is not None
    assert "last checkpoint" in broken.why


def test_a_journal_that_cannot_be_mended_gives_way_to_a_new_session(folder: SessionFolder) -> None:
    change_a_record(folder)
    (folder.path / "records.log").unlink()
    found, broken = find_unfinished([folder], THIS_EXAM, CANDIDATE)
    assert (found, broken and broken.session) == (None, folder.session)


@pytest.mark.parametrize("name", ["delegation.dsse", "enrolment.key"])
def test_a_session_that_cannot_enrol_any_more_gives_way_to_a_new_one(
    folder: SessionFolder, name: str
) -> None:
    (folder.path / name).write_bytes(b"")
    found, broken = find_unfinished([folder], THIS_EXAM, CANDIDATE)
    assert (found, broken and broken.session) == (None, folder.session)


def test_what_took_its_place_is_gone_on_with_and_it_is_told_no_more(
    folder: SessionFolder, tmp_path: Path
) -> None:
    lose_the_database_and_what_the_twin_missed(folder)
    newer = new_session(tmp_path)
    found, broken = find_unfinished([newer, folder], THIS_EXAM, CANDIDATE)
    assert found is not None
    assert (found.folder, broken) == (newer, None)
    with writing(newer) as writer:
        writer.append(urgent("session.close"))
    assert find_unfinished([newer, folder], THIS_EXAM, CANDIDATE) == (None, None)


def test_what_a_person_can_put_right_is_not_passed_over(tmp_path: Path) -> None:
    folder = new_session(tmp_path, signed_exam().envelope)
    (folder.path / "exam.dsse").write_bytes(b"")
    with pytest.raises(EnvironmentProblem, match=r"exam\.dsse"):
        find_unfinished([folder], signed_exam().sha256, CANDIDATE)


def test_the_new_sessions_records_say_which_one_broke_off() -> None:
    told = BrokenOff("5f0c", "its key is gone").to_json()
    assert told["source"] == "monitor"
    assert "5f0c" in told["reason"]
    assert "its key is gone" in told["reason"]


def test_a_changed_record_is_put_aside_and_the_twins_goes_on(folder: SessionFolder) -> None:
    change_a_record(folder)
    restart, *_ = recovered(folder)
    assert restart.data["damaged"] == ["damaged-1-journal.db"]
    assert "twin" in restart.data["rebuilt"]
    with reading(folder) as reader:
        assert chain(reader)[0].kind == "session.open"


def test_a_damaged_journal_is_told_of_once(folder: SessionFolder) -> None:
    (folder.path / FILE_NAME).write_bytes(b"no database at all" * 100)
    first, second = recovered(folder, 20), recovered(folder, 30)
    assert first[0].data["damaged"] == ["damaged-1-journal.db"]
    assert "damaged" not in second[0].data
    assert (folder.path / "damaged-1-journal.db").read_bytes() == b"no database at all" * 100


def test_the_restart_ends_what_was_open_and_states_the_gap(folder: SessionFolder) -> None:
    written = recovered(folder, at_s=39)
    assert [record.kind for record in written] == ["restart", "violation.end", "gap"]
    assert written[1].data["violation"] == 3
    assert written[2].data["seconds"] == 30.0


def test_pictures_that_no_record_names_are_adopted_by_the_restart(folder: SessionFolder) -> None:
    kept = store(folder).keep(JPEG, "image/jpeg")
    restart = recovered(folder)[0]
    assert restart.data["adopted"] == 1
    assert restart.blobs == (kept,)
    with reading(folder) as reader:
        assert reader.next_blob(10) is not None


def test_files_that_no_record_names_are_adopted_as_what_they_are(folder: SessionFolder) -> None:
    contents = {b"OggS sound": "audio/ogg", JPEG: "image/jpeg", b"\0\0\0 ftyp": "video/mp4"}
    for content in contents:
        store(folder).keep(content, "whatever")
    adopted = {one.sha256: one.type for one in recovered(folder)[0].blobs}
    assert adopted == {digest(content): name for content, name in contents.items()}


def test_sealed_files_are_adopted_as_what_is_sealed_in_them(folder: SessionFolder) -> None:
    to = Recipients(
        folder.session, (X25519PrivateKey.generate().public_key().public_bytes_raw().hex(),)
    )
    kept = {
        store(folder).keep(sealed(JPEG, to, kind)[0], "whatever").sha256: kind
        for kind in ("image/jpeg", "audio/ogg", "video/mp4")
    }
    for odd in (sealed(JPEG, to, "text/html")[0], MAGIC + b"{}\n"):
        kept[store(folder).keep(odd, "whatever").sha256] = "application/octet-stream"
    assert {one.sha256: one.type for one in recovered(folder)[0].blobs} == kept


def test_a_clip_that_a_crash_took_is_named_as_missing(tmp_path: Path) -> None:
    folder = new_session(tmp_path)
    with writing(folder) as writer:
        writer.append(
            urgent("session.open", candidate={"name": "Ada", "email": ADA}),
            urgent("policy", policy={"recording": {"clips": True}}),
            urgent("exam.start"),
            urgent("violation.start", moment(9), violation=3, rule="face_missing"),
        )
    written = recovered(folder)
    (missing,) = [record for record in written if record.kind == "not_captured"]
    assert (missing.data["what"], missing.data["for"]) == ("clip", 3)
    assert "not_captured" not in [record.kind for record in recovered(folder, 30)]


def test_what_is_named_already_is_not_adopted_again(folder: SessionFolder) -> None:
    kept = store(folder).keep(JPEG, "image/jpeg")
    with writing(folder) as writer:
        writer.append(entry("violation.update", None, kept, violation=3))
    assert recovered(folder)[0].data["adopted"] == 0


def test_a_video_that_was_being_written_is_evidence_up_to_its_last_frame(
    folder: SessionFolder,
) -> None:
    part = interrupted_video(folder)
    content = digest(part.read_bytes())
    restart, segment, *_ = recovered(folder)
    assert (restart.kind, segment.kind) == ("restart", "segment")
    assert segment.data["recovered"] is True
    assert 1 <= segment.data["frames"] <= 4
    assert segment.blobs[0].sha256 == content
    assert not part.exists()
    assert store(folder).path(content) is not None


def test_sealed_video_that_was_being_written_is_evidence_without_any_key(
    folder: SessionFolder,
) -> None:
    key = X25519PrivateKey.generate()
    to = Recipients(folder.session, (key.public_key().public_bytes_raw().hex(),))
    part = interrupted_video(folder, to=to)
    with part.open("ab") as file:
        file.write(b"\0\0\1\0 half a chunk")
    _, segment, *_ = recovered(folder)
    assert segment.data["recovered"] is True
    assert (segment.data["frames"], segment.data["codec"]) == (4, "av1")
    kept = store(folder).path(segment.blobs[0].sha256)
    assert kept is not None
    assert not open_sealed(kept.read_bytes(), [key]).complete
    assert segment.blobs[0].seals == ""


def test_files_that_are_of_no_use_are_put_aside_and_not_deleted(folder: SessionFolder) -> None:
    (folder.incoming / "a.part").write_bytes(b"half a still")
    (folder.segments / "b.part").write_bytes(b"no video")
    assert "segment" not in [record.kind for record in recovered(folder)]
    aside = {path.name: path.read_bytes() for path in (folder.path / "quarantine").iterdir()}
    assert aside == {"a.part": b"half a still", "b.part": b"no video"}
    assert list(folder.incoming.iterdir()) == list(folder.segments.iterdir()) == []


def test_a_blob_that_is_not_what_its_name_says_is_put_aside_and_counted(
    folder: SessionFolder,
) -> None:
    name = digest(JPEG)
    (folder.blobs / name).write_bytes(JPEG[:-1])
    restart = recovered(folder)[0]
    assert (restart.data["adopted"], restart.data["quarantined"], restart.blobs) == (0, 1, ())
    assert (folder.path / "quarantine" / name).read_bytes() == JPEG[:-1]


def test_a_video_that_cannot_be_taken_over_is_told_and_kept(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = interrupted_video(folder)
    content = part.read_bytes()

    def refuse(*_: object) -> None:
        raise NotKept(28, "No space left on device")

    monkeypatch.setattr(BlobStore, "adopt", refuse)
    missing = recovered(folder)[1]
    assert missing.kind == "not_captured"
    assert missing.data["reason"] == "No space left on device"
    assert (folder.path / "quarantine" / part.name).read_bytes() == content


def test_without_leftovers_nothing_is_put_aside(folder: SessionFolder) -> None:
    recovered(folder)
    assert not (folder.path / "quarantine").exists()


def test_a_file_that_was_on_its_way_is_sent_again(folder: SessionFolder) -> None:
    still = blob(JPEG)
    with writing(folder) as writer, reading(folder) as reader:
        writer.append(urgent("x", None, still))
        writer.mark(still.sha256, State.SENDING)
        writer.mark(still.sha256, State.SENDING)
        recovered_state = reader.next_blob(99)
    assert recovered_state is not None
    recovered(folder)
    with closing(sqlite3.connect(folder.path / FILE_NAME)) as raw:
        assert raw.execute("SELECT state FROM ledger").fetchall() == [("pending",)]


def test_two_crashes_in_a_row_leave_two_restarts_and_one_end(folder: SessionFolder) -> None:
    first, second = recovered(folder, 20), recovered(folder, 30)
    assert [record.kind for record in second] == ["restart", "gap"]
    assert second[0].data["after_seq"] == first[-1].seq


def test_a_session_that_died_before_its_first_record_begins_anew(tmp_path: Path) -> None:
    empty = new_session(tmp_path)
    assert recovered(empty) == []
    found = unfinished(empty, THIS_EXAM, CANDIDATE)
    assert found is not None
    assert found.left.last is None


def test_whatever_place_is_nonsense_the_records_come_back(tmp_path: Path) -> None:
    folder, draw = new_session(tmp_path), random.Random(3)
    with writing(folder) as writer:
        writer.append(urgent("session.open", candidate={"name": "Ada", "email": ADA}))
        for number in range(30):
            writer.append(urgent("note", None, blob(b"%d" % number), number=number))
    with reading(folder) as reader:
        before = list(reader.records())
    content, refused = (folder.path / FILE_NAME).read_bytes(), list[str]()
    for _ in range(40):
        at, nonsense = draw.randrange(len(content)), draw.randbytes(draw.randint(8, 200))
        spoilt = content[:at] + nonsense + content[at + len(nonsense) :]
        (folder.path / FILE_NAME).write_bytes(spoilt)
        try:
            assert unfinished(folder, THIS_EXAM, CANDIDATE) is not None
        except EnvironmentProblem as problem:
            refused.append(problem.why)
            continue
        with reading(folder) as reader:
            assert list(reader.records()) == before
    assert all("newer program" in why for why in refused)  # a name that we do not know
