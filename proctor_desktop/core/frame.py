"""One camera picture on its way through the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from proctor_desktop.core.moment import NS_PER_S, Moment

WIDTH_PX = 640
HEIGHT_PX = 480
FRAMES_PER_S = 8.0

HALF_TICK_NS = round(NS_PER_S / FRAMES_PER_S / 2)
"""What is due that soon is due with this picture, so that a rhythm of several pictures is kept."""

Image = TypeVar("Image")


@dataclass(frozen=True, slots=True)
class Frame(Generic[Image]):
    """A picture with its number in the session and the moment it was captured.

    ``image`` is opaque to the core; outside it is a ``uint8`` array of 480 x 640 x 3 in RGB order.
    Numbers grow by one for each picture *captured*, so a skipped picture leaves a hole.
    """

    number: int
    moment: Moment
    image: Image
