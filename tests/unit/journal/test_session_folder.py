"""Where sessions live."""

from __future__ import annotations

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.journal import session_folder
from proctor_desktop.journal.session_folder import (
    create,
    exclusive,
    existing,
    find,
    takeover_wanted,
)
from proctor_desktop.wire import dsse
from tests.fakes.sessions import EXAM, new_session, reading


def test_a_new_session_is_whole_and_its_owners_only(tmp_path: Path) -> None:
    folder = create(tmp_path, EXAM)
    assert folder.path == tmp_path / folder.session
    assert folder.exam_envelope() == EXAM
    for part in (folder.blobs, folder.incoming, folder.segments, folder.keys):
        assert stat.S_IMODE(part.stat().st_mode) == 0o700
    (signing,) = folder.keys.iterdir()
    files = [folder.path / name for name in ("enrolment.key", "exam.dsse", "journal.db")]
    for file in (signing, *files):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with reading(folder) as reader:
        assert reader.head().seq == 0


def test_every_session_has_a_key_of_its_own(tmp_path: Path) -> None:
    first, second = create(tmp_path, EXAM), create(tmp_path, EXAM)
    keys = [folder.session_key() for folder in (first, second)]
    assert keys[0] != keys[1]
    assert first.session_key() == keys[0]


def test_the_session_key_says_who_may_enrol_the_session(tmp_path: Path) -> None:
    folder = create(tmp_path, EXAM)
    who = folder.credentials()
    named = dsse.verify(who.delegation, dsse.DELEGATION, [folder.session_key()]).json()
    assert (named["session"], named["session_key"]) == (folder.session, folder.session_key())
    assert named["enrol_key"] == dsse.public_hex(who.key)


@pytest.mark.parametrize("name", ["enrolment.key", "delegation.dsse"])
def test_credentials_that_are_gone_or_changed_are_told(tmp_path: Path, name: str) -> None:
    path = create(tmp_path, EXAM).path / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(EnvironmentProblem, match="damaged"):
        find(tmp_path).credentials()
    path.unlink()
    with pytest.raises(EnvironmentProblem, match="No such file"):
        find(tmp_path).credentials()


@pytest.mark.parametrize("at", ["exam.dsse", "journal.db", "rename"])
def test_a_session_that_was_not_finished_is_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    if at == "exam.dsse":
        original = session_folder.write_new

        def write(path: Path, content: bytes) -> None:
            cut() if path.name == at else original(path, content)

        monkeypatch.setattr(session_folder, "write_new", write)
    elif at == "journal.db":
        monkeypatch.setattr(session_folder, "open_for_writing", cut)
    else:
        monkeypatch.setattr(Path, "rename", cut)
    with pytest.raises(PowerCut):
        create(tmp_path, EXAM)
    assert existing(tmp_path) == []


def test_a_full_disk_is_told_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="No space left") as caught:
        create(tmp_path, EXAM)
    assert "--data" in caught.value.remedy
    assert existing(tmp_path) == []


def test_sessions_are_listed_from_the_oldest_to_the_newest(tmp_path: Path) -> None:
    made = [new_session(tmp_path) for _ in range(3)]
    for age, folder in enumerate(reversed(made)):
        os.utime(folder.path / "exam.dsse", ns=(age, age))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    assert existing(tmp_path) == list(reversed(made))
    assert find(tmp_path) == made[0]
    assert find(tmp_path, made[1].session) == made[1]


def test_a_folder_without_sessions_has_none(tmp_path: Path) -> None:
    assert existing(tmp_path / "none") == []
    with pytest.raises(EnvironmentProblem, match="there is no session in this folder"):
        find(tmp_path)
    with pytest.raises(EnvironmentProblem, match="there is no session abc in this folder"):
        find(tmp_path, "abc")


def test_one_monitor_at_a_time_holds_a_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with exclusive(data):
        with pytest.raises(EnvironmentProblem, match="another monitor"), exclusive(data):
            pass
        assert existing(data) == []
    with exclusive(data):
        pass


def test_a_data_folder_is_free_again_after_a_crash_in_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive(tmp_path):
        raise RuntimeError
    with exclusive(tmp_path):
        pass


def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="cannot be used"), exclusive(tmp_path / "file"):
        pass


def test_who_waits_for_the_folder_is_noticed_only_while_waiting(tmp_path: Path) -> None:
    def wait() -> None:
        with (
            pytest.raises(EnvironmentProblem, match="another monitor"),
            exclusive(tmp_path, wait_s=0.5),
        ):
            raise AssertionError

    with exclusive(tmp_path):
        assert not takeover_wanted(tmp_path)
        waiting = threading.Thread(target=wait)
        waiting.start()
        deadline = time.monotonic() + 5
        while not takeover_wanted(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert waiting.is_alive()
        waiting.join()
        assert not takeover_wanted(tmp_path)
