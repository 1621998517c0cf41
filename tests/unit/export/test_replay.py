"""Running the engine again over what an export says was observed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.config.exam import policy_to_json
from proctor_desktop.core.chain import digest
from proctor_desktop.core.effect import Record
from proctor_desktop.core.engine import Engine
from proctor_desktop.core.event import Event, ExamStarted
from proctor_desktop.core.policy import Preset, preset_defaults
from proctor_desktop.export.package import write_package
from proctor_desktop.export.replay import replay
from proctor_desktop.export.verify import Outcome, Trust
from proctor_desktop.wire import eventlog
from tests.fakes.sealed_session import SealedSession
from tests.playbook import faces, moment

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def sitting(tmp_path: Path) -> SealedSession:
    """Nobody is there for seven seconds; the violation's record names its pictures."""
    (tmp_path / "blobs").mkdir()
    made = SealedSession(tmp_path / "blobs")
    made.open()
    events = [Event(moment(0), ExamStarted())]
    events += [Event(moment(n / 8), faces(n, 0)) for n in range(1, 57)]
    made.record("observations", {"events": [eventlog.dump(event) for event in events]})
    engine = Engine(preset_defaults(Preset.INTERVIEW))
    for effect in (effect for event in events for effect in engine.step(event)):
        if isinstance(effect, Record):
            kept = {"pictures": {"untouched": "ab" * 32}} if effect.still else {}
            made.record(effect.kind, effect.data | kept)
    return made


def written(sitting: SealedSession, tmp_path: Path) -> Path:
    path = tmp_path / "x.evidence"
    write_package(sitting, path, NOW)
    return path


def test_the_same_observations_give_the_same_violations(
    sitting: SealedSession, tmp_path: Path
) -> None:
    played = replay(written(sitting, tmp_path), Trust())
    assert played.recorded[0].kind == "violation.start"
    assert played.same, played.differences()


def test_a_violation_that_was_not_observed_is_found(sitting: SealedSession, tmp_path: Path) -> None:
    sitting.record("violation.start", {"violation": 9, "rule": "head_turned", "reason": "no"})
    played = replay(written(sitting, tmp_path), Trust())
    assert not played.same
    assert played.differences() == ["recorded only: violation.start 9 head_turned (no)"]


def test_an_invalid_export_is_not_played(sitting: SealedSession, tmp_path: Path) -> None:
    """What its records hold is anybody's."""
    path = written(sitting, tmp_path)
    path.write_bytes(
        path.read_bytes().replace(b'"kind":"violation.start"', b'"kind":"observations"  ', 1)
    )
    played = replay(path, Trust())
    assert played.verdict.outcome is Outcome.INVALID
    assert (played.recorded, played.replayed, played.events) == ((), (), 0)


ODD: dict[str, tuple[str, dict[str, Any]]] = {
    "no events": ("observations", {}),
    "events that are none": ("observations", {"events": 7}),
    "an event that is none": ("observations", {"events": [[0, "NoSuchThing"]]}),
    "faces that are none": ("observations", {"events": [[10**12, "FacesSeen", 1, [["x"] * 6]]]}),
    "no policy": ("policy", {}),
    "an odd policy": ("policy", {"policy": {"rules": 5}}),
}


@pytest.mark.parametrize("name", ODD)
def test_records_that_make_no_sense_are_told_and_end_nothing(
    sitting: SealedSession, tmp_path: Path, name: str
) -> None:
    kind, data = ODD[name]
    sitting.record(kind, data | {"exam_sha256": digest(sitting.exam)})
    sitting.record("restart")
    played = replay(written(sitting, tmp_path), Trust())
    assert not played.same
    assert f"({kind}) cannot be played" in played.differences()[0]


def test_settings_that_the_institution_never_signed_are_told(
    sitting: SealedSession, tmp_path: Path
) -> None:
    other = policy_to_json(preset_defaults(Preset.EXAM))
    sitting.record("policy", {"exam_sha256": digest(sitting.exam), "policy": other})
    played = replay(written(sitting, tmp_path), Trust())
    assert not played.same
    assert "not the signed exam's" in played.differences()[0]
