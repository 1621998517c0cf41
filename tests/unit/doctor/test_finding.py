from __future__ import annotations

import json

from proctor_desktop.core.capability import Capability, Level
from proctor_desktop.doctor.finding import Finding, exit_code, missing, render, to_json

CLOCK = Finding(Capability("clock", Level.DETECTED, "It runs."), required=False)
QT = Finding(Capability("Qt", Level.NOT_POSSIBLE, "It is missing.", "Install it."), required=False)
CAMERA = Finding(
    Capability("camera", Level.NOT_POSSIBLE, "There is none.", "Plug one in."), required=True
)


def test_only_what_is_required_decides() -> None:
    assert exit_code((CLOCK, QT)) == 0
    assert exit_code((CLOCK, QT, CAMERA)) == 1
    assert missing((CLOCK, QT, CAMERA)) == ("camera",)


def test_a_gap_is_followed_by_its_fix() -> None:
    lines = render((CLOCK, CAMERA)).splitlines()
    assert lines[0] == "clock   detected      It runs."
    assert lines[1] == "camera  not possible  There is none."
    assert lines[2].strip() == "fix: Plug one in."
    assert lines[2].index("fix:") == lines[1].index("There")


def test_the_last_line_says_what_is_missing_in_plain_words() -> None:
    assert render((CLOCK, QT)).splitlines()[-1].startswith("Ready")
    last = render((CLOCK, CAMERA)).splitlines()[-1]
    assert last.startswith("Not ready")
    assert last.endswith("Missing: camera.")


def test_long_reasons_are_wrapped_under_their_own_column() -> None:
    long = Finding(Capability("disk", Level.DETECTED, "word " * 40), required=False)
    rows = render((long,), width_chars=60).splitlines()[:-2]
    assert len(rows) > 1
    assert all(len(row) <= 60 for row in rows)
    assert all(row.index("word") == rows[0].index("word") for row in rows)


def test_a_terminal_that_is_far_too_narrow_still_gets_the_words() -> None:
    assert "There is none." in render((CAMERA,), width_chars=10)


def test_json_holds_all_of_it() -> None:
    body = json.loads(json.dumps(to_json((CLOCK, CAMERA))))
    assert body["exit_code"] == 1
    assert body["missing"] == ["camera"]
    assert body["findings"][1] == {
        "name": "camera",
        "level": "not possible",
        "reason": "There is none.",
        "fix": "Plug one in.",
        "required": True,
    }
