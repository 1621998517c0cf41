"""A sealed session with the real monitor: the photo in the kiosk's memory, the keys at the end."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from proctor_desktop.config import keys
from proctor_desktop.config.keys import Purpose
from proctor_desktop.config.program import command
from proctor_desktop.core.chain import Record
from proctor_desktop.weights.sync import require
from proctor_desktop.wire import stdio
from tests.fakes.footage import HERE, candidate, write_footage
from tests.fakes.institution import Institution
from tests.fakes.journals import chain, newest
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, run, wait_until

NOBODY_LISTENS = "http://127.0.0.1:9"
NOT_DELIVERED = 4


class Kiosk:
    """What stands in for the candidate's window: a process on pipes, and what it said."""

    def __init__(self, words: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command(*words, "--stdio"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.heard: queue.Queue[stdio.Downward] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, message: stdio.Upward) -> None:
        assert self.process.stdin
        self.process.stdin.write(stdio.to_line(message) + "\n")
        self.process.stdin.flush()

    def wait_for(self, kind: type[stdio.Downward], **fields: object) -> stdio.Downward:
        """The next message of this kind with these fields."""
        while True:
            message = self.heard.get(timeout=60)
            given = {name: getattr(message, name, None) for name in fields}
            if isinstance(message, kind) and given == fields:
                return message

    def close(self) -> None:
        """Kill it, whatever it does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()

    def _listen(self) -> None:
        assert self.process.stdout
        try:
            for line in self.process.stdout:
                self.heard.put(stdio.downward(line))
        except ValueError:  # closed at the end
            return


def records(data: Path) -> list[Record]:
    with newest(data) as reader:
        return chain(reader)


def comparisons(data: Path) -> int:
    """How often a face was compared with the reference photo."""
    logs = [record.data["events"] for record in records(data) if record.kind == "observations"]
    return sum(line[1] == "FaceCompared" for log in logs for line in log)


def not_compared(data: Path) -> list[str]:
    """What the journal says of faces that are compared with no photo."""
    texts = (json.dumps(record.data) for record in records(data))
    return [text for text in texts if "faces are not compared" in text]


def photographed(words: Sequence[str]) -> stdio.HoldPhoto:
    """A first life up to the exam, then killed; what the kiosk was given to hold."""
    first = Kiosk(words)
    try:
        first.say(stdio.HeldPhoto())
        notice = first.wait_for(stdio.Notice)
        assert isinstance(notice, stdio.Notice)
        assert notice.sealed_to
        first.say(stdio.Consent(True, notice.sha256, "en"))
        first.say(stdio.TakePhoto())
        held = first.wait_for(stdio.HoldPhoto)
        assert isinstance(held, stdio.HoldPhoto)
        first.say(stdio.SkipStep("not today"))
        first.say(stdio.StartExam())
        first.wait_for(stdio.PhaseIs, phase="running")
    finally:
        first.close()
    return held


@pytest.mark.slow
@pytest.mark.parametrize("holds", [True, False], ids=["held", "lost"])
def test_faces_are_compared_after_a_crash_if_the_kiosk_held_the_photo(
    tmp_path: Path, *, holds: bool
) -> None:
    candidate()  # skips when the model files are not here
    require("identity")
    camera = write_footage(tmp_path / "camera.mp4", [(30, HERE)])
    sound = write_wav(tmp_path / "sound.wav", tone(220, 40, 16_000))
    sealing = keys.create(tmp_path / "sealing.key", Purpose.SEALING)
    exam = Institution(tmp_path).exam(NOBODY_LISTENS, (sealing,))
    data = tmp_path / "data"
    words = monitor_words(exam, camera, sound, data)
    held = photographed(words)
    before = comparisons(data)
    second = Kiosk(words)
    try:
        second.say(stdio.HeldPhoto(held.blob, held.jpeg) if holds else stdio.HeldPhoto())
        if holds:
            wait_until(lambda: comparisons(data) > before, 60, "faces are not compared again")
            assert not_compared(data) == []
        else:
            wait_until(lambda: not_compared(data), 60, "nothing is said of the photo")
            assert "did not hold it" in not_compared(data)[0]
    finally:
        second.close()


@pytest.mark.slow
def test_an_institution_opens_what_its_exam_sealed_and_nobody_else(tmp_path: Path) -> None:
    candidate()  # skips when the model files are not here
    camera = write_footage(tmp_path / "camera.mp4", [(2, HERE), (6, None), (2, HERE)])
    sound = write_wav(tmp_path / "sound.wav", tone(220, 40, 16_000))
    (tmp_path / "secret").write_text("correct horse battery\n")
    secret = ("--passphrase-file", str(tmp_path / "secret"))
    sealing, signing = (str(tmp_path / f"{name}.key") for name in ("sealing", "signing"))
    made = run("keys", "new", sealing, "--for", "sealing", *secret)
    assert run("keys", "new", signing, "--no-passphrase").returncode == 0
    draft, exam = tmp_path / "draft.json", tmp_path / "test.exam"
    body = {"id": "x", "title": "X", "institution": "Example", "endpoint": NOBODY_LISTENS}
    more = {"notice": "We record.", "seal_to": [made.stdout.strip()]}
    policy = {"rules": {"face_missing": {"after_s": 2}}}
    draft.write_text(json.dumps({**body, **more, "policy": policy}))
    signed = run("exam", "sign", str(draft), "--key", signing, "-o", str(exam))
    assert signed.returncode == 0, signed.stderr
    data = tmp_path / "data"
    done = run(*monitor_words(exam, camera, sound, data), "--skip-preparation")
    assert done.returncode == NOT_DELIVERED, done.stderr
    (package,) = data.glob("*.evidence")
    opened = run("verify", str(package), "--key", sealing, *secret, "--json")
    opening = json.loads(opened.stdout)["opening"]
    assert opening["compared"] == opening["opened"] > 0
    assert (opening["problems"], opening["not_sealed"]) == ([], 0)
    page = tmp_path / "report.html"
    for key, shown in (((), 0), (("--key", sealing, *secret), opening["opened"])):
        report = run("report", str(package), *key, "-o", str(page))
        assert report.returncode == 0, report.stderr
        assert page.read_text().count("data:image/jpeg;base64,") == shown
    refused = run("report", str(package), "--key", signing, "-o", str(page))
    assert "one for sealing (X25519) is wanted" in refused.stderr
    locked = run("report", str(package), "--key", sealing, "-o", str(page))
    assert "protected by a passphrase" in locked.stderr
