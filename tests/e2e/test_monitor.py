"""The real monitor, as a process of its own, on real pictures and real sound."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.chain import Record
from proctor_desktop.export.replay import replay
from proctor_desktop.export.verify import Outcome, Trust, verify
from tests.fakes.footage import AWAY, HERE, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, head_seq, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import (
    monitor_words,
    run,
    running_endpoint,
    start,
    stop,
    wait_until,
)
from tests.fakes.sound_server import sound_server

NOBODY_LISTENS = "http://127.0.0.1:9"
NOT_DELIVERED = 4


def records(data: Path) -> list[Record]:
    with newest(data) as reader:
        return chain(reader)


def starts(data: Path) -> list[Record]:
    return [record for record in records(data) if record.kind == "violation.start"]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "sound.wav", tone(220, 60, 16_000))


@pytest.mark.media
@pytest.mark.slow
def test_a_face_that_leaves_real_footage_is_a_violation_with_a_still(
    tmp_path: Path, sound: Path, shared: Path
) -> None:
    camera = shared / "media" / "videos" / "pyfeat_face_noface.mov"
    exam = Institution(tmp_path).exam(NOBODY_LISTENS, rules={"face_missing": {"after_s": 2}})
    words = monitor_words(exam, camera, sound, tmp_path / "data")
    done = run(*words, "--skip-preparation")
    assert done.returncode == NOT_DELIVERED, done.stderr
    # The footage is of a person, then cuts to a cartoon: no face, and another scene at once.
    begun = {record.data["rule"]: record for record in starts(tmp_path / "data")}
    assert sorted(begun) == ["camera_changed", "face_missing"]
    assert begun["face_missing"].blobs[0].type == "image/jpeg"
    (package,) = (tmp_path / "data").glob("*.evidence")
    played = replay(package, Trust())
    assert played.same
    assert played.events > 30


@pytest.mark.media
@pytest.mark.slow
def test_an_honest_person_in_real_footage_is_calibrated_and_not_accused(
    tmp_path: Path, sound: Path, shared: Path
) -> None:
    camera = shared / "media" / "videos" / "proctoringai_center_focus.mp4"
    exam = Institution(tmp_path).exam(NOBODY_LISTENS)
    run(*monitor_words(exam, camera, sound, tmp_path / "data"))
    (calibration,) = [r for r in records(tmp_path / "data") if r.kind == "calibration"]
    assert calibration.data["outcome"] == "done"
    assert starts(tmp_path / "data") == []


@pytest.mark.slow
def test_silence_is_heard_through_a_real_microphone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = write_footage(tmp_path / "camera.mp4", [(40, HERE)])
    hum = write_wav(tmp_path / "hum.wav", tone(220, 4, 16_000))
    noise = np.random.default_rng(1).normal(0, 0.001, 60 * 16_000)
    room = write_wav(tmp_path / "room.wav", noise)  # without any, the microphone would be dead
    exam = Institution(tmp_path).exam(NOBODY_LISTENS, preset="interview")
    data = tmp_path / "data"
    with sound_server(tmp_path / "pulse") as server:
        words = monitor_words(exam, camera, Path("default"), data)
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        process = start([*words, "--skip-preparation"], tmp_path / "log")
        try:
            wait_until(lambda: head_seq(data) > 5, 30, "the monitor did not start")
            with server.playing(room):
                server.play(hum)
                wait_until(lambda: bool(starts(data)), 25, (tmp_path / "log").read_text())
        finally:
            stop(process)
    (silence,) = starts(data)
    assert silence.data["rule"] == "prolonged_silence"
    assert silence.blobs == ()


@pytest.mark.slow
def test_a_signal_closes_the_session_in_order(tmp_path: Path, sound: Path) -> None:
    camera = write_footage(tmp_path / "camera.mp4", [(30, HERE)])
    institution = Institution(tmp_path)
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        exam = institution.exam(endpoint.address)
        words = monitor_words(exam, camera, sound, tmp_path / "data")
        for number in (signal.SIGINT, signal.SIGTERM):
            process = start([*words, "--skip-preparation"], tmp_path / "log")
            before = head_seq(tmp_path / "data") if number is signal.SIGTERM else 0
            wait_until(lambda n=before: head_seq(tmp_path / "data") not in (0, n), 30, "no session")
            process.send_signal(number)
            assert process.wait(30) == 0, (tmp_path / "log").read_text()
            last = records(tmp_path / "data")[-1]
            assert last.kind == "session.close"
            assert signal.Signals(number).name in last.data["reason"]


@pytest.mark.slow
def test_what_was_not_delivered_is_delivered_later(tmp_path: Path, sound: Path) -> None:
    camera = write_footage(tmp_path / "camera.mp4", [(2, HERE), (8, AWAY), (2, HERE)])
    institution, data = Institution(tmp_path), tmp_path / "data"
    with running_endpoint(tmp_path / "endpoint", 0, institution.public_key) as endpoint:
        exam = institution.exam(endpoint.address)
        port = int(endpoint.address.rsplit(":", 1)[1])
    done = run(*monitor_words(exam, camera, sound, data), "--skip-preparation")
    assert done.returncode == NOT_DELIVERED
    assert run("upload", "--data", str(data)).returncode == NOT_DELIVERED
    with running_endpoint(tmp_path / "endpoint", port, institution.public_key) as endpoint:
        later = run("upload", "--data", str(data))
        assert later.returncode == 0, later.stdout + later.stderr
        assert "score 95, risk green" in later.stdout
        package = tmp_path / "late.evidence"
        run("export", "--data", str(data), "-o", str(package))
        trust = Trust((institution.public_key,), (endpoint.server_key,))
        verdict = verify(package, trust)
    assert verdict.outcome is not Outcome.INVALID
    assert not [gap for gap in verdict.gaps if gap.kind == "unwitnessed"]
