"""The end of a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor_desktop.core.chain import Head
from proctor_desktop.journal import ledger
from proctor_desktop.monitor import delivery as module
from proctor_desktop.monitor.delivery import Outcome, deliver
from tests.fakes.broken_disk import refuse_to_read
from tests.fakes.deliveries import Delivery, delivering
from tests.fakes.endpoint import FakeEndpoint, HangsUp, Says
from tests.fakes.evidence_forge import entries_of
from tests.fakes.manual_clock import START
from tests.fakes.sessions import new_session, store, urgent


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.005)
    monkeypatch.setattr(module, "PATIENCE_OFFLINE_S", 0.05)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Delivery]:
    with FakeEndpoint() as endpoint, delivering(new_session(tmp_path), endpoint) as delivery:
        yield delivery


def closed(made: Delivery) -> Head:
    """A short session with a still, closed."""
    kept = store(made.folder).keep(b"a still", "image/jpeg")
    made.writer.append(urgent("session.open"), urgent("violation.start", None, kept))
    return made.writer.append(urgent("session.close"))


def at_its_end(
    made: Delivery, hurry: bool = False, keep_local_days: float | None = None
) -> tuple[Outcome, int]:
    """Deliver; returns how it went and how often it was shown."""
    shown: list[None] = []
    outcome = deliver(
        made.reader,
        made.worker,
        closed(made),
        made.folder.path.with_suffix(".evidence"),
        START.wall_utc,
        show=lambda: shown.append(None),
        hurry=lambda: hurry,
        keep_local_days=keep_local_days,
    )
    return outcome, len(shown)


def test_it_waits_until_all_has_arrived_hears_the_score_and_exports_with_the_receipts(
    made: Delivery,
) -> None:
    made.worker.start()
    outcome, _ = at_its_end(made)
    assert outcome.reply is not None
    assert outcome.reply["score"] == 95.0
    assert (outcome.counts.pending, outcome.trouble) == (0, "")
    names = list(entries_of(outcome.export))
    assert any(name.startswith("receipts/") for name in names)
    assert "records.jsonl" in names


def test_an_endpoint_that_is_away_is_not_waited_for_and_the_export_is_there(
    made: Delivery,
) -> None:
    made.endpoint.says("enrol", *[HangsUp()] * 10_000)
    made.worker.start()
    outcome, shown = at_its_end(made)
    assert outcome.reply is None
    assert outcome.counts.pending == 4
    assert "does not answer" in outcome.trouble
    assert outcome.export.is_file()
    assert shown > 1


def test_somebody_in_a_hurry_gets_the_export_at_once(made: Delivery) -> None:
    outcome, shown = at_its_end(made, hurry=True)
    assert shown == 0
    assert outcome.reply is None
    assert outcome.export.is_file()


def test_an_endpoint_that_goes_away_at_the_very_end_costs_only_the_score(made: Delivery) -> None:
    made.endpoint.says("end", HangsUp())
    made.worker.start()
    outcome, _ = at_its_end(made)
    assert outcome.reply is None
    assert outcome.counts.pending == 0
    assert "does not answer" in outcome.trouble


def test_local_copies_go_only_where_the_exam_says_so_and_behind_the_export(made: Delivery) -> None:
    made.worker.start()
    outcome, _ = at_its_end(made, keep_local_days=0)
    assert list(made.folder.blobs.iterdir()) == []
    assert any(name.startswith("blobs/") for name in entries_of(outcome.export))


def test_local_copies_stay_while_something_is_not_delivered(made: Delivery) -> None:
    made.endpoint.says("end", HangsUp())
    made.worker.start()
    at_its_end(made, keep_local_days=0)
    assert len(list(made.folder.blobs.iterdir())) == 1


def test_a_disk_that_refuses_behind_the_end_costs_nothing(
    made: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "of_state", refuse_to_read)
    made.worker.start()
    outcome, _ = at_its_end(made, keep_local_days=0)
    assert outcome.reply is not None
    assert len(list(made.folder.blobs.iterdir())) == 1


def test_an_endpoint_that_goes_away_behind_the_end_costs_nothing(made: Delivery) -> None:
    made.endpoint.says(
        "missing",
        Says(200, {"missing": [], "health": 0, "server_time": ""}, content_type="application/json"),
        HangsUp(),
    )
    made.worker.start()
    outcome, _ = at_its_end(made, keep_local_days=0)
    assert outcome.reply is not None
    assert len(list(made.folder.blobs.iterdir())) == 1
