"""What the records themselves say is not there becomes a gap line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.core.moment import Moment
from proctor_desktop.export.verify import Gap, Outcome, Verdict
from tests.fakes.sealed_session import SealedSession

Judge = Callable[..., Verdict]


@pytest.fixture
def running(folder: Path) -> SealedSession:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("exam.start")
    return sitting


def the_gap(judge: Judge, sitting: SealedSession) -> Gap:
    sitting.close()
    verdict = judge(sitting)
    assert verdict.outcome is Outcome.GAPS
    (gap,) = verdict.gaps
    return gap


def test_a_gap_record_is_a_gap_with_its_seconds_and_reason(
    judge: Judge, running: SealedSession
) -> None:
    running.record("gap", {"source": "camera", "seconds": 4.25, "reason": "unplugged"})
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("gap", 4.25)
    assert gap.text == "record 4: camera has nothing to show for 4.2 s: unplugged"


def test_what_was_not_captured_is_a_gap(judge: Judge, running: SealedSession) -> None:
    running.record("not_captured", {"what": "a still", "reason": "disk full"})
    gap = the_gap(judge, running)
    assert gap.text == "record 4: a still was not captured: disk full"


def test_a_restart_is_a_gap_with_the_time_it_cost(judge: Judge, running: SealedSession) -> None:
    running.record("restart", {"reason": "killed", "after_seq": 3}, after_s=7)
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("restart", 7.0)
    assert "killed" in gap.text


@pytest.mark.parametrize(
    "data",
    [{}, {"seconds": "4", "source": 1}, {"seconds": True}, {"seconds": 10**400, "reason": []}],
)
def test_a_gap_record_that_makes_no_sense_is_still_a_gap(
    judge: Judge, running: SealedSession, data: dict[str, Any]
) -> None:
    running.record("gap", data)
    gap = the_gap(judge, running)
    assert gap.seconds is None
    assert "not stated" in gap.text


def test_a_gap_of_infinite_seconds_is_still_a_gap(judge: Judge, running: SealedSession) -> None:
    before = running.head
    running.record("gap", {"seconds": 1234.5})
    raw = running.log.pop()
    running.head = before
    running.append(raw.replace(b"1234.5", b"1e9999"))
    assert the_gap(judge, running).seconds is None


@pytest.mark.parametrize(("jump_s", "told"), [(3600.0, "+3600.0"), (-86400.0, "-86400.0")])
def test_a_clock_that_jumps_is_a_gap(
    judge: Judge, running: SealedSession, jump_s: float, told: str
) -> None:
    running.now = Moment(running.now.mono_ns, running.now.wall_utc + timedelta(seconds=jump_s))
    running.record("heartbeat")
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("clock_jump", abs(jump_s))
    assert told in gap.text


def asleep(running: SealedSession, seconds: float, told: dict[str, Any]) -> None:
    running.now = Moment(running.now.mono_ns, running.now.wall_utc + timedelta(seconds=seconds))
    running.record("gap", told)


def test_a_suspension_that_was_recorded_is_no_clock_that_jumped(
    judge: Judge, running: SealedSession
) -> None:
    told = {"source": "monitor", "seconds": 3600.25, "reason": "the computer was suspended"}
    asleep(running, 3601, told)
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("gap", 3600.25)


def test_observations_may_stand_before_the_record_of_a_suspension(
    judge: Judge, running: SealedSession
) -> None:
    running.now = Moment(running.now.mono_ns, running.now.wall_utc + timedelta(hours=1))
    running.record("observations")
    running.record("gap", {"source": "monitor", "seconds": 3600.25}, after_s=0)
    assert the_gap(judge, running).kind == "gap"


def test_a_suspension_that_is_told_of_late_explains_nothing(
    judge: Judge, running: SealedSession
) -> None:
    running.now = Moment(running.now.mono_ns, running.now.wall_utc + timedelta(hours=1))
    running.record("observations")
    running.record("heartbeat")
    running.record("gap", {"source": "monitor", "seconds": 3600.25})
    running.close()
    assert {gap.kind for gap in judge(running).gaps} == {"clock_jump", "gap"}


@pytest.mark.parametrize(
    "told",
    [
        {"source": "monitor", "seconds": 1800.5},
        {"source": "camera", "seconds": 3600.25},
        {"source": "monitor"},
        {"source": "monitor", "seconds": "3600"},
    ],
)
def test_a_gap_explains_no_jump_of_the_clock_but_its_own(
    judge: Judge, running: SealedSession, told: dict[str, Any]
) -> None:
    asleep(running, 3600, told)
    running.close()
    assert {gap.kind for gap in judge(running).gaps} == {"clock_jump", "gap"}


def test_a_clock_that_is_set_gently_is_no_gap(judge: Judge, running: SealedSession) -> None:
    running.now = Moment(running.now.mono_ns, running.now.wall_utc + timedelta(seconds=1.9))
    running.record("heartbeat")
    running.close()
    assert judge(running).outcome is Outcome.VALID


def test_a_new_boot_is_a_gap(judge: Judge, running: SealedSession) -> None:
    running.boot = "boot-2"
    running.now = Moment(1, running.now.wall_utc)
    running.record("heartbeat", after_s=50)
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("reboot", 50.0)


def test_a_new_boot_that_a_restart_tells_of_is_one_gap(
    judge: Judge, running: SealedSession
) -> None:
    running.boot = "boot-2"
    running.now = Moment(1, running.now.wall_utc)
    running.record("restart", {"reason": "power cut"}, after_s=50)
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("restart", 50.0)


def test_a_silence_in_a_running_exam_is_a_gap(judge: Judge, running: SealedSession) -> None:
    running.record("heartbeat", after_s=45)
    gap = the_gap(judge, running)
    assert (gap.kind, gap.seconds) == ("silence", 45.0)


def test_a_long_wait_before_the_exam_is_no_gap(judge: Judge, folder: Path) -> None:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("consent", after_s=100)
    sitting.record("exam.start")
    sitting.close()
    assert judge(sitting).outcome is Outcome.VALID


def test_a_record_behind_the_end_is_refused(judge: Judge, running: SealedSession) -> None:
    running.record("session.close")
    running.close()
    verdict = judge(running)
    assert "behind the end of the session" in verdict.problems[0]


@pytest.mark.parametrize("number", [b"-1", b"9" * 400])
def test_a_monotonic_time_out_of_range_is_invalid(
    judge: Judge, running: SealedSession, number: bytes
) -> None:
    before = running.head
    running.record("heartbeat")
    raw = running.log.pop()
    running.head = before
    running.append(raw.replace(str(running.now.mono_ns).encode(), number, 1))
    running.witness()
    assert "monotonic time" in judge(running).problems[0]


def test_one_blob_cannot_have_two_sizes(judge: Judge, running: SealedSession) -> None:
    ref = running.blob(b"some bytes")
    running.record("identity", {}, ref)
    running.record("identity", {}, type(ref)(ref.sha256, ref.type, 3))
    running.close()
    assert "another size" in judge(running).problems[0]


def test_a_second_exam_file_is_invalid(judge: Judge, running: SealedSession) -> None:
    running.record("policy", {"exam_sha256": "0" * 64, "policy": {}})
    running.close()
    assert "second one" in judge(running).problems[0]


def test_very_many_gaps_are_counted_and_not_all_listed(
    judge: Judge, running: SealedSession
) -> None:
    for _ in range(600):
        running.record("not_captured", {"what": "a still", "reason": "disk full"})
    running.close()
    verdict = judge(running)
    assert len(verdict.gaps) == 501
    assert verdict.gaps[-1].text == "and 101 more gaps that are not listed"
