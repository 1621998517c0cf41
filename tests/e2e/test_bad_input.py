"""A person's mistake, or a broken machine, gets a message with a remedy and an exit code."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest

from proctor_desktop.journal.session_folder import exclusive, existing
from tests.fakes.footage import HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run

NOBODY_LISTENS = "http://127.0.0.1:9"
ENVIRONMENT, NOT_DELIVERED = 3, 4


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_footage(tmp_path_factory.mktemp("camera") / "camera.mp4", [(12, HERE)])


@pytest.fixture
def words(tmp_path: Path, camera: Path) -> list[str]:
    """A monitor that would run, but for what a test breaks."""
    sound = write_wav(tmp_path / "sound.wav", tone(220, 15, 16_000))
    exam = Institution(tmp_path).exam(NOBODY_LISTENS)
    return [*monitor_words(exam, camera, sound, tmp_path / "data"), "--skip-preparation"]


def changed(words: list[str], option: str, value: str) -> list[str]:
    at = words.index(option) + 1
    return [*words[:at], value, *words[at + 1 :]]


def refuses(words: list[str], *parts: str, **env: str) -> str:
    """The program says these things, ends with the code for it, and shows no traceback."""
    done = run(*words, **env)
    assert done.returncode == ENVIRONMENT, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr
    what, remedy = done.stderr.strip().splitlines()[-2:]
    assert ": " in what
    assert remedy.startswith("  ")
    return done.stderr


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--camera", "63", "/dev/video63"),
        ("--camera", "nothing.mp4", "no such file"),
        ("--camera", __file__, "cannot be read as a video"),
        ("--microphone", "nothing.wav", "no such file"),
        ("--microphone", "microphone", "microphone"),
        ("--exam", "nothing.exam", "cannot be read"),
        ("--exam", __file__, "not a properly signed exam file"),
    ],
)
def test_devices_and_files_that_are_not_what_they_should_be(
    words: list[str], tmp_path: Path, option: str, value: str, says: str
) -> None:
    refuses(changed(words, option, value), Path(value).name, says)
    assert existing(tmp_path / "data") == []


def test_an_exam_that_was_changed_after_signing(words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "test.exam"
    envelope = json.loads(path.read_bytes())
    envelope["payload"] = "e30=" + envelope["payload"][4:]
    path.write_text(json.dumps(envelope))
    refuses(words, "test.exam", "not a properly signed exam file")


def test_an_exam_of_another_institution(words: list[str], tmp_path: Path) -> None:
    other = Institution(tmp_path).public_key
    refuses([*words, "--institution-key", other], "no trusted key signed it")


def test_no_display(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with_desktop = [word for word in words if word != "--no-desktop"]
    refuses(with_desktop, "DISPLAY is not set", "--no-desktop")
    refuses(with_desktop, ":93", "cannot be reached", DISPLAY=":93", XDG_SESSION_TYPE="x11")


def test_a_model_file_with_the_wrong_hash(words: list[str], tmp_path: Path) -> None:
    checkout = Path(__file__).parents[2]
    resources = tmp_path / "resources"
    shutil.copytree(checkout / "assets", resources / "assets")
    shutil.copytree(checkout / "weights", resources / "weights")
    (resources / "weights" / "face_landmarker.task").write_bytes(b"not a model")
    refuses(words, "SHA-256", "weights sync", PROCTOR_DESKTOP_RESOURCES=str(resources))


def test_an_endpoint_that_is_down_costs_nothing_but_the_delivery(
    words: list[str], tmp_path: Path
) -> None:
    done = run(*words, "--duration", "2")
    assert done.returncode == NOT_DELIVERED
    assert "does not answer" in done.stderr
    assert "proctor-desktop upload" in done.stderr
    (package,) = (tmp_path / "data").glob("*.evidence")
    verdict = run("verify", str(package))
    assert verdict.returncode == 2
    assert "unwitnessed" in verdict.stdout


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refuses(["endpoint", "--data", str(tmp_path / "e"), "--port", port], port, "in use")


def test_a_data_folder_that_another_monitor_holds(words: list[str], tmp_path: Path) -> None:
    with exclusive(tmp_path / "data"):
        refuses(words, "another monitor")


def test_a_full_disk_keeps_what_was_recorded(words: list[str], tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.system(f"mount -t tmpfs -o size=240k tmpfs {disk} 2>/dev/null")  # noqa: S605
    if mounted != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        said = refuses(changed(words, "--data", str(disk / "data")), "full", "is safe")
        assert "session: opened" in said
        (folder,) = existing(disk / "data")
        copied = shutil.copytree(folder.path, tmp_path / "saved" / folder.session)
        done = run("export", "--data", str(copied.parent))
        assert done.returncode == 0, done.stderr
        verdict = run("verify", done.stdout.strip())
        assert verdict.returncode == 2, verdict.stdout
    finally:
        os.system(f"umount {disk}")  # noqa: S605


def test_a_damaged_journal_is_kept_and_written_again_from_its_twin(
    words: list[str], tmp_path: Path
) -> None:
    run(*words, "--duration", "1")
    (folder,) = existing(tmp_path / "data")
    damaged = b"this is no database" * 500
    (folder.path / "journal.db").write_bytes(damaged)
    done = run(*words, "--duration", "1")
    assert done.returncode == NOT_DELIVERED, done.stderr
    assert damaged in [path.read_bytes() for path in folder.path.glob("damaged-*journal.db")]
    assert run("export", "--data", str(tmp_path / "data")).returncode == 0


def test_a_journal_that_is_damaged_in_both_places_is_left_alone(
    words: list[str], tmp_path: Path
) -> None:
    run(*words, "--duration", "1")
    (folder,) = existing(tmp_path / "data")
    for twin in folder.path.glob("records*.log"):
        twin.unlink()
    journal = folder.path / "journal.db"
    journal.write_bytes(b"this is no database" * 500)
    before = journal.read_bytes()
    done = run(*words, "--duration", "1")
    assert done.returncode == NOT_DELIVERED, "another session takes its place"
    assert journal.read_bytes() == before
    refuses(["export", "--data", str(tmp_path / "data"), "--session", folder.session], "damaged")
    done = run("upload", "--data", str(tmp_path / "data"))
    assert done.returncode == NOT_DELIVERED
    assert "journal.db: the session journal is damaged" in done.stdout


def test_a_damaged_export_is_invalid(words: list[str], tmp_path: Path) -> None:
    run(*words, "--duration", "1")
    (package,) = (tmp_path / "data").glob("*.evidence")
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 1
    package.write_bytes(content)
    for command in ("verify", "report", "replay"):
        done = run(command, str(package))
        assert done.returncode == 1, done.stdout
        assert "INVALID" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
