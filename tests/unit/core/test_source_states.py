"""Sources that work, and the time for which one did not."""

from __future__ import annotations

from proctor_desktop.core.effect import Effect, Record
from proctor_desktop.core.observation import Health, Source, SourceHealth
from proctor_desktop.core.source_states import SourceStates
from tests.playbook import moment

CAMERA, MICROPHONE = Source.CAMERA, Source.MICROPHONE


def kinds(effects: list[Effect]) -> list[str]:
    """The kinds of the records among the effects."""
    return [effect.kind for effect in effects if isinstance(effect, Record)]


def test_each_change_is_recorded_and_a_repetition_is_not() -> None:
    states = SourceStates()
    assert kinds(states.change(moment(1), SourceHealth(CAMERA, Health.OK, ""))) == ["source"]
    assert states.change(moment(2), SourceHealth(CAMERA, Health.OK, "")) == []
    assert kinds(states.change(moment(3), SourceHealth(CAMERA, Health.DEGRADED, "slow"))) == [
        "source"
    ]


def test_another_reason_for_working_with_less_is_recorded() -> None:
    states = SourceStates()
    for reason in ("objects rest", "objects and liveness rest"):
        report = SourceHealth(CAMERA, Health.DEGRADED, reason)
        assert kinds(states.change(moment(1), report)) == ["source"]
        assert states.change(moment(2), report) == []


def test_skipped_pictures_are_recorded_even_when_the_state_stays() -> None:
    states = SourceStates()
    states.change(moment(1), SourceHealth(CAMERA, Health.OK, ""))
    (record,) = states.change(moment(2), SourceHealth(CAMERA, Health.OK, "busy", skipped=4))
    assert isinstance(record, Record)
    assert record.data["skipped"] == 4


def test_a_loss_becomes_a_gap_once_it_is_over() -> None:
    states = SourceStates()
    lost = SourceHealth(CAMERA, Health.LOST, "unplugged")
    assert kinds(states.change(moment(1), lost)) == ["source"]
    (_, gap) = states.change(moment(4.5), SourceHealth(CAMERA, Health.DEGRADED, ""))
    assert isinstance(gap, Record)
    assert gap.data == {"source": "camera", "seconds": 3.5, "reason": "unplugged"}
    assert kinds(states.change(moment(5), SourceHealth(CAMERA, Health.OK, ""))) == ["source"]


def test_a_loss_that_is_reported_again_counts_from_the_first_time() -> None:
    states = SourceStates()
    states.change(moment(1), SourceHealth(CAMERA, Health.LOST, "unplugged"))
    states.change(moment(2), SourceHealth(CAMERA, Health.LOST, "still away", skipped=8))
    (_, gap) = states.change(moment(3), SourceHealth(CAMERA, Health.OK, ""))
    assert isinstance(gap, Record)
    assert (gap.data["seconds"], gap.data["reason"]) == (2.0, "unplugged")


def test_at_the_end_each_source_that_is_still_lost_leaves_its_gap_once() -> None:
    states = SourceStates()
    for source, at in ((CAMERA, 1), (MICROPHONE, 2)):
        states.change(moment(at), SourceHealth(source, Health.LOST, "gone"))
    gaps = [effect for effect in states.close(moment(10)) if isinstance(effect, Record)]
    assert [(g.data["source"], g.data["seconds"]) for g in gaps] == [
        ("camera", 9.0),
        ("microphone", 8.0),
    ]
    assert states.close(moment(11)) == []
