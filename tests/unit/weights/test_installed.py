from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.installed import (
    State,
    find,
    first_unacceptable,
    listing,
    require,
    verify,
)
from proctor_desktop.weights.manifest import parse
from tests.unit.weights.samples import (
    PAYLOAD,
    VENDOR_PAYLOAD,
    entry,
    manifest_text,
    published_entry,
    sha256,
)

MANIFEST = parse(manifest_text(entry(file="installed_test_model.bin")))
FILE = "installed_test_model.bin"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROCTOR_DESKTOP_RESOURCES", str(tmp_path))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


@pytest.mark.parametrize("content", [PAYLOAD, VENDOR_PAYLOAD])
def test_a_file_with_accepted_content_is_given(folder: Path, content: bytes) -> None:
    (folder / FILE).write_bytes(content)
    assert require("small", MANIFEST) == folder / FILE


def test_a_missing_file_is_refused_and_its_lack_explained(folder: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="nothing small is seen") as caught:
        require("small", MANIFEST)
    assert caught.value.what == FILE
    assert "weights sync" in caught.value.remedy


def test_a_file_that_was_exchanged_later_is_refused_with_both_hashes(folder: Path) -> None:
    (folder / FILE).write_bytes(PAYLOAD)
    require("small", MANIFEST)
    (folder / FILE).write_bytes(b"exchanged")
    with pytest.raises(EnvironmentProblem) as caught:
        require("small", MANIFEST)
    assert caught.value.what == str(folder / FILE)
    assert sha256(b"exchanged") in caught.value.why
    assert sha256(PAYLOAD) in caught.value.why


def test_an_optional_file_is_given_or_none(folder: Path) -> None:
    assert find("small", MANIFEST) is None
    (folder / FILE).write_bytes(PAYLOAD)
    assert find("small", MANIFEST) == folder / FILE


def test_an_optional_file_with_other_content_is_refused_and_not_passed_over(folder: Path) -> None:
    (folder / FILE).write_bytes(b"exchanged")
    with pytest.raises(EnvironmentProblem, match=sha256(b"exchanged")):
        find("small", MANIFEST)


@pytest.mark.parametrize(
    ("content", "state", "usable"),
    [
        (PAYLOAD, State.PRESENT, True),
        (VENDOR_PAYLOAD, State.ALTERNATIVE, True),
        (b"other", State.CHANGED, False),
        (None, State.MISSING, False),
    ],
)
def test_verify_says_what_is_in_a_store(
    tmp_path: Path, content: bytes | None, state: State, usable: bool
) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    (status,) = verify(tmp_path, MANIFEST)
    assert (status.state, status.usable) == (state, usable)
    assert (first_unacceptable([status]) is None) == usable


def test_an_optional_file_may_be_missing_but_not_wrong(tmp_path: Path) -> None:
    manifest = parse(manifest_text(entry(file=FILE, extra="optional = true")))
    assert first_unacceptable(verify(tmp_path, manifest)) is None
    (tmp_path / FILE).write_bytes(b"other")
    assert first_unacceptable(verify(tmp_path, manifest)) is not None


def test_something_that_is_no_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(EnvironmentProblem, match="cannot be read"):
        verify(tmp_path, MANIFEST)


def test_the_listing_says_what_is_lost(tmp_path: Path) -> None:
    text = "\n".join(listing(tmp_path, MANIFEST))
    assert "missing" in text
    assert "nothing small is seen" in text
    assert "MIT" in text


def test_the_listing_gives_the_size_of_the_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"a file of another size")
    assert "22 bytes" in "\n".join(listing(tmp_path, MANIFEST))


def test_the_listing_says_who_publishes_an_optional_file_and_what_its_lack_costs(
    tmp_path: Path,
) -> None:
    text = "\n".join(
        listing(tmp_path, parse(manifest_text(published_entry(extra="optional = true"))))
    )
    assert "small (optional): missing" in text
    assert "Small Models, https://example.org/" in text
    assert "nothing small is seen" in text
