"""The demo's session, seen and heard by the product's own parts: exactly what the script says.

Pictures and sound are the rendered ones; vision, sound activity and rules are the real ones. Only
processes, devices, window focus and delivery are left out: they are the demo's own matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor_desktop.core.effect import Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.event import Event, ExamStarted, Happening, Tick
from proctor_desktop.core.frame import FRAMES_PER_S
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FacesSeen, FocusChanged, HeadPose
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.demo.camera_file import pictures
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.script import Script, scripted_session
from proctor_desktop.demo.voice import RATE_HZ, speak
from proctor_desktop.sound.activity import SoundActivity
from proctor_desktop.vision.analysis import observations
from proctor_desktop.vision.calibration import CalibrationOutcome, Collector, Neutral
from proctor_desktop.vision.geometry import fit
from proctor_desktop.vision.landmarker import VideoLandmarker
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import require

pytestmark = pytest.mark.slow

START = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))
CALIBRATES_AT_S = 6.0
STARTS_AT_S = 12.0
BLOCK = RATE_HZ // 10

Timed = tuple[float, Happening]


@pytest.fixture(scope="module")
def script() -> Script:
    return scripted_session()


@pytest.fixture(scope="module")
def seen(script: Script) -> list[Timed]:
    try:
        model, portrait = require("face_landmarker"), require("demo_portrait")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    candidate = Candidate.from_portrait(portrait, model)
    reference, collector, neutral = load_reference_face(), None, None
    happened: list[Timed] = []
    with VideoLandmarker(model) as landmarker:
        for number, picture in enumerate(pictures(script, candidate, FRAMES_PER_S)):
            at_s = number / FRAMES_PER_S
            meshes = landmarker.detect(picture, round(at_s * 1000) + 1)
            fits = [fit(mesh, reference) for mesh in meshes]
            if at_s >= CALIBRATES_AT_S and neutral is None:
                collector = collector or Collector(START.later(at_s))
                step = collector.add(START.later(at_s), fits[0] if fits else None, len(fits))
                neutral = step.neutral if isinstance(step, CalibrationOutcome) else None
            happened += [(at_s, what) for what in observations(number, fits, neutral)]
    assert isinstance(neutral, Neutral)
    return happened


@pytest.fixture(scope="module")
def heard(script: Script) -> list[Timed]:
    ear = SoundActivity()
    blocks = speak(script.duration_s, (script.silence,)).astype(np.float32).reshape(-1, BLOCK)
    levels = ((n / 10, ear.hear(block)) for n, block in enumerate(blocks, 1))
    return [(at_s, level) for at_s, level in levels if level is not None]


@pytest.fixture(scope="module")
def started(script: Script, seen: list[Timed], heard: list[Timed]) -> list[tuple[str, float]]:
    away = script.focus_away
    focus: list[Timed] = [
        (away.start_s, FocusChanged(inside=False, application="notes")),
        (away.end_s, FocusChanged(inside=True, application="")),
    ]
    happened = sorted((*seen, *heard, *focus), key=lambda one: one[0])
    return list(_violations(happened))


def _violations(happened: list[Timed]) -> Iterator[tuple[str, float]]:
    """Rule and start of every violation, in the order in which they started."""
    engine = Engine(preset_defaults(Preset.INTERVIEW))
    engine.step(Event(START.later(STARTS_AT_S), ExamStarted()))
    for at_s, what in happened:
        if at_s < STARTS_AT_S:
            continue
        moment = START.later(at_s)
        for effect in (*engine.step(Event(moment, what)), *engine.step(Event(moment, Tick()))):
            if isinstance(effect, Record) and effect.kind == "violation.start":
                yield effect.data["rule"], at_s


def _between(happened: list[Timed], start_s: float, end_s: float) -> list[Happening]:
    return [what for at_s, what in happened if start_s <= at_s < end_s]


def test_every_expected_violation_is_found_once(
    script: Script, started: list[tuple[str, float]]
) -> None:
    for expected in script.expected:
        assert sum(expected.admits(*one) for one in started) == 1, (expected, started)


def test_nothing_else_is_found_least_of_all_in_the_honest_part(
    script: Script, started: list[tuple[str, float]]
) -> None:
    foreseen = (*script.expected, *script.tolerated)
    assert [one for one in started if not any(e.admits(*one) for e in foreseen)] == []
    assert [one for one in started if one[1] in script.honest] == []


def test_the_honest_candidate_moves_and_stays_well_within_the_limits(
    script: Script, seen: list[Timed]
) -> None:
    honest = _between(seen, script.honest.start_s, script.honest.end_s)
    poses = [what for what in honest if isinstance(what, HeadPose)]
    yaws = [pose.yaw_deg for pose in poses]
    assert len(poses) == script.honest.duration_s * FRAMES_PER_S
    assert 5 < max(map(abs, yaws)) < 15
    assert max(abs(pose.pitch_deg) for pose in poses) < 8


def test_the_second_person_is_seen_in_every_picture_they_stand_in(seen: list[Timed]) -> None:
    faces = [what for what in _between(seen, 57.6, 61) if isinstance(what, FacesSeen)]
    assert all(len(one.faces) == 2 for one in faces)
    assert all(abs(one.faces[0].centre[0] - 0.5) < 0.1 for one in faces)
