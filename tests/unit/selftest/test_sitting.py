from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from proctor_desktop.core.chain import EMPTY
from proctor_desktop.hosts.clock import SystemClock
from proctor_desktop.selftest import pictures, sitting
from proctor_desktop.selftest.sitting import Written
from proctor_desktop.selftest.steps import StepFailed


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return written_session(tmp_path, "http://127.0.0.1:9")


def written_session(folder: Path, endpoint: str) -> Written:
    """A session as the self-test writes it."""
    clock = SystemClock()
    start = clock.now().later(-sitting.SPAN_S)
    exam = sitting.sign_exam(folder, sitting.found_institution(folder), endpoint)
    segment, _ = pictures.record_screen(folder / "segments", clock, start)
    return sitting.write_session(folder / "sessions", exam, start, pictures.blank(), segment)


def test_the_journal_holds_what_was_played(written: Written) -> None:
    assert "one face_missing, 2 files" in sitting.check_session(written)


def test_the_exam_is_signed_by_the_throwaway_key(written: Written, tmp_path: Path) -> None:
    public = (tmp_path / "institution.pub").read_text().split()[0]
    assert written.exam.signer == public


def test_a_file_that_got_lost_is_noticed(written: Written) -> None:
    next(written.folder.blobs.iterdir()).unlink()
    with pytest.raises(StepFailed, match="1 files lost"):
        sitting.check_session(written)


def test_a_journal_that_ends_elsewhere_is_noticed(written: Written) -> None:
    with pytest.raises(StepFailed, match="does not hold what was played"):
        sitting.check_session(replace(written, head=EMPTY))
