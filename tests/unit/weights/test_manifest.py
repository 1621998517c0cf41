from __future__ import annotations

import re
from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.manifest import WheelSource, load, parse
from tests.unit.weights.samples import PAYLOAD, VENDOR_PAYLOAD, entry, manifest_text, sha256


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


def test_the_programs_own_manifest_names_no_host_and_needs_the_landmarker() -> None:
    manifest = load()
    assert not manifest.weight("face_landmarker").optional
    assert manifest.weight("demo_portrait").optional
    wheels = [s for w in manifest.weights for s in w.sources if isinstance(s, WheelSource)]
    assert all("/" not in source.requirement for source in wheels)
