"""Going on while the disk refuses."""

from __future__ import annotations

import pytest

from proctor_desktop.core.chain import EMPTY, Head
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.core.moment import Moment
from proctor_desktop.journal.database import Damaged
from proctor_desktop.journal.writer import Entry
from proctor_desktop.monitor import patient_writer
from proctor_desktop.monitor.patient_writer import PatientWriter
from tests.fakes.sessions import entry
from tests.playbook import moment


class Journal:
    """A journal whose disk can be full."""

    def __init__(self) -> None:
        self.head = EMPTY
        self.full = False
        self.written: list[Entry] = []

    def append(self, *entries: Entry) -> Head:
        if self.full:
            raise EnvironmentProblem("the disk", "it is full", "Free some space.")
        self.written += entries
        self.head = Head(len(self.written), "hash")
        return self.head

    def settle(self) -> None:
        if self.full:
            raise EnvironmentProblem("the disk", "it is full", "Free some space.")

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.written]


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def patient(journal: Journal) -> PatientWriter:
    return PatientWriter(journal, lambda _: None)


def test_with_a_willing_disk_nothing_waits(journal: Journal, patient: PatientWriter) -> None:
    assert patient.append(entry("a"), entry("b")) == Head(2, "hash")
    assert journal.kinds() == ["a", "b"]
    patient.settle()


def test_what_was_refused_is_written_in_order_and_told(
    journal: Journal, patient: PatientWriter
) -> None:
    journal.full = True
    assert patient.append(entry("a", moment(1))) == EMPTY
    patient.append(entry("b", moment(2)))
    journal.full = False
    patient.append(entry("c", moment(4)))
    assert journal.kinds() == ["a", "b", "c", "journal_late"]
    assert journal.written[-1].data == {"seconds": 3.0, "reason": "it is full"}
    patient.append(entry("d"))
    assert journal.kinds()[4:] == ["d"]


def test_nothing_stands_behind_the_end_of_a_session_that_was_refused(
    journal: Journal, patient: PatientWriter
) -> None:
    journal.full = True
    patient.append(entry("a", moment(1)))
    patient.append(entry("session.close", moment(2)))
    patient.append(entry("disk", moment(3)))
    journal.full = False
    patient.settle()
    assert journal.kinds() == ["a", "disk", "journal_late", "session.close"]


def test_what_is_recorded_of_a_refusal_comes_behind_what_waits(journal: Journal) -> None:
    def told(now: Moment) -> None:
        patient.append(entry("disk", now))

    patient = PatientWriter(journal, told)
    journal.full = True
    patient.append(entry("a"))
    journal.full = False
    patient.append(entry("b"))
    assert journal.kinds() == ["a", "disk", "b", "journal_late"]


def test_at_the_end_the_journal_has_to_be_complete(
    journal: Journal, patient: PatientWriter
) -> None:
    patient.append(entry("session.close"))
    journal.full = True
    with pytest.raises(EnvironmentProblem, match="it is full"):
        patient.settle()


def test_at_the_end_a_disk_that_still_refuses_is_an_error(
    journal: Journal, patient: PatientWriter
) -> None:
    journal.full = True
    patient.append(entry("session.close"))
    with pytest.raises(EnvironmentProblem, match="it is full"):
        patient.settle()
    journal.full = False
    patient.settle()
    assert journal.kinds() == ["journal_late", "session.close"]


def test_when_too_much_waits_observations_go_and_are_counted(
    journal: Journal, patient: PatientWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_writer, "MOST_WAITING", 3)
    journal.full = True
    for number in range(5):
        patient.append(entry("observations", None, events=[1, 2]))
        patient.append(entry("violation.start", None, number=number))
    journal.full = False
    patient.append(entry("heartbeat"))
    kinds = journal.kinds()
    assert kinds.count("violation.start") == 5
    assert kinds[-1] == "not_captured"
    lost = journal.written[-1].data
    assert lost["what"] == "observations"
    assert lost["count"] == 2 * (5 - kinds.count("observations"))


def test_a_damaged_journal_is_not_waited_for(
    journal: Journal, patient: PatientWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Entry) -> Head:
        raise Damaged("journal.db", "it is damaged", "Start again.")

    monkeypatch.setattr(journal, "append", damaged)
    with pytest.raises(Damaged):
        patient.append(entry("a"))
