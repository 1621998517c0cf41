"""What can happen to a camera and a microphone in an exam, with the real monitor as a process.

One sitting of 43 s is watched: a film is the camera, so it is known to the frame when what begins
and ends; PulseAudio is the microphone, and the test is the candidate who mutes it and pulls it out.
"""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from proctor_desktop.core.chain import Record, decode
from proctor_desktop.core.moment import NS_PER_S
from proctor_desktop.demo.portrait import Picture
from proctor_desktop.demo.pose import ABSENT, Pose
from proctor_desktop.demo.sway import sway
from proctor_desktop.export.replay import replay
from proctor_desktop.export.verify import Trust
from proctor_desktop.journal.session_folder import existing
from tests.fakes.footage import FPS, candidate, write_film
from tests.fakes.institution import Institution
from tests.fakes.journals import head_seq
from tests.fakes.media import tone, write_wav
from tests.fakes.program import monitor_words, start, stop, wait_until
from tests.fakes.rooms import hand, lived_in, room
from tests.fakes.sound_server import SoundServer, sound_server

pytestmark = pytest.mark.slow

NOBODY_LISTENS = "http://127.0.0.1:9"
WITHIN_S = 3.0
PICTURES = 8
SOUND_S = 90
ANOTHER_ROOM = 7
INTO_THE_MIDDLE = Pose(shift_x_px=-190)

SCENES = (
    ("honest", 10.0),
    ("black", 4.0),
    ("honest", 4.0),
    ("hand", 4.0),
    ("honest", 4.0),
    ("frozen", 5.0),
    ("honest", 4.0),
    ("another room", 4.0),
    ("honest", 4.0),
)
ENDS_S = sum(seconds for _, seconds in SCENES)


def scenes() -> dict[str, list[Picture]]:
    """The pictures of each scene; all but one with a sensor's noise, never twice the same."""
    here = candidate()
    elsewhere = replace(here, room=room(ANOTHER_ROOM))
    sways = [sway(number / FPS, 1.0) for number in range(4 * FPS)]
    honest = [here.render(pose, seed=seed) for seed, pose in enumerate(sways)]
    return {
        "honest": honest,
        "black": lived_in(np.zeros_like(honest[0]), PICTURES),
        "hand": lived_in(hand(120), PICTURES),
        "frozen": honest[:1],
        "another room": [
            elsewhere.render(ABSENT, pose.plus(INTO_THE_MIDDLE), seed)
            for seed, pose in enumerate(sways)
        ],
    }


def span_s(scene: str) -> tuple[float, float]:
    """When a scene begins and ends in the film."""
    ends = list(itertools.accumulate(seconds for _, seconds in SCENES))
    at = [name for name, _ in SCENES].index(scene)
    return ends[at] - SCENES[at][1], ends[at]


@dataclass(frozen=True)
class Committed:
    """A record, and when it was safe on disk by the monotonic clock."""

    record: Record
    at_ns: int


def journal(data: Path) -> list[Committed]:
    """All that the newest session has on disk."""
    with closing(
        sqlite3.connect(f"file:{existing(data)[-1].path}/journal.db?mode=ro", uri=True)
    ) as db:
        rows = db.execute("SELECT bytes, committed_ns FROM records ORDER BY seq").fetchall()
    return [Committed(decode(raw), at_ns) for raw, at_ns in rows]


