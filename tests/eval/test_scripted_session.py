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
from proctor_desktop.core.event import Calibrated, Event, ExamStarted, Happening, Tick
from proctor_desktop.core.frame import FRAMES_PER_S, Frame
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import FacesSeen, FocusChanged, HeadPose
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.core.sound import RATE_HZ
from proctor_desktop.demo.camera_file import pictures
from proctor_desktop.demo.candidate import Candidate
from proctor_desktop.demo.script import Script, scripted_session
from proctor_desktop.demo.voice import speak
from proctor_desktop.monitor.analysers import installed
from proctor_desktop.sound.hearing import Hearing
from proctor_desktop.sound.speech import SpeechDetector
from proctor_desktop.vision.analyst import Analyst
from proctor_desktop.vision.calibration import CalibrationOutcome, Collector
from proctor_desktop.vision.loading import load_models
from proctor_desktop.vision.reference_face import load_reference_face
from proctor_desktop.weights.installed import require

pytestmark = pytest.mark.slow

START = Moment(0, datetime(2026, 1, 1, tzinfo=UTC))
CALIBRATES_AT_S = 6.0
STARTS_AT_S = 12.0
BLOCK = RATE_HZ // 10

POLICY = preset_defaults(Preset.INTERVIEW)

Timed = tuple[float, Happening]


@pytest.fixture(scope="module")
def script() -> Script:
    return scripted_session()


@pytest.fixture(scope="module")
def seen(script: Script) -> list[Timed]:
    try:
        there, portrait = installed(), require("demo_portrait")
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    candidate = Candidate.from_portrait(portrait, there.vision.landmarker)
    collector = Collector(START.later(CALIBRATES_AT_S), gaze=False)
    happened: list[Timed] = []
    with load_models(there.vision) as models:
        analyst = Analyst(models, load_reference_face())
        for number, picture in enumerate(pictures(script, candidate, FRAMES_PER_S)):
            at_s = number / FRAMES_PER_S
            analysis, sight = analyst.analyse(Frame(number, START.later(at_s), picture))
            happened += [(at_s, what) for what in analysis.observations]
            if at_s >= CALIBRATES_AT_S and analyst.calibration is None:
                step = collector.add(sight)
                if isinstance(step, CalibrationOutcome):
                    analyst.calibration = step.calibration
    assert analyst.calibration is not None
    return happened


@pytest.fixture(scope="module")
def heard(script: Script) -> list[Timed]:
    speech = installed().speech
    ear = Hearing(None if speech is None else lambda: SpeechDetector(speech))
    blocks = speak(script.duration_s, (script.silence,)).astype(np.float32).reshape(-1, BLOCK)
    return [(n / 10, what) for n, block in enumerate(blocks, 1) for what in ear.hear(block)]


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
    engine = Engine(POLICY)
    engine.step(Event(START.later(STARTS_AT_S), Calibrated(0.3)))
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
    counted = {name for name, rule in POLICY.rules.items() if rule.penalty}
    assert [one for one in started if one[1] in script.honest and one[0] in counted] == []


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
