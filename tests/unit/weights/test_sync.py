from __future__ import annotations

from pathlib import Path

import pytest

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.manifest import WheelSource, parse
from proctor_desktop.weights.site_folder import FOLDER_VARIABLE
from proctor_desktop.weights.sync import sync
from tests.unit.weights.samples import (
    PAYLOAD,
    VENDOR_PAYLOAD,
    entry,
    make_wheel,
    manifest_text,
    published_entry,
    sha256,
)

ONE = parse(manifest_text())
PUBLISHED = parse(manifest_text(published_entry(extra="optional = true")))
TWO = parse(manifest_text(entry(), entry("second", "second.bin")))


class Index:
    """Stands for pip: gives the made-up wheel and counts how often it was asked."""

    def __init__(self, payload: bytes | None = PAYLOAD) -> None:
        self.payload = payload
        self.asked = 0

    def __call__(self, source: WheelSource, folder: Path) -> Path:
        self.asked += 1
        if self.payload is None:
            raise EnvironmentProblem(source.requirement, "there is no network", "Connect.")
        return make_wheel(folder, self.payload)


@pytest.fixture(autouse=True)
def _no_site_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


def test_two_files_of_one_wheel_cost_one_download(tmp_path: Path, said: list[str]) -> None:
    index = Index()
    sync(tmp_path / "store", said.append, TWO, index)
    assert index.asked == 1
    assert (tmp_path / "store" / "small.bin").read_bytes() == PAYLOAD
    assert (tmp_path / "store" / "second.bin").read_bytes() == PAYLOAD


def test_a_second_run_changes_nothing_and_needs_no_network(tmp_path: Path) -> None:
    index = Index()
    sync(tmp_path, [].append, ONE, index)
    before = (tmp_path / "small.bin").stat()
    sync(tmp_path, [].append, ONE, index)
    assert index.asked == 1
    assert (tmp_path / "small.bin").stat().st_ino == before.st_ino
    assert (tmp_path / "small.bin").stat().st_mtime_ns == before.st_mtime_ns


def test_the_vendors_file_is_left_alone(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "small.bin").write_bytes(VENDOR_PAYLOAD)
    sync(tmp_path, said.append, ONE, Index(None))
    assert (tmp_path / "small.bin").read_bytes() == VENDOR_PAYLOAD
    assert "alternative" in said[0]


def test_a_file_with_wrong_content_is_replaced_and_that_is_said(
    tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "small.bin").write_bytes(b"damaged")
    sync(tmp_path, said.append, ONE, Index())
    assert (tmp_path / "small.bin").read_bytes() == PAYLOAD
    assert "wrong content" in said[0]


def test_a_sites_finished_file_comes_first(tmp_path: Path, site: Path) -> None:
    (site / "small.bin").write_bytes(VENDOR_PAYLOAD)
    index = Index()
    sync(tmp_path / "store", [].append, ONE, index)
    assert (tmp_path / "store" / "small.bin").read_bytes() == VENDOR_PAYLOAD
    assert index.asked == 0


def test_a_sites_wheel_saves_the_download(tmp_path: Path, site: Path) -> None:
    make_wheel(site)
    index = Index()
    sync(tmp_path / "store", [].append, ONE, index)
    assert (tmp_path / "store" / "small.bin").read_bytes() == PAYLOAD
    assert index.asked == 0


def test_a_sites_wrong_file_gives_way_to_the_next_source(tmp_path: Path, site: Path) -> None:
    (site / "small.bin").write_bytes(b"wrong")
    sync(tmp_path / "store", [].append, ONE, Index())
    assert (tmp_path / "store" / "small.bin").read_bytes() == PAYLOAD


def test_a_site_folder_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(EnvironmentProblem, match="not a folder"):
        sync(tmp_path, [].append, ONE, Index())


@pytest.mark.parametrize("index", [Index(None), Index(b"exchanged")])
def test_a_required_file_that_cannot_be_had_is_an_error(tmp_path: Path, index: Index) -> None:
    with pytest.raises(EnvironmentProblem, match=r"small\.bin: no source gave it"):
        sync(tmp_path, [].append, ONE, index)
    assert not (tmp_path / "small.bin").exists()


def test_an_optional_file_that_cannot_be_had_is_only_reported(
    tmp_path: Path, said: list[str]
) -> None:
    manifest = parse(manifest_text(entry(extra="optional = true")))
    sync(tmp_path, said.append, manifest, Index(None))
    assert "nothing small is seen" in said[-1]


class Publisher:
    """Stands for the web: what each address gives, or nothing without a network."""

    def __init__(self, content: bytes | None) -> None:
        self._content = content
        self.asked: list[tuple[str, int]] = []

    def __call__(self, url: str, most_bytes: int) -> bytes:
        self.asked.append((url, most_bytes))
        if self._content is None:
            raise EnvironmentProblem(url, "there is no network", "Connect.")
        return self._content


def test_a_publishers_file_is_fetched_where_its_bytes_are_known(tmp_path: Path) -> None:
    publisher = Publisher(PAYLOAD)
    sync(tmp_path, [].append, PUBLISHED, Index(), publisher)
    assert (tmp_path / "small.bin").read_bytes() == PAYLOAD
    assert publisher.asked == [("https://example.org/small.bin", len(PAYLOAD))]


def test_a_sites_file_saves_asking_the_publisher(tmp_path: Path, site: Path) -> None:
    (site / "small.bin").write_bytes(PAYLOAD)
    publisher = Publisher(None)
    sync(tmp_path / "store", [].append, PUBLISHED, Index(), publisher)
    assert (tmp_path / "store" / "small.bin").read_bytes() == PAYLOAD
    assert not publisher.asked


def test_a_publishers_other_file_is_refused_and_the_folder_named(
    tmp_path: Path, said: list[str]
) -> None:
    sync(tmp_path, said.append, PUBLISHED, Index(), Publisher(b"a newer release"))
    assert not list(tmp_path.iterdir())
    assert "publisher's file differs" in said[-1]
    assert sha256(b"a newer release") in said[-1]
    assert FOLDER_VARIABLE in said[-1]


def test_without_network_an_optional_file_is_named_with_its_publisher_and_its_cost(
    tmp_path: Path, said: list[str]
) -> None:
    sync(tmp_path, said.append, PUBLISHED, Index(), Publisher(None))
    assert "there is no network" in said[-1]
    assert "Small Models" in said[-1]
    assert "nothing small is seen" in said[-1]


def test_a_required_publishers_file_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    required = parse(manifest_text(published_entry()))
    with pytest.raises(EnvironmentProblem, match="there is no network"):
        sync(tmp_path, [].append, required, Index(), Publisher(None))
