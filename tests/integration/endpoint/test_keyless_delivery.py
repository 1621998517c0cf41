"""A session that lost its keys, its own word or its database: the command line, a real endpoint."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from proctor_desktop.cli import ENVIRONMENT_EXIT
from proctor_desktop.core.chain import digest
from proctor_desktop.journal.next_signer import signed_seq
from proctor_desktop.journal.session_folder import SessionFolder
from proctor_desktop.monitor.farewell import NOT_DELIVERED
from proctor_desktop.monitor.recovery import find_unfinished
from tests.fakes.institution import Institution
from tests.fakes.program import RunningEndpoint, run, running_endpoint
from tests.fakes.sessions import reading, writing
from tests.fakes.sittings import CANDIDATE, STILL, VIDEO, held, stored, stored_files

pytestmark = pytest.mark.slow
Lose = Callable[[SessionFolder], None]


def lose_keys(folder: SessionFolder) -> None:
    shutil.rmtree(folder.keys)


def empty_keys(folder: SessionFolder) -> None:
    for path in folder.keys.iterdir():
        path.write_bytes(b"")


def lose_own_word(folder: SessionFolder) -> None:
    (folder.path / "delegation.dsse").unlink()


def lose_everything_secret(folder: SessionFolder) -> None:
    lose_keys(folder)
    (folder.path / "enrolment.key").unlink()


def damage(folder: SessionFolder) -> None:
    """The database becomes unreadable, and of its twin the end is cut off."""
    for beside in ("-wal", "-shm"):
        (folder.path / f"journal.db{beside}").unlink(missing_ok=True)
    with (folder.path / "journal.db").open("r+b") as file:
        file.write(bytes(8192))
    twin = folder.path / "records.log"
    twin.write_bytes(twin.read_bytes()[: -twin.stat().st_size // 3])


def signed_and_last(folder: SessionFolder) -> tuple[int, int]:
    with reading(folder) as reader:
        return signed_seq(reader), reader.head().seq


@pytest.mark.parametrize("lose", [lose_keys, empty_keys, lose_everything_secret, damage])
def test_all_that_is_signed_is_delivered_and_the_rest_is_told(tmp_path: Path, lose: Lose) -> None:
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        folder = held(tmp_path / "data", institution, endpoint.address, closed=False)
        with reading(folder) as reader:
            records = list(reader.records())
        lose(folder)
        done = run("upload", "--data", str(tmp_path / "data"), "--keep-trying")
        signed, last = signed_and_last(folder)
        assert 0 < signed < last
        assert done.returncode == NOT_DELIVERED, done.stdout + done.stderr
        assert f"records {signed + 1} to {last} cannot be delivered from here" in done.stdout
        assert "the key that has to sign next is gone" in done.stdout
        assert stored(endpoint) == records[:signed]
        assert stored_files(endpoint) == sorted([STILL, VIDEO])

        told = run("export", "--data", str(tmp_path / "data"))
        assert told.returncode == ENVIRONMENT_EXIT
        assert "signing key is gone" in told.stderr
        assert "'proctor-desktop upload'" in told.stderr


@pytest.mark.parametrize("lose", [lose_keys, lose_own_word, lose_everything_secret])
def test_a_closed_session_is_delivered_whole(tmp_path: Path, lose: Lose) -> None:
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        folder = held(tmp_path / "data", institution, endpoint.address)
        with reading(folder) as reader:
            records = list(reader.records())
        lose(folder)
        for _ in range(2):
            done = run("upload", "--data", str(tmp_path / "data"))
            assert done.returncode == 0, done.stdout + done.stderr
            assert "score 95, risk green" in done.stdout
        assert stored(endpoint) == records
        assert stored_files(endpoint) == sorted([STILL, VIDEO])
        _compare_with_export(folder, endpoint, institution, exported=lose is lose_own_word)


def _compare_with_export(
    folder: SessionFolder, endpoint: RunningEndpoint, institution: Institution, exported: bool
) -> None:
    """Without its own word a session can still be signed, so there is a valid export of it."""
    told = run("export", "--data", str(folder.path.parent))
    if not exported:
        assert told.returncode == ENVIRONMENT_EXIT
        return
    package = folder.path.with_suffix(".evidence")
    trust = ("--institution-key", institution.public_key, "--server-key", endpoint.server_key)
    assert told.returncode == 0, told.stderr
    assert run("verify", str(package), *trust).stdout.startswith("VALID WITH GAPS")


def test_a_session_that_goes_on_signing_is_delivered_as_before(tmp_path: Path) -> None:
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        folder = held(tmp_path / "data", institution, endpoint.address, closed=False)
        done = run("upload", "--data", str(tmp_path / "data"))
        assert (done.returncode, "cannot be delivered" in done.stdout) == (0, False)
        assert len(stored(endpoint)) == signed_and_last(folder)[1]
        with writing(folder):  # its keys are where they were
            pass


def test_a_session_that_broke_off_is_delivered_beside_the_one_that_took_its_place(
    tmp_path: Path,
) -> None:
    institution, data = Institution(tmp_path), tmp_path / "data"
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        folder = held(data, institution, endpoint.address, closed=False)
        lose_keys(folder)
        exam = digest(folder.exam_envelope())
        found, broken = find_unfinished([folder], exam, CANDIDATE)
        assert (found, broken and broken.session) == (None, folder.session)
        newer = held(data, institution, endpoint.address)
        done = run("upload", "--data", str(data))
        assert done.returncode == NOT_DELIVERED
        assert f"{folder.session}: records" in done.stdout
        assert f"{newer.session}: score 95" in done.stdout
        there = signed_and_last(folder)[0] + signed_and_last(newer)[1]
        assert len(stored(endpoint)) == there
