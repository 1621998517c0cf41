"""What holds for every rule, whatever is observed."""

from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from proctor_desktop.core.effect import Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.observation import Source
from proctor_desktop.core.policy import Policy, Recording
from tests.playbook import Playbook

SCENES = st.fixed_dictionaries(
    {},
    optional={
        "faces": st.integers(0, 3),
        "centre": st.tuples(st.floats(0, 1), st.floats(0, 1)),
        "score": st.floats(0.1, 1),
        "yaw": st.floats(-90, 90),
        "outside_deg": st.floats(0, 40),
        "openness": st.floats(0, 1.2),
        "looking_down": st.booleans(),
        "objects": st.sampled_from([(), ("phone",), ("book", "laptop")]),
        "likeness": st.floats(-1, 1),
        "live": st.floats(0, 1),
        "detail": st.floats(0, 0.1),
        "frozen_since": st.floats(-30, 0),
        "poster_since": st.floats(-30, 0),
        "still_since": st.floats(-60, 0),
        "sound": st.sampled_from([True, False, None]),
        "speech": st.floats(0, 1),
        "digital_silence": st.booleans(),
        "clipped": st.floats(0, 0.5),
        "camera": st.booleans(),
    },
)
TURNS = st.one_of(
    st.tuples(st.just("focus"), st.sampled_from(["notes", "chat"])),
    st.tuples(st.just("opens"), st.sampled_from(["Lid", "Desk"])),
    st.tuples(st.sampled_from(["lose", "restore"]), st.sampled_from(list(Source))),
    st.tuples(st.just("swapped")),
)
STEPS = st.lists(st.tuples(st.floats(0.1, 8), SCENES, st.none() | TURNS), min_size=1, max_size=6)


@given(STEPS)
@settings(max_examples=25, deadline=None)
def test_lives_are_whole_turns_are_spaced_and_a_replay_says_the_same(
    steps: list[tuple[float, dict[str, object], tuple[str, ...] | None]],
) -> None:
    policy = Policy(recording=Recording(clips=True, voice_clips=True))
    play = Playbook(policy)
    for seconds, scene, turn in steps:
        if turn is not None:
            getattr(play, turn[0])(*turn[1:])
        play.until(play.now_s + seconds, **scene)
    play.end()
    engine = Engine(policy)
    assert [e for event in play.events for e in engine.step(event)] == play.effects
    _lives_are_whole(play)
    _turns_are_spaced(play)


def _lives_are_whole(play: Playbook) -> None:
    lives: dict[int, list[Record]] = defaultdict(list)
    for record in play.records:
        if record.kind.startswith("violation."):
            lives[record.data["violation"]].append(record)
    for records in lives.values():
        kinds = [record.kind.removeprefix("violation.") for record in records]
        assert kinds == ["start", *["update"] * (len(kinds) - 2), "end"]
        assert len({record.data["rule"] for record in records}) == 1
        assert all(0 <= record.data["confidence"] <= 1 for record in records)
        assert all(record.data["duration_s"] >= 0 for record in records)
    assert sorted(lives) == list(range(1, len(lives) + 1))


def _turns_are_spaced(play: Playbook) -> None:
    said: dict[str, list[int]] = defaultdict(list)
    for record in play.records:
        if record.kind in ("violation.start", "violation.update"):
            said[record.data["rule"]].append(record.moment.mono_ns)
    for moments in said.values():
        assert all(after - before >= 1e9 for before, after in itertools.pairwise(moments))
