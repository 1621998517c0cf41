"""The time line is drawn to scale and keeps within its frame."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proctor_desktop.export.report.sitting import Sitting, Span, ToldClip, ToldViolation
from proctor_desktop.export.report.timeline import timeline

WALL = datetime(2026, 11, 20, tzinfo=UTC)


def session(length_s: float, *violations: ToldViolation) -> Sitting:
    told = Sitting(length_s=length_s, exam_started_s=0.0)
    told.violations = {one.number: one for one in violations}
    return told


def test_bars_stand_where_their_time_is() -> None:
    drawn = timeline(session(100.0, ToldViolation(1, "x", 25.0, WALL, duration_s=50.0)))
    (bar,) = drawn.lanes[0].bars
    width = drawn.right - drawn.left
    assert bar.x == pytest.approx(drawn.left + width / 4, abs=0.1)
    assert bar.width == pytest.approx(width / 2, abs=0.1)


def test_a_blink_is_still_visible_and_within_the_frame() -> None:
    drawn = timeline(session(36000.0, ToldViolation(1, "x", 36000.0, WALL, duration_s=0.0)))
    (bar,) = drawn.lanes[0].bars
    assert bar.width >= 4
    assert bar.x + bar.width <= drawn.right + 0.1


def test_weight_is_told_by_height_and_not_by_colour_alone() -> None:
    severities = ("high", "medium", "low", "info")
    told = session(
        10.0, *(ToldViolation(n, s, 1.0, WALL, severity=s) for n, s in enumerate(severities))
    )
    heights = [lane.bars[0].height for lane in timeline(told).lanes]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4


def test_what_was_not_recorded_has_its_own_lane() -> None:
    told = session(60.0)
    told.absences.append(Span("camera", 10.0, 20.0, "unplugged"))
    (lane,) = timeline(told).lanes
    assert lane.name == "Not recorded"
    assert lane.bars[0].title == "camera, 10.0 s: unplugged"


def test_clips_have_their_own_lane_and_name_their_violations() -> None:
    told = session(60.0)
    told.clips.append(ToldClip((3, 4), "camera", Span("camera", 10.0, 20.0), "video", None))
    (lane,) = timeline(told).lanes
    assert lane.name == "Clips kept"
    assert lane.bars[0].title == "camera clip, 10.0 s: no. 3, no. 4"
    assert lane.bars[0].style == "clip"


@pytest.mark.parametrize("length_s", [0.0, 1.0, 59.0, 90.0, 14400.0, 1e9])
def test_there_are_never_too_many_ticks(length_s: float) -> None:
    drawn = timeline(session(length_s))
    assert 1 <= len(drawn.ticks) <= 101
    if length_s <= 86400 * 10:
        assert len(drawn.ticks) <= 12


def test_ticks_count_from_the_start_of_the_exam() -> None:
    told = Sitting(length_s=90.0, exam_started_s=30.0)
    labels = [tick.label for tick in timeline(told).ticks]
    assert labels[:4] == ["-00:30", "-00:20", "-00:10", "00:00"]
