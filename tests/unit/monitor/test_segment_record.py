"""The record that names a piece of screen video."""

from __future__ import annotations

from pathlib import Path

from proctor_desktop.monitor.segment_record import segment_data
from proctor_desktop.recording.segment import Segment
from tests.playbook import moment


def test_it_says_when_how_much_and_in_which_form() -> None:
    segment = Segment(Path("a.part"), moment(1), moment(11), 10, 1920, 1080, "av1")
    assert segment_data(segment) == {
        "source": "screen",
        "started": "2026-01-01T00:00:01.000000Z",
        "ended": "2026-01-01T00:00:11.000000Z",
        "frames": 10,
        "width": 1920,
        "height": 1080,
        "codec": "av1",
    }


def test_it_names_the_programs_that_were_active() -> None:
    segment = Segment(Path("a.part"), moment(1), moment(11), 10, 1920, 1080, titles=("Answers",))
    data = segment_data(segment, ("firefox", "xterm"))
    assert (data["programs"], data["titles"]) == (["firefox", "xterm"], ["Answers"])
