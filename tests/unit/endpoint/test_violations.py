from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from proctor_desktop.core.chain import EMPTY, BrokenChain, decode, encode
from proctor_desktop.endpoint.models import Violation
from proctor_desktop.endpoint.violations import told
from tests.fakes.sealed_session import SESSION, START
from tests.unit.endpoint.sitting import JPEG, Sitting


def moment(kind: str = "violation.start", **data: Any) -> Any:
    body = {"violation": 3, "rule": "head_turned", **data}
    return told(decode(encode(SESSION, EMPTY, START, "b", kind, body)))


def test_other_records_tell_of_no_violation() -> None:
    assert moment("heartbeat") is None


def test_what_a_record_tells() -> None:
    seen = moment(
        severity="low", reason="Turned left", measured=41, threshold=30.0, unit="deg",
        duration_s=1.5, confidence=0.9,
    )  # fmt: skip
    assert (seen.number, seen.rule, seen.severity) == (3, "head_turned", "low")
    assert (seen.measured, seen.threshold, seen.unit) == (41.0, 30.0, "deg")
    assert seen.onset == START.wall_utc - timedelta(seconds=1.5)
    assert not seen.ended
    assert moment("violation.end").ended


@pytest.mark.parametrize("odd", ["text", True, None, [1], {"a": 1}, 10**400])
def test_what_is_odd_stays_empty(odd: Any) -> None:
    seen = moment(measured=odd, threshold=odd, confidence=odd, duration_s=odd)
    assert seen.measured is None
    assert seen.threshold is None
    assert seen.duration_s is None


def test_text_that_no_table_can_hold_is_made_plain() -> None:
    body = json.dumps(
        {
            **json.loads(encode(SESSION, EMPTY, START, "b", "violation.start", {})),
            "data": {"violation": 1, "rule": "face_missing", "reason": "a\x00b\ud800c" + "x" * 999},
        }
    )
    seen = told(decode(body.encode()))
    assert seen is not None
    assert seen.reason.startswith("a b c")
    assert len(seen.reason) == 500


@pytest.mark.parametrize("duration_s", [-1, 1e300])
def test_an_impossible_duration_is_left_out(duration_s: float) -> None:
    seen = moment(duration_s=duration_s)
    assert seen.duration_s is None
    assert seen.onset == START.wall_utc


def test_the_onset_goes_by_the_clock_that_does_not_jump() -> None:
    seen = moment(duration_s=9.0, onset_mono_ns=START.mono_ns - 2_000_000_000)
    assert seen.onset == START.wall_utc - timedelta(seconds=2)
    assert moment(onset_mono_ns=10**400).onset == START.wall_utc


def test_number_and_rule_are_needed() -> None:
    with pytest.raises(BrokenChain, match="number"):
        moment(violation=0)
    with pytest.raises(BrokenChain, match="rule"):
        moment(rule="Head Turned")


def test_a_violation_lives_through_its_records(sitting: Sitting) -> None:
    still = sitting.journal.blob(JPEG)
    sitting.violation("start", 1, still, reason="No face", measured=5.0, duration_s=5.0)
    sitting.send()
    row = Violation.objects.get()
    assert (row.ended_at, row.still, row.source) == (None, still.sha256, "record")
    assert row.started_at == sitting.journal.now.wall_utc - timedelta(seconds=5)

    sitting.violation("update", 1, measured=6.0, duration_s=6.0)
    sitting.violation("end", 1, measured=7.0, duration_s=7.0)
    sitting.send(2)
    ended = Violation.objects.get()
    assert (ended.reason, ended.measured, ended.duration_s) == ("No face", 7.0, 7.0)
    assert ended.ended_at == sitting.journal.now.wall_utc
    assert ended.started_at == row.started_at


def test_a_violation_ends_when_the_matter_did_not_when_that_was_recorded(sitting: Sitting) -> None:
    sitting.violation("start", 1, duration_s=5.0)
    sitting.violation("end", 1, duration_s=5.5)
    sitting.send()
    row = Violation.objects.get()
    assert row.ended_at is not None
    assert row.ended_at - row.started_at == timedelta(seconds=5.5)


def test_several_in_one_batch_are_kept_apart(sitting: Sitting) -> None:
    for number in (1, 2, 3):
        sitting.violation("start", number)
        sitting.violation("end", number)
    sitting.send()
    assert sorted(Violation.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert not Violation.objects.filter(ended_at=None).exists()


def test_an_end_without_its_start_is_shown_all_the_same(sitting: Sitting) -> None:
    sitting.violation("end", 4, duration_s=2.0)
    sitting.send()
    assert Violation.objects.get().number == 4
