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


def test_a_computer_whose_clock_is_a_little_off_is_valid(judge: Judge, folder: Path) -> None:
    sitting = opened(folder)
    run(sitting, beats=60, witness_every=2, late_s=-200)
    assert judge(sitting).outcome is Outcome.VALID


def test_an_hour_offline_is_told_although_every_record_has_its_receipt(
    judge: Judge, folder: Path
) -> None:
    sitting = opened(folder)
    run(sitting, beats=720, witness_every=None)
    verdict = judge(sitting)
    assert verdict.facts.unwitnessed == 0
    (gap,) = verdict.gaps
    assert (gap.kind, gap.seconds) == ("witnessed_late", 3602.0)
    assert "records 1 to 724" in gap.text


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
