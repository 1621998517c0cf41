"""The operating system's keyring, where there is one.

Only keyrings that encrypt what they hold are used. Whatever is wrong with one is a reason to go on
without it, never to stop: the passphrase can still be typed.
"""

from __future__ import annotations

import logging

SERVICE = "proctor-desktop"
_SAFE_PRIORITY = 1
"""Backends below this keep what they hold in a plain file, or nowhere."""

log = logging.getLogger(__name__)


def stored(name: str) -> str | None:
    """What the keyring holds under ``name``; None without a keyring."""
    import keyring  # noqa: PLC0415 - looks for the system's services when it is loaded
    from keyring.errors import KeyringError  # noqa: PLC0415

    if _refused():
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except (KeyringError, OSError) as problem:
        log.warning("the keyring does not answer: %s", problem)
        return None


def store(name: str, secret: str) -> str:
    """Keep ``secret`` under ``name``; returns why it could not be kept, empty if it is."""
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    reason = _refused()
    if reason:
        return reason
    try:
        keyring.set_password(SERVICE, name, secret)
    except (KeyringError, OSError) as problem:
        return f"the keyring did not take it ({problem})"
    return ""


def _refused() -> str:
    """Why the system's keyring is not used; empty if it is."""
    import keyring  # noqa: PLC0415

    try:
        safe = keyring.get_keyring().priority >= _SAFE_PRIORITY
    except RuntimeError as problem:  # one that was chosen by hand and does not work here
        return f"the keyring that was chosen does not work here ({problem})"
    return "" if safe else "this computer has no keyring that a program could use"
