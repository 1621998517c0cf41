"""What ``manage.py check`` says about the app, and the standalone server at its start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured

from proctor_desktop.core.chain import is_sha256
from proctor_desktop.endpoint import conf


@register("proctor_desktop")
def settings_are_sound(**_: Any) -> list[CheckMessage]:
    """A missing folder and a malformed key are errors; no pinned institution is a warning."""
    try:
        found = conf.current()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), id="proctor_desktop.E001")]
    bad = [key for key in found.institution_keys if not is_sha256(key)]
    if bad:
        return [
            Error(
                f"INSTITUTION_KEYS holds what is no public key: {', '.join(bad)}.",
                hint="A public key is 64 lower-case hex digits.",
                id="proctor_desktop.E002",
            )
        ]
    if not found.institution_keys:
        return [
            Warning(
                "No institution key is pinned: an exam signed by ANYONE is accepted.",
                hint="Name the keys of the institutions that this server serves.",
                id="proctor_desktop.W001",
            )
        ]
    return []
