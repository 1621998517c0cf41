from __future__ import annotations

from proctor_desktop.core.observation import Gap, Source
from proctor_desktop.recording.intake import Intake
from tests.fakes.manual_clock import START
from tests.fakes.reports import Reports
from tests.fakes.screen_frames import screen_frame


def test_frames_come_out_in_the_order_they_went_in() -> None:
    intake = Intake(1.0, Reports())
    assert intake.put(screen_frame(1, 0))
    assert intake.put(screen_frame(2, 1))
    taken = [intake.take(0), intake.take(0), intake.take(0)]
    assert [frame.number if frame else None for frame in taken] == [1, 2, None]


def test_two_seconds_fit_and_a_span_of_dropped_frames_is_one_gap() -> None:
    reports = Reports()
    intake = Intake(2.0, reports)
    kept = [intake.put(screen_frame(n, n / 2)) for n in range(7)]
    assert kept == [True] * 4 + [False] * 3
    assert not reports.all

    intake.take(0)
    assert intake.put(screen_frame(7, 3.5))
    assert reports.all == [
        Gap(Source.SCREEN, 1.5, "3 screen frames not kept: the encoder was slower than the screen")
    ]


def test_a_span_that_lasts_to_the_end_is_told_at_the_end() -> None:
    reports = Reports()
    intake = Intake(1.0, reports)
    for n in range(3):
        intake.put(screen_frame(n, n))
    intake.end_gap(START.later(5))
    intake.end_gap(START.later(6))
    assert [gap.seconds for gap in reports.gaps] == [3.0]
