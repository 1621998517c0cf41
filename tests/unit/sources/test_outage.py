from __future__ import annotations

from proctor_desktop.core.observation import Gap, Health, Source, SourceHealth
from proctor_desktop.sources.outage import Outage
from tests.fakes.manual_clock import ManualClock
from tests.fakes.reports import Reports


def test_an_outage_is_told_once_and_becomes_a_gap_when_it_is_over() -> None:
    clock, reports = ManualClock(), Reports()
    outage = Outage(Source.CAMERA, clock, reports)

    outage.over("fine")
    outage.over("fine")
    outage.begin("unplugged")
    clock.advance(3.5)
    outage.begin("still unplugged")
    outage.over("fine")

    assert reports.all == [
        SourceHealth(Source.CAMERA, Health.OK, "fine"),
        SourceHealth(Source.CAMERA, Health.LOST, "unplugged"),
        Gap(Source.CAMERA, 3.5, "unplugged"),
        SourceHealth(Source.CAMERA, Health.OK, "fine"),
    ]


def test_an_outage_that_lasts_to_the_end_is_a_gap_too() -> None:
    clock, reports = ManualClock(), Reports()
    outage = Outage(Source.SCREEN, clock, reports)
    outage.begin("no display")
    clock.advance(2)

    outage.close()
    outage.close()

    assert reports.gaps == [Gap(Source.SCREEN, 2.0, "no display")]


def test_the_end_of_a_file_is_no_gap() -> None:
    reports = Reports()
    outage = Outage(Source.CAMERA, ManualClock(), reports)
    outage.ended("the file ended")
    outage.close()

    assert reports.states == [(Health.LOST, "the file ended")]
    assert not reports.gaps


def test_skipped_items_are_told_only_when_there_were_any() -> None:
    reports = Reports()
    outage = Outage(Source.CAMERA, ManualClock(), reports)
    outage.skipped(0, "pictures skipped")
    outage.skipped(4, "pictures skipped")

    assert reports.all == [SourceHealth(Source.CAMERA, Health.OK, "4 pictures skipped", 4)]
