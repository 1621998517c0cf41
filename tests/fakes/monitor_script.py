"""A monitor that only talks: speaks the stdio protocol without any camera or journal.

Started as a child process by the kiosk's tests:
``python monitor_script.py --data DIR [--scenario NAME] [--tick S]``. The phase is kept in DIR, so
that a second life goes on where the first one ended, as the real monitor does.

Scenarios: ``calm`` (default), ``dies`` (once, at the start of the exam), ``always-dies``, ``mute``
(dies without a word), ``garbles`` (one line that is no message), ``fatal``, ``camera-trouble``,
``events`` (toasts and lost devices during the exam), ``offline`` (nothing is ever delivered),
``stubborn`` (does not answer a candidate who leaves), ``dies-at-a-dot`` (once, in a calibration
during the exam), ``unfollowed`` (the eyes do not follow the dots), ``unseen`` (calibrations fail).
"""

from __future__ import annotations

import argparse
import base64
import os
import queue
import sys
import threading
import time
from pathlib import Path

from proctor_desktop.core.session import Phase
from proctor_desktop.wire import stdio

NOTICE = stdio.Notice(
    exam="Introduction to Statistics, final exam",
    institution="Example University",
    text=(
        "During this exam your camera, your microphone and your screen are observed on your own "
        "computer.\n\nPictures are kept only where something was observed that the exam's rules "
        "name, for example that no face could be seen for some seconds. They are sent to Example "
        "University, are seen by the exam's proctors only, and are deleted after 90 days unless "
        "an appeal is open.\n\nWhether an observation means anything is decided by a person. You "
        "may see what was recorded about you and comment on it.\n\nQuestions: "
        "exams@example.edu, or at the desk in room 101. If you do not agree you can sit the exam "
        "in room 101 instead; nothing is held against you."
    ),
    sha256="ab" * 32,
    signer="5f" * 32,
    limits=["clipboard: This version watches; it does not lock the computer down."],
)
STEPS = (
    stdio.CalibrationStep(0.0, "Move a little closer", [0.5, 0.5]),
    stdio.CalibrationStep(0.1, "More light on your face, please", [0.5, 0.5]),
    stdio.CalibrationStep(0.2, "Please hold still and look at the dot", [0.5, 0.5]),
    stdio.CalibrationStep(0.3, "Look at the dot in the corner", [0.04, 0.04]),
    stdio.CalibrationStep(0.4, "Look at the dot in the corner", [0.96, 0.04]),
    stdio.CalibrationStep(0.5, "Look at the dot in the corner", [0.96, 0.96]),
    stdio.CalibrationStep(0.6, "Look at the dot in the corner", [0.04, 0.96]),
    stdio.CalibrationStep(0.7, "Look at the dot", [0.5, 0.5]),
    stdio.CalibrationStep(0.8, "Look at the dot", [0.2, 0.4]),
    stdio.CalibrationStep(0.9, "Look at the dot", [0.8, 0.6]),
)
FIRST_CORNER = 3
CALIBRATED = stdio.CalibrationStep(1.0, "", done=True, error_deg=0.8, gaze_error_deg=3.6)
ENDS = {
    "unfollowed": stdio.CalibrationStep(
        1.0, "the eyes did not follow the dots", done=True, error_deg=0.8
    ),
    "unseen": stdio.CalibrationStep(1.0, "no face was seen for long enough", done=True),
}
EVENTS = {
    4: stdio.Toast("face_missing", "We can't see your face."),
    5: stdio.Toast("face_missing", "We can't see your face."),
    8: stdio.Toast("focus_lost", "Another window is in front of the exam."),
    12: stdio.Toast("prolonged_silence", "We have not heard anything for a while."),
    16: stdio.Toast(
        "seat_drift", "You sit differently from when we calibrated. Calibrate again if you like."
    ),
}


