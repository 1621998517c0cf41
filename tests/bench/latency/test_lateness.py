"""Lateness is reckoned from what the footage shows, whatever the product says of itself."""

from __future__ import annotations

import pytest

from proctor_desktop.core.chain import Record
from proctor_desktop.core.moment import NS_PER_S
from tests.bench.latency.episode import RULES, Episode, episodes, hold_s
from tests.bench.latency.lateness import HEARD, SHOWN, Lateness, figures, latenesses
from tests.bench.latency.sitting import Sitting

FILM_NS, SOUND_NS, EXAM_NS = 5 * NS_PER_S, 6 * NS_PER_S, 8 * NS_PER_S


def start(rule: str, at_s: float, onset_s: float, seq: int = 1) -> Record:
    """A violation that was decided on with what came at that second of the film."""
    onset_ns = FILM_NS + round(onset_s * NS_PER_S)
    data = {"rule": rule, "onset_mono_ns": onset_ns}
    at_ns = FILM_NS + round(at_s * NS_PER_S)
    return Record("session", seq, "", "", at_ns, "boot", "violation.start", data, (), b"", "")


def sitting(*starts: Record, committed_after_ms: int = 30) -> Sitting:
    committed = {one.seq: one.mono_ns + committed_after_ms * 1_000_000 for one in starts}
    return Sitting(starts, committed, FILM_NS, SOUND_NS, EXAM_NS, ())


def test_an_episode_is_a_run_of_pictures_that_lasts_for_the_rules_time() -> None:
    turned, both = frozenset({"head_turned"}), frozenset({"head_turned", "outside_zone"})
    shows = [frozenset[str]()] * 2 + [turned] * 11 + [both] * 3 + [frozenset[str]()]
    assert episodes(shows, 0.125) == (Episode("head_turned", 0.25, 2.0),)


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [
        ("face_missing", 5.0),
        ("multiple_faces", 0.125),  # the second picture in a row
        ("suspicious_object", 2.0),  # the third look, one a second
        ("voice_detected", 2.0),
        ("camera_changed", 1.0),  # so long has a new scene to stay
    ],
)
def test_a_rule_has_the_time_of_its_settings_or_that_between_its_looks(
    rule: str, seconds: float
) -> None:
    assert hold_s(RULES[rule]) == seconds


def test_lateness_is_what_is_left_after_the_rules_time_and_it_falls_into_stages() -> None:
    seen = sitting(start("head_turned", at_s=11.25, onset_s=10.125))
    found, missed = latenesses(seen, [Episode("head_turned", 10.0, 12.0)])
    (one,) = found
    assert not missed
    assert one.beyond_hold_ms == pytest.approx(250 + 30)
    stages = (one.noticed_ms, one.waited_ms, one.recorded_ms)
    assert stages == pytest.approx((125, 125, 30))


def test_a_sound_is_reckoned_from_where_the_sound_began() -> None:
    heard = sitting(start("dead_microphone", at_s=13.0, onset_s=11.0))
    ((one,), _) = latenesses(heard, [Episode("dead_microphone", 10.0, 13.0)])
    assert one.beyond_hold_ms == pytest.approx(30)


def test_an_episode_that_nothing_came_of_is_missed_and_each_record_counts_once() -> None:
    seen = sitting(start("head_turned", 11.0, 10.0))
    twice = [Episode("head_turned", 10.0, 12.0), Episode("head_turned", 12.5, 14.5)]
    found, missed = latenesses(seen, twice)
    assert len(found) == 1
    assert missed == ["head_turned"]


def test_what_was_shown_before_the_exam_is_left_out() -> None:
    assert latenesses(sitting(), [Episode("head_turned", 1.0, 2.9)]) == ([], [])


def test_what_is_seen_and_what_is_heard_are_judged_apart() -> None:
    told = figures(
        [Lateness("head_turned", 90, 0, 60, 30), Lateness("voice_detected", 900, 870, 0, 30)],
        ["face_missing"],
    )
    assert told[SHOWN] == {"p50_ms": 90.0, "p95_ms": 90.0, "n": 1, "met": True}
    assert told[HEARD]["met"] is False
    assert told["by_rule"]["face_missing"]["missed"] == 1
    assert told["by_rule"]["face_missing"]["n"] == 0
