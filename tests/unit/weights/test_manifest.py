from __future__ import annotations

import re
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.manifest import FolderSource, UrlSource, WheelSource, load, parse
from tests.unit.weights.samples import (
    PAYLOAD,
    VENDOR_PAYLOAD,
    entry,
    manifest_text,
    published_entry,
    sha256,
)


def test_an_entry_is_read_with_its_sources_in_order() -> None:
    weight = parse(manifest_text()).weight("small")
    assert [source.kind for source in weight.sources] == ["folder", "wheel"]
    assert not weight.optional


def test_only_the_listed_contents_are_accepted() -> None:
    weight = parse(manifest_text()).weight("small")
    assert weight.accepts(sha256(PAYLOAD))
    assert weight.accepts(sha256(VENDOR_PAYLOAD))
    assert not weight.accepts(sha256(b"other"))


def test_asking_for_an_unlisted_name_is_a_bug() -> None:
    with pytest.raises(KeyError):
        parse(manifest_text()).weight("large")


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('licence = "MIT"', 'licence = "MIT"\nlicense = "MIT"', "license"),
        ('licence = "MIT"', "", "licence"),
        (f'sha256 = "{sha256(PAYLOAD)}"', 'sha256 = "ABC"', "sha256"),
        ('file = "small.bin"', 'file = "../small.bin"', "file"),
        ('kind = "folder"', 'kind = "ftp"', "sources"),
        ("small-model==1.0", "small-model>=1.0", "requirement"),
        ('recipe = "copy"', 'recipe = "landmarker_bundle"', "detector"),
        ("version = 1", "version = 2", "version"),
        ("version = 1", "version = ", "not TOML"),
    ],
)
def test_a_faulty_manifest_is_refused_and_the_place_named(good: str, bad: str, said: str) -> None:
    text = manifest_text()
    assert good in text
    with pytest.raises(EnvironmentProblem, match=re.escape(said)):
        parse(text.replace(good, bad, 1))


@pytest.mark.parametrize("label", ["name", "file"])
def test_names_and_files_are_unique(label: str) -> None:
    second = entry(name="small") if label == "name" else entry(file="small.bin")
    other = {"name": entry(file="other.bin"), "file": entry(name="other")}[label]
    with pytest.raises(EnvironmentProblem, match=f"same {label}"):
        parse(manifest_text(second, other))


def test_a_manifest_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"manifest\.toml"):
        load(tmp_path / "manifest.toml")


@pytest.mark.parametrize(
    "url",
    ["http://example.org/small.bin", "file:///small.bin", "https://example.org", "https:///x"],
)
def test_only_an_https_address_of_a_file_is_a_source(url: str) -> None:
    parse(manifest_text(published_entry()))
    with pytest.raises(EnvironmentProblem, match="url"):
        parse(manifest_text(published_entry(url)))


def test_the_largest_accepted_content_is_what_may_be_fetched() -> None:
    assert parse(manifest_text()).weight("small").largest_bytes == len(VENDOR_PAYLOAD)
    assert parse(manifest_text(published_entry())).weight("small").largest_bytes == len(PAYLOAD)


def test_of_the_programs_own_files_the_two_for_faces_are_required() -> None:
    required = {weight.name for weight in load().weights if not weight.optional}
    assert required == {"face_landmarker", "face_detector_far"}


def test_packages_come_from_whatever_index_is_set_up_here() -> None:
    wheels = [s for w in load().weights for s in w.sources if isinstance(s, WheelSource)]
    assert all("/" not in source.requirement for source in wheels)


def test_a_site_can_bring_every_file_itself() -> None:
    assert all(isinstance(weight.sources[0], FolderSource) for weight in load().weights)


def test_an_export_of_unknown_origin_is_never_fetched_as_the_publishers() -> None:
    for weight in load().weights:
        if "third-party export" in weight.licence:
            assert weight.publisher
            assert not any(isinstance(source, UrlSource) for source in weight.sources)
