"""The pictures and clips of a report: read, opened where somebody gave a key, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from proctor_desktop.config.exam import SignedExam
from proctor_desktop.core.chain import BlobRef
from proctor_desktop.export.opening import Keyholder, Look
from proctor_desktop.export.report.sitting import Sitting
from proctor_desktop.export.report.still import Still, still
from proctor_desktop.wire.fingerprint import fingerprint

MAX_PICTURES = 400
"""Of each kind; a page with more of them would be of no use to anybody."""

Files = Callable[[str], bytes | None]
"""Gives a file's bytes by its SHA-256, or None where it is not there, whole."""


@dataclass(frozen=True, slots=True)
class Media:
    """What there is to show.

    ``clips`` are those whose files are there; nothing of them is in the report itself. ``sealed``
    gives the fingerprints that a file is sealed to where it was not opened; ``opened`` are those
    that were. ``open_to_all`` counts the files that are not sealed. ``problems`` name files that
    are not what their records say.
    """

    stills: Mapping[str, Still]
    clips: frozenset[str]
    sealed: Mapping[str, tuple[str, ...]]
    opened: frozenset[str]
    open_to_all: int
    problems: tuple[str, ...]


def media(told: Sitting, session: str, files: Files, keyholder: Keyholder) -> Media:
    """Read every picture and clip that the report speaks of, each once."""
    pictures, clips = _pictures(told), _clips(told)
    stills: dict[str, Still] = {}
    looks: dict[str, Look] = {}
    for blob in dict.fromkeys((*pictures, *clips)):
        content = files(blob.sha256)
        if content is None:
            continue
        look = keyholder.look(blob, content, session)
        picture = still(look.content)
        if picture is not None:
            stills[blob.sha256] = picture
        looks[blob.sha256] = replace(look, content=look.content and b"")  # one file at a time
    sealed = {name: look for name, look in looks.items() if look.sealed_to and not look.problem}
    return Media(
        stills=stills,
        clips=frozenset(looks) & {blob.sha256 for blob in clips},
        sealed={n: look.sealed_to for n, look in sealed.items() if look.content is None},
        opened=frozenset(n for n, look in sealed.items() if look.content is not None),
        open_to_all=sum(not look.sealed_to and not look.problem for look in looks.values()),
        problems=tuple(f"{name}: {one.problem}" for name, one in looks.items() if one.problem),
    )


def _pictures(told: Sitting) -> list[BlobRef]:
    violations = list(told.violations.values())
    stills = (told.reference_photo, *(one.still for one in violations))
    overlays = (one.overlay for one in violations)
    kinds = ([one for one in kind if one is not None] for kind in (stills, overlays))
    return [picture for kind in kinds for picture in kind[:MAX_PICTURES]]


def _clips(told: Sitting) -> list[BlobRef]:
    return [clip.blob for clip in told.clips[:MAX_PICTURES] if clip.blob is not None]


def seal_note(exam: SignedExam | None, shown: Media) -> str:
    """Who can see the pictures, for a reader of the report."""
    if exam is None:
        return "Whom the evidence was to be sealed to is not known: the exam file cannot be read."
    keys = exam.exam.seal_to
    if not keys:
        return (
            "The evidence is not sealed: the exam names no key to seal to. Whoever has the "
            "export can see its pictures."
        )
    names = " or ".join(map(fingerprint, keys))
    words = [f"The evidence is sealed: only who holds the key {names} can open its pictures."]
    if shown.opened:
        words.append(
            f"For this report {len(shown.opened)} files were opened, each compared with its "
            "record where that says what it seals: whoever has the report can see the pictures."
        )
    if shown.sealed:
        words.append(f"{len(shown.sealed)} files were not opened: no key was given that fits.")
    if shown.open_to_all:
        words.append(f"{shown.open_to_all} files are NOT sealed, although the exam asks for it.")
    return " ".join(words)
