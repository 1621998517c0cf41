"""The lines between kiosk and monitor."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_desktop.core.session import Phase
from proctor_desktop.wire import stdio

SNAPSHOT = stdio.Snapshot(
    elapsed_s=3.2,
    faces=1,
    yaw_deg=-2.5,
    pitch_deg=None,
    sound_dbfs=-40.0,
    sources={"camera": "ok"},
    pending=3,
    delivered=40,
    online=True,
    open_violations=["head_turned"],
)
DOWNWARD: list[stdio.Downward] = [
    stdio.PhaseIs(Phase.RUNNING, "Good luck."),
    stdio.Notice("Algebra", "Example University", "We record.", "00", "11", ["clipboard: no"]),
    stdio.HoldPhoto("22", "AAAA"),
    SNAPSHOT,
    stdio.Preview("AAAA"),
    stdio.CalibrationStep(1.0, "", done=True, error_deg=0.4, gaze_error_deg=2.5),
    stdio.Toast("face_missing", "We can't see your face."),
    stdio.Trouble("camera 0", "busy", "Close it.", True),
    stdio.Ended("/tmp/x.evidence", 0, 95.0, "green"),  # noqa: S108 - a name in a message
]
UPWARD: list[stdio.Upward] = [
    stdio.HeldPhoto("22", "AAAA"),
    stdio.Consent(True, "00", "en"),
    stdio.TakePhoto(),
    stdio.Calibrate(),
    stdio.SkipStep("no camera"),
    stdio.StartExam(),
    stdio.FinishExam(),
    stdio.WantPreview(True),
]


@pytest.mark.parametrize("message", DOWNWARD, ids=lambda m: m.type)
def test_what_monitor_says_arrives_as_it_was(message: stdio.Downward) -> None:
    assert stdio.downward(stdio.to_line(message)) == message


@pytest.mark.parametrize("message", UPWARD, ids=lambda m: m.type)
def test_what_the_candidate_does_arrives_as_it_was(message: stdio.Upward) -> None:
    assert stdio.upward(stdio.to_line(message)) == message


@given(st.text())
def test_a_message_is_one_line_whatever_text_is_in_it(text: str) -> None:
    line = stdio.to_line(stdio.Toast("rule", text))
    assert "\n" not in line
    assert "\r" not in line
    assert stdio.downward(line) == stdio.Toast("rule", text)


def test_the_type_comes_first() -> None:
    assert stdio.to_line(stdio.TakePhoto()) == '{"type":"take_photo"}'
    assert next(iter(json.loads(stdio.to_line(SNAPSHOT)))) == "type"


def test_every_type_is_named_once() -> None:
    names = [message.type for message in (*DOWNWARD, *UPWARD)]
    assert len(names) == len(set(names))


def test_neither_side_takes_the_others_messages() -> None:
    with pytest.raises(stdio.BadLine, match="unknown message"):
        stdio.upward(stdio.to_line(SNAPSHOT))
    with pytest.raises(stdio.BadLine, match="unknown message"):
        stdio.downward(stdio.to_line(stdio.StartExam()))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '"start_exam"',
        "{}",
        '{"type":"make_tea"}',
        '{"type":["start_exam"]}',
        '{"type":"start_exam","now":true}',
        '{"type":"consent","given":true}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(stdio.BadLine):
        stdio.upward(line)


def test_a_phase_that_does_not_exist_is_refused_like_any_other_bad_line() -> None:
    with pytest.raises(stdio.BadLine, match="no_such"):
        stdio.downward('{"type":"phase","phase":"no_such","detail":""}')


def test_numbers_that_json_does_not_have_are_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        stdio.to_line(stdio.CalibrationStep(float("nan"), ""))
