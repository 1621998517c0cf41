"""The pictures and clips of a report: read, opened where somebody gave a key, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from proctor_desktop.config.exam import SignedExam
from proctor_desktop.core.chain import BlobRef
from proctor_desktop.export.opening import Keyholder, Look
from proctor_desktop.export.recipients import RecipientCheck
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
    that were. ``problems`` name files that are not what their records say.
    """

    stills: Mapping[str, Still]
    clips: frozenset[str]
    sealed: Mapping[str, tuple[str, ...]]
    opened: frozenset[str]
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


def seal_note(exam: SignedExam | None, shown: Media, check: RecipientCheck) -> str:
    """Who can see the pictures, for a reader of the report."""
    if exam is None:
        return "Whom the evidence was to be sealed to is not known: the exam file cannot be read."
    keys = exam.exam.seal_to
    names = " or ".join(map(fingerprint, keys))
    if not keys:
        words = [
            "The evidence is not sealed: the exam names no key to seal to. Whoever has the "
            "export can see its pictures."
        ]
    elif check.not_sealed or check.strangers:
        words = [f"The exam asks for everything to be sealed to the key {names}, and it is not."]
    else:
        words = [f"The evidence is sealed: only who holds the key {names} can open its pictures."]
    if shown.opened:
        words.append(
            f"For this report {len(shown.opened)} files were opened, each compared with its "
            "record where that says what it seals: whoever has the report can see the pictures."
        )
    if shown.sealed:
        words.append(f"{len(shown.sealed)} files were not opened: no key was given that fits.")
    if keys and check.not_sealed:
        words.append(f"{check.not_sealed} files are NOT sealed: everybody can see them.")
    if check.strangers:
        words.append(
            f"{check.strangers} files are sealed to OTHER KEYS than the exam names: whoever holds "
            "those can see them, and those whom the exam names perhaps cannot."
        )
    return " ".join(words)
