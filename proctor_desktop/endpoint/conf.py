"""The app's settings: one dict, ``PROCTOR_DESKTOP``, in the site's settings, read when needed.

``DATA_FOLDER`` is the one that has no default: keys and media must not land under a public URL by
accident.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """What a site can decide about the app.

    ``institution_keys``: the public keys (hex) whose exams are accepted; none means that any signed
    exam is. ``enrol_rate``: enrolments from one address, in DRF's notation. ``simple_interval_s``:
    the least time between two violations of a session on the simple route.
    """

    data_folder: Path
    institution_keys: tuple[str, ...] = ()
    heartbeat_s: float = 5.0
    token_lifetime_s: float = 24 * 3600.0
    enrol_rate: str = "300/min"
    simple_interval_s: float = 1.0

    @property
    def media_folder(self) -> Path:
        """Where the blobs are."""
        return self.data_folder / "media"


def current() -> Conf:
    """The settings as they stand; raises ImproperlyConfigured, naming what is wrong."""
    given = dict(getattr(settings, "PROCTOR_DESKTOP", {}))
    known = {field.name.upper() for field in fields(Conf)}
    if unknown := sorted(set(given) - known):
        raise ImproperlyConfigured(f"PROCTOR_DESKTOP does not know {', '.join(unknown)}.")
    if "DATA_FOLDER" not in given:
        raise ImproperlyConfigured("PROCTOR_DESKTOP needs DATA_FOLDER, a folder of its own.")
    values = {name.lower(): value for name, value in given.items()}
    values["data_folder"] = Path(values["data_folder"])
    values["institution_keys"] = tuple(values.get("institution_keys", ()))
    return Conf(**values)
