"""What a report shows of sealed pictures, with a key and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proctor_desktop.export.package import write_package
from proctor_desktop.export.report import Report, report_from_package
from proctor_desktop.wire.fingerprint import fingerprint
from tests.fakes.sealing import (
    INSTITUTION,
    SEAL_TO,
    STRANGER,
    WRONG,
    SealingSession,
    public,
)
from tests.unit.export.report.conftest import NOW, TRUST, png, violation
from tests.unit.export.report.test_report import Page

Told = Callable[..., Report]


@pytest.fixture
def sitting(tmp_path: Path) -> SealingSession:
    """A session with a sealed photo, still and clip."""
    (tmp_path / "blobs").mkdir()
    sitting = SealingSession(tmp_path / "blobs")
    sitting.open()
    sitting.record("identity", {"kind": "face"}, sitting.seal(png(5)))
    sitting.record("exam.start")
    sitting.record("violation.start", violation(1, "head_turned"), sitting.seal(png(6)))
    about: dict[str, Any] = {"source": "camera", "frames": 9, "violations": [1]}
    sitting.record("clip", about, sitting.seal(b"moving pictures", "video/mp4"))
    return sitting


@pytest.fixture
def told(sitting: SealingSession, tmp_path: Path) -> Told:
    def report(*keys: object) -> Report:
        sitting.close()
        path = tmp_path / "told.evidence"
        write_package(sitting, path, NOW)
        return report_from_package(path, TRUST, keys)  # type: ignore[arg-type]

    return report


def test_without_a_key_each_picture_says_whose_it_is(told: Told) -> None:
    made = told()
    page = Page(made.html())
    assert page.all("img") == []
    names = " or ".join(map(fingerprint, SEAL_TO))
    assert page.text.count(f"ealed to {names}") == 3, "the photo, the still, the clip"
    assert f"only who holds the key {names} can open" in page.text
    assert "3 files were not opened" in page.text
    assert made.media.problems == ()


def test_with_a_key_the_pictures_are_in_the_page(told: Told) -> None:
    made = told(INSTITUTION)
    page = Page(made.html())
    assert [image.get("width") for image in page.all("img")] == [None, "6"]
    assert "3 files were opened" in page.text
    assert "sealed, and was opened for this report" in page.text
    assert (made.media.problems, made.media.sealed) == ((), {})


def test_a_seal_that_does_not_hold_is_said_before_anything_else(
    told: Told, sitting: SealingSession
) -> None:
    wrong = sitting.seal(png(7), seals=WRONG)
    sitting.record("violation.start", violation(2, "eyes_closed"), wrong)
    made = told(INSTITUTION)
    page = Page(made.html())
    assert "Files that are not what the records or the exam say" in page.text
    assert page.text.index(wrong.sha256) < page.text.index("Time line of")
    assert "7" not in [image.get("width") for image in page.all("img")]
    assert len(made.media.problems) == 1


def test_a_file_that_is_open_to_all_where_none_should_be_is_said(
    told: Told, sitting: SealingSession
) -> None:
    plain = sitting.blob(png(8))
    sitting.record("violation.start", violation(2, "eyes_closed"), plain)
    made = told()
    page = Page(made.html())
    assert "1 files are NOT sealed: everybody can see them" in page.text
    assert "The evidence is sealed: only" not in page.text
    assert [one.partition(":")[0] for one in made.media.problems] == [plain.sha256]
    assert "8" in [image.get("width") for image in page.all("img")], "it is evidence all the same"


def test_a_file_that_is_sealed_to_a_stranger_is_said_even_if_the_report_does_not_show_it(
    told: Told, sitting: SealingSession
) -> None:
    blob = sitting.seal(b"a screen", "video/mp4", to=(public(STRANGER),))
    sitting.record("segment", {"source": "screen"}, blob)
    page = Page(told().html())
    assert "1 files are sealed to OTHER KEYS than the exam names" in page.text
    assert "The evidence is sealed: only" not in page.text
    assert blob.sha256 in page.text
    assert "not what the records or the exam say" in page.text


def test_the_table_names_sealed_files_as_any_other(told: Told, sitting: SealingSession) -> None:
    assert "head_turned" in told().csv()
