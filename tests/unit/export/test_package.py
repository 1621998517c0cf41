"""What an export promises: whole or not at all, always the same bytes, nothing quietly left out."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proctor_desktop.core.chain import BlobRef, digest
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export import package
from proctor_desktop.export.package import write_package
from proctor_desktop.export.verify import Trust, verify
from proctor_desktop.wire import dsse
from tests.fakes.evidence_forge import entries_of
from tests.fakes.sealed_session import SESSION, SESSION_KEY, SealedSession, short_session

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    return blobs


@pytest.fixture
def sitting(folder: Path) -> SealedSession:
    return short_session(folder)


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "session.evidence"


def test_any_unzip_program_reads_it(sitting: SealedSession, destination: Path) -> None:
    write_package(sitting, destination, NOW)
    with ZipFile(destination) as archive:
        assert archive.testzip() is None
        assert all(one.compress_type == ZIP_STORED for one in archive.infolist())


def test_it_holds_the_journal_byte_for_byte(sitting: SealedSession, destination: Path) -> None:
    write_package(sitting, destination, NOW)
    entries = entries_of(destination)
    assert entries["records.jsonl"] == b"".join(raw + b"\n" for raw in sitting.log)
    assert entries["exam.dsse"] == sitting.exam
    for seq, envelope in sitting.signed.items():
        assert entries[f"checkpoints/{seq:010d}.dsse"] == envelope
        assert entries[f"receipts/{seq:010d}.dsse"] == sitting.received[seq]
    blobs = [name for name in entries if name.startswith("blobs/")]
    assert all(digest(entries[name]) == name.removeprefix("blobs/") for name in blobs)
    assert len(blobs) == 2


def test_the_manifest_is_signed_and_lists_every_file(
    sitting: SealedSession, destination: Path
) -> None:
    write_package(sitting, destination, NOW)
    entries = entries_of(destination)
    registered, signer = dsse.public_hex(SESSION_KEY), dsse.public_hex(sitting.due)
    body = dsse.verify(entries.pop("manifest.dsse"), dsse.MANIFEST, [signer]).json()
    assert body["format"] == "proctor-evidence/1"
    assert (body["session"], body["session_key"], body["closed"]) == (SESSION, registered, True)
    assert body["exam_sha256"] == digest(sitting.exam)
    assert body["records"]["count"] == len(sitting.log)
    assert body["records"]["head"] == sitting.head.hash
    assert [line["name"] for line in body["files"]] == list(entries)
    assert all(line["sha256"] == digest(entries[line["name"]]) for line in body["files"])


def test_the_same_journal_gives_the_same_bytes(
    sitting: SealedSession, destination: Path, tmp_path: Path
) -> None:
    write_package(sitting, destination, NOW)
    later = tmp_path / "again.evidence"
    write_package(sitting, later, datetime(2031, 1, 1, tzinfo=UTC))
    assert later.read_bytes() == destination.read_bytes()


def test_the_summary_counts_what_was_written(sitting: SealedSession, destination: Path) -> None:
    summary = write_package(sitting, destination, NOW)
    assert (summary.session, summary.made, summary.closed) == (SESSION, NOW, True)
    assert (summary.records, summary.checkpoints, summary.receipts) == (len(sitting.log), 2, 2)
    assert (summary.blobs, summary.missing) == (2, ())
    assert summary.size_bytes == destination.stat().st_size


@pytest.mark.parametrize("damage", ["absent", "changed", "cut off", "unreadable"])
def test_a_blob_that_is_not_whole_is_named_as_missing(
    sitting: SealedSession, destination: Path, damage: str
) -> None:
    path = sitting.blob_path(digest(b"\xff\xd8 a still \xff\xd9"))
    assert path
    if damage == "unreadable":
        path.unlink()
        path.mkdir()  # opens with an OSError for every user, root too
    elif damage == "absent":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-1] if damage == "cut off" else content[:-1] + b"x")
    summary = write_package(sitting, destination, NOW)
    assert summary.missing == (path.name,)
    assert f"blobs/{path.name}" not in entries_of(destination)
    assert dsse.peek(entries_of(destination)["manifest.dsse"])["missing"] == [path.name]


def test_a_blob_that_two_records_name_is_stored_once(
    sitting: SealedSession, destination: Path
) -> None:
    sitting.record("identity", {}, sitting.blob(b"\xff\xd8 a still \xff\xd9"))
    assert write_package(sitting, destination, NOW).blobs == 2


def test_a_running_session_is_exported_up_to_its_last_record(
    sitting: SealedSession, destination: Path
) -> None:
    sitting.record("heartbeat")
    sitting.receipt()
    late_receipt = sitting.head.seq
    sitting.log.pop()  # committed after the records were read, before the receipts were
    write_package(sitting, destination, NOW)
    assert f"receipts/{late_receipt:010d}.dsse" not in entries_of(destination)


def test_a_key_that_has_its_turn_while_an_export_begins_is_not_missed(
    folder: Path, destination: Path
) -> None:
    class Busy(SealedSession):
        """A session that goes on just between the reading of a checkpoint and that of its key."""

        def signing_key(self, public_key: str) -> Ed25519PrivateKey | None:
            if self.checkpoints_made < 3:
                self.record("heartbeat")
                self.checkpoint()
                return None
            return super().signing_key(public_key)

    busy = Busy(folder)
    busy.open()
    busy.checkpoint()
    write_package(busy, destination, NOW)
    assert verify(destination, Trust()).problems == ()


def test_an_excerpt_names_what_it_leaves_out(sitting: SealedSession, destination: Path) -> None:
    still = digest(b"\xff\xd8 a still \xff\xd9")
    summary = write_package(sitting, destination, NOW, only={still, "ab" * 32})
    blobs = [name for name in entries_of(destination) if name.startswith("blobs/")]
    assert blobs == [f"blobs/{still}"]
    assert (len(summary.withheld), summary.missing) == (1, ())


def test_a_larger_blob_than_one_piece_arrives_whole(
    sitting: SealedSession, destination: Path
) -> None:
    content = bytes(range(256)) * 10_000
    ref = sitting.blob(content, "video/mp4")
    sitting.record("segment", {}, ref)
    write_package(sitting, destination, NOW)
    assert entries_of(destination)[f"blobs/{ref.sha256}"] == content


def test_an_older_export_stays_until_the_new_one_is_whole(
    sitting: SealedSession, destination: Path
) -> None:
    destination.write_bytes(b"the old one")
    sitting.log[3] = sitting.log[3][:-1]
    with pytest.raises(EnvironmentProblem, match="journal of session"):
        write_package(sitting, destination, NOW)
    assert destination.read_bytes() == b"the old one"
    assert list(destination.parent.iterdir()) == [destination]


def test_a_full_disk_is_said_and_leaves_nothing(
    sitting: SealedSession, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(package.os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        write_package(sitting, destination, NOW)
    assert list(destination.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(sitting: SealedSession, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        write_package(sitting, tmp_path / "nowhere" / "x.evidence", NOW)


def test_a_session_without_its_key_is_not_exported(
    sitting: SealedSession, destination: Path
) -> None:
    sitting.key_is_gone = True
    with pytest.raises(EnvironmentProblem, match="signing key is gone") as caught:
        write_package(sitting, destination, NOW)
    assert "'proctor-desktop upload'" in caught.value.remedy


def test_an_exam_file_that_is_gone_is_the_journals_fault(
    sitting: SealedSession, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = destination.parent / "exam.dsse"
    monkeypatch.setattr(sitting, "exam_envelope", gone.read_bytes)
    with pytest.raises(EnvironmentProblem, match=r"journal of session.*exam\.dsse cannot be read"):
        write_package(sitting, destination, NOW)


def test_an_empty_journal_is_not_exported(tmp_path: Path, destination: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no records"):
        write_package(SealedSession(tmp_path), destination, NOW)


def test_a_container_above_its_limit_is_refused(
    sitting: SealedSession, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package.container, "MAX_FILE_BYTES", 3000)
    with pytest.raises(EnvironmentProblem, match="larger than"):
        write_package(sitting, destination, NOW)
    assert list(destination.parent.iterdir()) == []


def test_a_blob_of_another_size_than_recorded_is_missing(
    sitting: SealedSession, destination: Path
) -> None:
    ref = sitting.blob(b"bytes of some size")
    sitting.record("identity", {}, BlobRef(ref.sha256, ref.type, ref.size + 1))
    assert write_package(sitting, destination, NOW).missing == (ref.sha256,)