class FakeMonitor:
    """The phases one after the other, moved on by what the kiosk says."""

    def __init__(self, data: Path, scenario: str, tick_s: float) -> None:
        self.file = data / "phase"
        self.scenario = scenario
        self.tick_s = tick_s
        self.phase = Phase(self.file.read_text()) if self.file.exists() else Phase.OPENED
        self.lives = self._count_life(data / "lives")
        self.preview = False
        self.ticks = 0
        self.exam_ticks = 0
        self.calibrating = -1
        self.delivered = 0
        self.heard: queue.Queue[stdio.Upward | None] = queue.Queue()
        self.log = data / "heard"

    def run(self) -> int:
        """Talk until the input ends."""
        if self.scenario == "mute":
            sys.stderr.write("RuntimeError: no words\n")
            return 3
        threading.Thread(target=self._listen, daemon=True, name="listener").start()
        self.move(self.phase)
        self.say(NOTICE)
        if self.scenario == "fatal":
            self.say(
                stdio.Trouble(
                    "The disk",
                    "Only 12 MB are free where the recording is kept.",
                    "Free at least 2 GB, then choose 'Try again'.",
                    fatal=True,
                )
            )
            return 1
        if self.scenario == "camera-trouble":
            self.say(
                stdio.Trouble(
                    "The camera",
                    "Another program uses it",
                    "Close that program; the exam goes on without the camera until then.",
                )
            )
        if self.scenario == "garbles":
            sys.stdout.write("this is no message\n")
        return self.loop()

    def loop(self) -> int:
        """One tick after the other."""
        while True:
            try:
                message = self.heard.get(timeout=self.tick_s)
            except queue.Empty:
                self.tick()
                continue
            if message is None:
                return 0
            self.hear(message)

    def hear(self, message: stdio.Upward) -> None:
        """Do what the candidate asks."""
        with self.log.open("a") as log:
            log.write(stdio.to_line(message) + "\n")
        if self.scenario == "stubborn" and isinstance(message, stdio.FinishExam):
            return
        match message:
            case stdio.Consent(given=True):
                self.move(Phase.CONSENTED)
            case stdio.Consent(given=False):
                self.move(Phase.CLOSED)
            case stdio.WantPreview(on=on):
                self.preview = on
            case stdio.TakePhoto():
                self.say(stdio.HoldPhoto("the photo", "AAAA"))
                self.move(Phase.IDENTIFIED)
            case stdio.SkipStep() if self.phase is Phase.CONSENTED:
                self.move(Phase.IDENTIFIED)
            case stdio.SkipStep() if self.phase is Phase.IDENTIFIED:
                self.move(Phase.CALIBRATED)  # and the steps go on, as from the real monitor
            case stdio.Calibrate():
                self.calibrating = 0
            case stdio.StartExam():
                self.move(Phase.RUNNING)
            case stdio.FinishExam():
                self.finish()
            case _:
                return

    def finish(self) -> None:
        """Close, let the upload be seen, and end."""
        self.move(Phase.CLOSED)
        offline = self.scenario == "offline"
        for _ in range(4):
            time.sleep(self.tick_s)
            self.delivered = 0 if offline else self.delivered + 10
            self.snapshot(pending=40 - self.delivered)
        export = str(self.file.parent / "session.evidence")
        score = (None, None) if offline else (93.0, "green")
        self.say(stdio.Ended(export, 40 - self.delivered, *score))

    def tick(self) -> None:
        """What is said without being asked."""
        self.ticks += 1
        self.snapshot(pending=3)
        if self.preview:
            self.say(stdio.Preview(portrait(self.ticks)))
        if self.calibrating >= 0:
            self.calibrate()
        if self.phase is Phase.RUNNING:
            self.run_exam()

    def calibrate(self) -> None:
        """A step a tick; the same before the exam and in it."""
        if self.calibrating < len(STEPS):
            self.say(STEPS[self.calibrating])
            if self.calibrating == FIRST_CORNER and self.phase is Phase.RUNNING:
                self.perhaps_die("dies-at-a-dot")
            self.calibrating += 1
            return
        self.calibrating = -1
        self.say(ENDS.get(self.scenario, CALIBRATED))
        if self.phase is not Phase.RUNNING:
            self.move(Phase.CALIBRATED)

    def perhaps_die(self, scenario: str) -> None:
        """Crash in the first life, if this is what is played."""
        if self.scenario == scenario and self.lives == 1:
            sys.stderr.write("Segmentation fault in a library\n")
            os._exit(11)

    def run_exam(self) -> None:
        """The scenario's own events."""
        self.exam_ticks += 1
        if self.scenario == "events" and self.exam_ticks in EVENTS:
            self.say(EVENTS[self.exam_ticks])
        self.perhaps_die("dies")
        if self.scenario == "always-dies":
            sys.stderr.write("Segmentation fault in a library\n")
            os._exit(11)

    def snapshot(self, pending: int) -> None:
        """How everything stands."""
        away = self.scenario == "events" and self.exam_ticks % 16 in range(3, 8)
        sources = {"camera": "ok", "vision": "ok", "microphone": "ok", "screen": "ok"}
        if self.scenario == "events":
            sources["microphone"] = "lost"
        if self.scenario == "camera-trouble":
            sources["camera"] = "lost"
        self.say(
            stdio.Snapshot(
                elapsed_s=self.ticks * 1.0,
                faces=0 if away else 1,
                yaw_deg=None,
                pitch_deg=None,
                sound_dbfs=-40.0,
                sources=sources,
                pending=pending,
                delivered=self.delivered,
                online=self.scenario != "offline",
                open_violations=[],
            )
        )

    def move(self, phase: Phase) -> None:
        """Be in ``phase`` and remember it."""
        self.phase = phase
        self.file.write_text(phase.value)
        self.say(stdio.PhaseIs(phase))

    def say(self, message: stdio.Downward) -> None:
        """One line."""
        sys.stdout.write(stdio.to_line(message) + "\n")
        sys.stdout.flush()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.heard.put(stdio.upward(line))
        self.heard.put(None)

    def _count_life(self, file: Path) -> int:
        lives = int(file.read_text()) + 1 if file.exists() else 1
        file.write_text(str(lives))
        return lives


