"""When the server came to know the records counts as much as that it did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from proctor_desktop.export.verify import Outcome, Verdict
from tests.fakes.sealed_session import SealedSession

Judge = Callable[..., Verdict]


def run(sitting: SealedSession, beats: int, witness_every: int | None, late_s: float = 0.2) -> None:
    """Records every 5 s; a receipt each ``witness_every`` of them and one at the end."""
    for beat in range(1, beats + 1):
        sitting.record("heartbeat", after_s=5)
        if witness_every and beat % witness_every == 0:
            sitting.checkpoint()
            sitting.receipt(late_s=late_s)
    sitting.record("session.close")
    sitting.checkpoint()
    sitting.receipt(late_s=late_s)


def opened(folder: Path) -> SealedSession:
    sitting = SealedSession(folder)
    sitting.open()
    sitting.record("exam.start", after_s=0)
    return sitting


def test_a_session_that_was_online_is_valid(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=60, witness_every=2)
    assert judge(sitting).outcome is Outcome.VALID


def test_it_says_how_long_any_record_waited_at_most(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=60, witness_every=8, late_s=4)
    verdict = judge(sitting)
    assert verdict.outcome is Outcome.VALID
    assert (verdict.facts.clock_offset_s, verdict.facts.longest_wait_s) == (4.0, 44.0)
    assert "witnessed within 44 s" in verdict.facts.witnessing
    assert "no more than 4 s behind" in verdict.facts.witnessing


def test_a_clock_that_is_a_few_seconds_off_is_a_fact_and_no_gap(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=60, witness_every=2, late_s=-8)
    verdict = judge(sitting)
    assert (verdict.outcome, verdict.facts.clock_offset_s) == (Outcome.VALID, -8.0)
    assert "if the computer's clock was 8 s ahead" in verdict.facts.witnessing


def test_a_clock_that_is_far_ahead_is_told(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=60, witness_every=2, late_s=-200)
    (gap,) = judge(sitting).gaps
    assert (gap.kind, gap.seconds) == ("clock_offset", 200.0)
    assert "its clock was fast, by that or by more" in gap.text


def test_a_delay_that_is_always_the_same_is_told_with_the_longest_wait(
    judge: Judge, folder: Path
) -> None:
    sitting = opened(folder)
    for _ in range(20):
        for _ in range(20):
            sitting.record("heartbeat", after_s=5.9)
        sitting.checkpoint()
        sitting.receipt(late_s=295)
    sitting.record("session.close")
    sitting.checkpoint()
    sitting.receipt(late_s=299)
    verdict = judge(sitting)
    off, late = verdict.gaps
    assert (off.kind, off.seconds) == ("clock_offset", 295.0)
    assert "was slow, or every record waited so long" in off.text
    assert (late.kind, late.seconds) == ("witnessed_late", 413.0)
    assert "records 3 to 403" in late.text
    assert verdict.facts.longest_wait_s == 413.0


def test_without_receipts_nothing_is_said_about_waiting(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    sitting.record("session.close")
    sitting.checkpoint()
    verdict = judge(sitting)
    assert (verdict.facts.longest_wait_s, verdict.facts.witnessing) == (None, "")
    assert [line for line in verdict.lines() if "witnessed within" in line] == []


def test_reading_the_notice_is_no_wait(judge: Judge, folder: Path) -> None:
    sitting = SealedSession(folder)
    sitting.open()
    for _ in range(60):
        sitting.record("heartbeat", after_s=5)
    sitting.record("consent", {"given": True})
    sitting.record("exam.start")
    run(sitting, beats=4, witness_every=2)
    verdict = judge(sitting)
    assert verdict.outcome is Outcome.VALID
    assert verdict.facts.longest_wait_s == 11.2


def test_a_record_that_a_later_receipt_covers_did_not_wait_longer_for_its_own(
    judge: Judge, folder: Path
) -> None:
    sitting = opened(folder)
    sitting.checkpoint()
    sitting.receipt(late_s=500)
    run(sitting, beats=4, witness_every=2)
    verdict = judge(sitting)
    assert (verdict.outcome, verdict.facts.longest_wait_s) == (Outcome.VALID, 10.2)


def test_an_hour_offline_is_told_although_every_record_has_its_receipt(
    judge: Judge, folder: Path
) -> None:
    sitting = opened(folder)
    run(sitting, beats=720, witness_every=None)
    verdict = judge(sitting)
    assert verdict.facts.unwitnessed == 0
    (gap,) = verdict.gaps
    assert (gap.kind, gap.seconds) == ("witnessed_late", 3601.2)
    assert "records 3 to 724" in gap.text


def test_a_session_that_arrives_a_day_late_is_told(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=4, witness_every=2, late_s=86400)
    (gap,) = judge(sitting).gaps
    assert (gap.kind, gap.seconds) == ("clock_offset", 86400.0)


def test_a_server_that_was_away_for_a_while_is_told_by_span(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    for beat in range(100):
        sitting.record("heartbeat", after_s=5)
        if not 20 <= beat < 80 and beat % 2:
            sitting.witness()
    sitting.close()
    (gap,) = judge(sitting).gaps
    assert gap.kind == "witnessed_late"
    assert "records 24 to 85" in gap.text
