"""The engine's input as the journal keeps it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Calibrated, Event, ExamEnded, ExamStarted, Happening, Tick
from proctor_desktop.core.moment import Moment
from proctor_desktop.core.observation import (
    CameraOpened,
    EyesSeen,
    FaceBox,
    FaceCompared,
    FacesSeen,
    FocusChanged,
    Gap,
    Gaze,
    HeadPose,
    Health,
    LivenessChecked,
    ObjectBox,
    ObjectsSeen,
    PictureSeen,
    SoundLevel,
    SoundSignal,
    Source,
    SourceHealth,
    SpeechHeard,
)
from proctor_desktop.wire import eventlog
from tests.playbook import Playbook, moment

numbers = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
counts = st.integers(0, 2**40)
boxes = st.builds(FaceBox, numbers, numbers, numbers, numbers, numbers, numbers)
things = st.builds(ObjectBox, text, numbers, numbers, numbers, numbers, numbers)
sources = st.sampled_from(Source)
happenings: st.SearchStrategy[Happening] = st.one_of(
    st.builds(FacesSeen, counts, st.lists(boxes, max_size=3).map(tuple)),
    st.builds(HeadPose, counts, numbers, numbers, numbers, numbers),
    st.builds(EyesSeen, counts, numbers, numbers, st.booleans()),
    st.builds(Gaze, counts, numbers, numbers, numbers, numbers),
    st.builds(ObjectsSeen, counts, st.lists(things, max_size=3).map(tuple)),
    st.builds(FaceCompared, counts, numbers),
    st.builds(LivenessChecked, counts, numbers),
    st.builds(PictureSeen, counts, numbers, numbers, numbers, st.booleans()),
    st.builds(CameraOpened, text, st.booleans()),
    st.builds(SoundSignal, numbers, st.booleans(), numbers),
    st.builds(SpeechHeard, numbers, numbers, numbers),
    st.builds(SoundLevel, numbers, numbers, st.booleans(), numbers),
    st.builds(FocusChanged, st.booleans(), text),
    st.builds(SourceHealth, sources, st.sampled_from(Health), text, counts),
    st.builds(Gap, sources, numbers, text),
    st.builds(Calibrated, numbers, st.none() | numbers),
    st.just(ExamStarted()),
    st.just(ExamEnded()),
    st.just(Tick()),
)


@given(happenings, st.integers(0, 2**62))
def test_what_went_through_json_is_the_same_event_again(what: Happening, mono_ns: int) -> None:
    line = json.loads(json.dumps(eventlog.dump(Event(Moment(mono_ns, moment(0).wall_utc), what))))
    event = eventlog.load(line)
    assert event.what == what
    assert type(event.what) is type(what)
    assert event.moment.mono_ns == mono_ns


def test_states_and_sources_come_back_as_what_they_are() -> None:
    told = SourceHealth(Source.CAMERA, Health.LOST, "unplugged", 3)
    event = eventlog.load(json.loads(json.dumps(eventlog.dump(Event(moment(1), told)))))
    assert isinstance(event.what, SourceHealth)
    assert event.what.state is Health.LOST
    assert event.what.source is Source.CAMERA


def test_an_exam_from_the_log_gives_the_same_violations_as_the_exam_itself() -> None:
    play = Playbook().opens("Lid").until(5).until(12, faces=0).focus("notes").until(20, yaw=40)
    play.opens("Dream", virtual=True).until(
        25, objects=("phone",), speech=1.0, poster_since=0
    ).end()
    lines = json.loads(json.dumps([eventlog.dump(event) for event in play.events]))
    engine = Engine(play.policy)
    again = [effect for line in lines for effect in engine.step(eventlog.load(line))]
    replayed = [(e.kind, e.data) for e in again if e.__class__.__name__ == "Record"]
    assert replayed == [(record.kind, record.data) for record in play.records]
    assert len(replayed) > 5


@pytest.mark.parametrize(
    "line",
    [
        [],
        [1],
        [1, "Telepathy"],
        [1, ["Tick"]],
        ["soon", "Tick"],
        [None, "Tick"],
        [float("inf"), "Tick"],
        [1, "Tick", 1],
        [1, "FacesSeen", 1],
        [1, "FacesSeen", 1, 5],
        [1, "FacesSeen", 1, [[0, 0, 1]]],
        [1, "FacesSeen", 1, [5]],
        [1, "SourceHealth", "toaster", "ok", "", 0],
        [1, "SourceHealth", "camera", "fine", "", 0],
        [1, "Gap", 3, 1.0, ""],
        5,
        None,
    ],
)
def test_a_line_that_is_no_event_is_refused(line: Any) -> None:
    with pytest.raises(eventlog.BadEvent):
        eventlog.load(line)


def test_a_line_of_an_older_program_has_the_defaults_of_what_came_later() -> None:
    line = [5, "SoundLevel", -50.0, -45.0, False, 0.5]
    assert eventlog.load(line).what == SoundLevel(-50.0, -45.0, active=False, span_s=0.5)


def test_but_what_never_had_a_default_may_not_be_missing() -> None:
    with pytest.raises(eventlog.BadEvent):
        eventlog.load([5, "SoundLevel", -50.0, -45.0, False])