def portrait(tick: int) -> str:
    """A drawn head that sways a little, as base64 JPEG."""
    import cv2  # noqa: PLC0415 - slow to import, and only wanted for pictures
    import numpy as np  # noqa: PLC0415

    image = np.full((stdio.PREVIEW_HEIGHT_PX, stdio.PREVIEW_WIDTH_PX, 3), 205, np.uint8)
    image[:, :, 0] = np.linspace(225, 190, stdio.PREVIEW_HEIGHT_PX)[:, None]
    across = 160 + int(6 * np.sin(tick / 3))
    cv2.ellipse(image, (across, 235), (95, 70), 0, 180, 360, (120, 96, 70), -1)
    cv2.rectangle(image, (across - 18, 150), (across + 18, 190), (150, 175, 215), -1)
    cv2.ellipse(image, (across, 112), (46, 60), 0, 0, 360, (160, 186, 226), -1)
    cv2.ellipse(image, (across, 92), (50, 46), 0, 180, 360, (48, 56, 72), -1)
    for side in (-18, 18):
        cv2.circle(image, (across + side, 112), 5, (60, 60, 60), -1)
    cv2.ellipse(image, (across, 138), (16, 7), 0, 10, 170, (90, 100, 170), 2)
    return base64.b64encode(cv2.imencode(".jpg", image)[1].tobytes()).decode("ascii")


def main() -> int:
    """Parse what the tests and the kiosk pass, and talk."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--scenario", default="calm")
    options.add_argument("--tick", type=float, default=0.02)
    options.add_argument("--exam-pid", type=int, default=0)
    given = options.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    (given.data / "exam_pid").write_text(str(given.exam_pid))
    return FakeMonitor(given.data, given.scenario, given.tick).run()


if __name__ == "__main__":
    sys.exit(main())
