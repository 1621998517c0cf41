"""Choosing the files of an excerpt."""

from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.chain import BlobRef
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.export.excerpt import chosen
from tests.fakes.sealed_session import SealedSession


@pytest.fixture
def sitting(tmp_path: Path) -> SealedSession:
    return SealedSession(tmp_path)


def still(sitting: SealedSession, number: int) -> BlobRef:
    made = sitting.blob(b"still %d" % number)
    sitting.record("violation.start", {"violation": number, "rule": "face_missing"}, made)
    return made


def test_a_violation_stands_for_its_stills_and_its_clip(sitting: SealedSession) -> None:
    first, second, third = (still(sitting, number) for number in (1, 2, 3))
    clip = sitting.blob(b"a clip", "video/mp4")
    sitting.record("clip", {"violations": [2, 3]}, clip)
    assert chosen(sitting.log, ["1"]) == {first.sha256}
    assert chosen(sitting.log, ["2"]) == {second.sha256, clip.sha256}
    assert chosen(sitting.log, ["3", "1"]) == {first.sha256, third.sha256, clip.sha256}


def test_a_file_is_chosen_by_its_hash_or_the_beginning_of_it(sitting: SealedSession) -> None:
    first, _ = still(sitting, 1), still(sitting, 2)
    assert chosen(sitting.log, [first.sha256]) == {first.sha256}
    assert chosen(sitting.log, [first.sha256[:8].upper()]) == {first.sha256}


@pytest.mark.parametrize("wrong", ["7", "ab" * 32, "", "one", "-1"])
def test_what_no_record_names_is_told(sitting: SealedSession, wrong: str) -> None:
    still(sitting, 1)
    with pytest.raises(EnvironmentProblem, match="no record names"):
        chosen(sitting.log, ["1", wrong])


def test_a_violation_without_files_is_told(sitting: SealedSession) -> None:
    sitting.record("violation.start", {"violation": 4, "rule": "face_missing"})
    with pytest.raises(EnvironmentProblem, match="has no files"):
        chosen(sitting.log, ["4"])
