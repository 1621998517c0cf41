"""Which model files this installation has, and whether they are the bytes the manifest names.

Every question reads the manifest and hashes the file again: a remembered answer could hide that
somebody has exchanged a model in the meantime, and hashing a few megabytes takes milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from proctor_desktop.config.paths import resource
from proctor_desktop.config.remedy import SYNC_OR_INSTALL
from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.weights.manifest import Manifest, Weight, load

_REMEDY_OPTIONAL = (
    "Remove the file to go without it, or put the right one there ('proctor-desktop weights list' "
    "says where it comes from)."
)


class State(Enum):
    """What was found when a file was hashed."""

    PRESENT = "present"
    ALTERNATIVE = "present (accepted alternative)"
    MISSING = "missing"
    CHANGED = "wrong content"


@dataclass(frozen=True)
class WeightStatus:
    """One manifest entry and the file that was found for it, if one was."""

    weight: Weight
    state: State
    path: Path | None = None
    sha256: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the program may load this file."""
        return self.state in (State.PRESENT, State.ALTERNATIVE)

    @property
    def acceptable(self) -> bool:
        """Usable, or optional and not there. An optional file with wrong content is not."""
        return self.usable or (self.weight.optional and self.state is State.MISSING)


def require(name: str, manifest: Manifest | None = None) -> Path:
    """The path of a weight, hashed just now.

    Raises EnvironmentProblem, naming file, hashes and remedy, if it is missing or has other bytes
    than the manifest accepts; nothing with a wrong hash is ever loaded.
    """
    manifest = manifest or load()
    path = find(name, manifest)
    if path is None:
        weight = manifest.weight(name)
        raise EnvironmentProblem(
            weight.file, f"it is missing; without it: {weight.without}", SYNC_OR_INSTALL
        )
    return path


def find(name: str, manifest: Manifest | None = None) -> Path | None:
    """The path of a weight, hashed just now; None when it is not installed.

    One that is there with other bytes raises EnvironmentProblem like a required one: to go on as
    if it were missing would let somebody switch a check off by damaging a file.
    """
    found = inspect((manifest or load()).weight(name))
    if found.path is None:
        return None
    if not found.usable:
        remedy = _REMEDY_OPTIONAL if found.weight.optional else SYNC_OR_INSTALL
        raise EnvironmentProblem(str(found.path), _mismatch(found), remedy)
    return found.path


def verify(store: Path | None = None, manifest: Manifest | None = None) -> list[WeightStatus]:
    """Hash every file: those in ``store``, or by default those that would be used at run time."""
    return [inspect(weight, store) for weight in (manifest or load()).weights]


def listing(store: Path | None = None, manifest: Manifest | None = None) -> list[str]:
    """What ``weights list`` prints: each file, its state, licence and what its lack costs."""
    lines: list[str] = []
    for status in verify(store, manifest):
        lines.extend(_described(status))
    return lines


def first_unacceptable(statuses: Sequence[WeightStatus]) -> WeightStatus | None:
    """The first status that makes ``weights verify`` fail, if there is one."""
    return next((status for status in statuses if not status.acceptable), None)


def inspect(weight: Weight, store: Path | None = None) -> WeightStatus:
    """Find and hash one file, in ``store`` or where the program looks for it."""
    path = _find(weight.file, store)
    if path is None:
        return WeightStatus(weight, State.MISSING)
    digest = _sha256(path)
    if digest == weight.sha256:
        state = State.PRESENT
    else:
        state = State.ALTERNATIVE if weight.accepts(digest) else State.CHANGED
    return WeightStatus(weight, state, path, digest)


def _find(file: str, store: Path | None) -> Path | None:
    if store is not None:
        path = store / file
        return path if path.exists() else None
    try:
        return resource("weights", file)
    except EnvironmentProblem:
        return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EnvironmentProblem(
            str(path),
            f"it cannot be read ({error.strerror or error})",
            "Make it a file that this user may read, or remove it and run 'weights sync'.",
        ) from error


def _mismatch(status: WeightStatus) -> str:
    accepted = [status.weight.sha256, *(a.sha256 for a in status.weight.alternatives)]
    return f"its SHA-256 is {status.sha256}, expected {' or '.join(accepted)}"


def _described(status: WeightStatus) -> list[str]:
    weight = status.weight
    need = "optional" if weight.optional else "required"
    size_bytes = status.path.stat().st_size if status.path else weight.size_bytes
    lines = [
        f"{weight.name} ({need}): {status.state.value}",
        f"  file     {status.path or weight.file}, {size_bytes} bytes",
        f"  sha256   {status.sha256 or weight.sha256}",
        f"  licence  {weight.licence}",
        f"  without  {weight.without}",
    ]
    if weight.publisher:
        lines.insert(-1, f"  from     {weight.publisher}")
    if status.state is State.CHANGED:
        lines.append(f"  problem  {_mismatch(status)}")
    return lines
