"""How the kiosk is to run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proctor_desktop.ui.theme import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskOptions:
    """Who sits here, and how the window behaves.

    ``unattended``: the kiosk presses its own buttons and says so in the window and in the consent;
    the exam is then finished after ``duration_s`` (None: monitor ends it). ``screenshots``: a
    folder that gets a picture of every screen. ``text_scale``: 1.0 is the platform's own size.
    """

    unattended: bool = False
    duration_s: float | None = None
    screenshots: Path | None = None
    candidate_name: str = ""
    candidate_email: str = ""
    scheme: Scheme = Scheme.SYSTEM
    text_scale: float = 1.0
