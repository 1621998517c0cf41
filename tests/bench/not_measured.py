"""What is said of a figure that there is none of."""

from __future__ import annotations


class NotMeasured(Exception):
    """Something that a measurement needs is not here; the message says what."""