class Sitting:
    """The monitor's journal, while it runs and afterwards."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.done_ns: dict[str, int] = {}

    def did(self, what: str) -> None:
        """Note that something was done to the microphone just now."""
        self.done_ns[what] = time.monotonic_ns()

    @property
    def began_ns(self) -> int:
        """When the film began."""
        return next(
            event[0]
            for one in journal(self.data)
            if one.record.kind == "observations"
            for event in one.record.data["events"]
            if event[1] == "CameraOpened"
        )

    def of(self, kind: str, **data: str) -> list[Committed]:
        """The records of this kind whose data say this."""
        return [
            one
            for one in journal(self.data)
            if one.record.kind == kind and data.items() <= one.record.data.items()
        ]

    def wait_for(self, count: int, kind: str, **data: str) -> None:
        """Wait until so many such records are there."""
        wait_until(lambda: len(self.of(kind, **data)) >= count, 15, f"{kind} {data}")

    def after_s(self, at_ns: int, kind: str, **data: str) -> float:
        """How long after a moment the next such record was on disk."""
        late = [one.at_ns - at_ns for one in self.of(kind, **data) if one.at_ns >= at_ns]
        assert late, f"no {kind} {data} after that"
        return min(late) / NS_PER_S

    def film_ns(self, at_s: float) -> int:
        """A moment of the film by the monotonic clock."""
        return self.began_ns + round(at_s * NS_PER_S)


def touch_the_microphone(server: SoundServer, sound: Path, sitting: Sitting) -> None:
    """Mute it, undo that, pull it out, put it back: each as soon as the last was noticed."""
    with server.playing(sound):
        time.sleep(3)
        server.mute(True)
        sitting.did("mute")
        sitting.wait_for(1, "violation.start", rule="dead_microphone")
        server.mute(False)
        sitting.did("unmute")
        sitting.wait_for(1, "violation.end", rule="dead_microphone")
        time.sleep(3)
        server.unplug()
        sitting.did("unplug")
        sitting.wait_for(2, "violation.start", rule="dead_microphone")
    server.plug_in()
    with server.playing(sound):
        sitting.did("plug in")
        sitting.wait_for(2, "violation.end", rule="dead_microphone")
        wait_until(lambda: bool(sitting.of("session.close")), 60, "the film did not end")


@pytest.fixture(scope="module")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """The whole sitting, over."""
    folder = tmp_path_factory.mktemp("devices")
    shown = scenes()
    camera = write_film(folder / "film.mkv", [(s, shown[name]) for name, s in SCENES])
    sound = write_wav(folder / "sound.wav", busy_room())
    exam = Institution(folder).exam(NOBODY_LISTENS)
    seen, log = Sitting(folder / "data"), folder / "log"
    with pytest.MonkeyPatch.context() as patch, sound_server(folder / "pulse") as server:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        words = monitor_words(exam, camera, Path("default"), seen.data)
        process = start([*words, "--skip-preparation"], log)
        try:
            wait_until(lambda: head_seq(seen.data) > 0, 30, "no session")
            wait_until(lambda: bool(seen.of("exam.start")), 30, log.read_text())
            touch_the_microphone(server, sound, seen)
            yield seen
        finally:
            stop(process)


def busy_room() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Noise, and a tone every other second: nobody speaks, and it is not silent either."""
    rate_hz = 16_000
    noise = np.random.default_rng(1).normal(0, 0.003, SOUND_S * rate_hz)
    on = np.arange(len(noise)) // rate_hz % 2 == 0
    return noise + tone(220, SOUND_S, rate_hz, 0.2) * on


@pytest.mark.parametrize(
    ("scene", "rule"),
    [("black", "camera_covered"), ("hand", "camera_covered"), ("frozen", "frozen_camera")],
)
def test_a_covered_and_a_frozen_camera_are_told_in_time_and_so_is_their_end(
    sitting: Sitting, scene: str, rule: str
) -> None:
    begins_s, ends_s = span_s(scene)
    assert sitting.after_s(sitting.film_ns(begins_s), "violation.start", rule=rule) <= WITHIN_S
    ended = sitting.after_s(sitting.film_ns(ends_s), "violation.end", rule=rule, ended="cleared")
    assert ended <= WITHIN_S


def test_another_scene_is_told_in_time_and_so_is_the_way_back(sitting: Sitting) -> None:
    for at_s in span_s("another room"):
        for kind in ("violation.start", "violation.end"):
            late_s = sitting.after_s(sitting.film_ns(at_s), kind, rule="camera_changed")
            assert late_s <= WITHIN_S, kind


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("mute", "violation.start"),
        ("unmute", "violation.end"),
        ("unplug", "violation.start"),
        ("plug in", "violation.end"),
    ],
)
def test_a_microphone_that_is_muted_or_pulled_out_is_told_in_time(
    sitting: Sitting, what: str, kind: str
) -> None:
    late_s = sitting.after_s(sitting.done_ns[what], kind, rule="dead_microphone")
    assert late_s <= WITHIN_S


def test_a_microphone_that_is_gone_has_its_state_and_its_gap_recorded(sitting: Sitting) -> None:
    gone, back = sitting.done_ns["unplug"], sitting.done_ns["plug in"]
    assert sitting.after_s(gone, "source", source="microphone", state="lost") <= WITHIN_S
    assert sitting.after_s(back, "source", source="microphone", state="ok") <= WITHIN_S
    (gap,) = sitting.of("gap", source="microphone")
    assert gap.at_ns >= back


def test_the_end_of_the_film_is_told_in_time(sitting: Sitting) -> None:
    late_s = sitting.after_s(
        sitting.film_ns(ENDS_S - 1),
        "source",
        source="camera",
        state="lost",
        reason="the file ended",
    )
    assert late_s <= 1 + WITHIN_S
    assert sitting.of("session.close")


def test_nothing_else_accuses_the_candidate(sitting: Sitting) -> None:
    started = sorted(one.record.data["rule"] for one in sitting.of("violation.start"))
    assert started == [
        *("camera_changed", "camera_changed", "camera_covered", "camera_covered"),
        *("dead_microphone", "dead_microphone", "frozen_camera"),
    ]


def test_a_replay_comes_to_the_same(sitting: Sitting) -> None:
    wait_until(lambda: bool(list(sitting.data.glob("*.evidence"))), 30, "no export")
    (package,) = sitting.data.glob("*.evidence")
    assert replay(package, Trust()).same
