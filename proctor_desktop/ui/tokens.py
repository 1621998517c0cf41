"""The named colours, and the measure of whether one can be read on another."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
"""WCAG 2.2 AA: for text, and for the outlines of controls and meaningful icons."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of colours as ``#rrggbb``.

    ``border`` only decorates; ``outline`` marks the edge of a control. ``attention`` asks for a
    look and never accuses: there is no red.
    """

    window: str
    surface: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    good: str
    attention: str
    attention_soft: str


LIGHT = Tokens(
    window="#f5f7f9",
    surface="#ffffff",
    border="#dde3ea",
    outline="#7b8794",
    text="#1b2733",
    muted="#536170",
    accent="#1d5f9e",
    accent_hover="#174d81",
    accent_soft="#e6eff8",
    on_accent="#ffffff",
    good="#1f6e49",
    attention="#855300",
    attention_soft="#fdf3dc",
)

DARK = Tokens(
    window="#13181e",
    surface="#1b222a",
    border="#303b47",
    outline="#7f8d9c",
    text="#e7ecf1",
    muted="#a7b3c0",
    accent="#8bbcf2",
    accent_hover="#aacff7",
    accent_soft="#22354a",
    on_accent="#0d1b2a",
    good="#84cfa6",
    attention="#efc36a",
    attention_soft="#352c18",
)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two ``#rrggbb`` colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:  # noqa: PLR2004 - the knee of the sRGB curve
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
