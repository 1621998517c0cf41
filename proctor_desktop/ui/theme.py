"""Colours, sizes and type of both desktop applications.

Two sets of colours, each checked for WCAG AA contrast by the tests. All sizes follow the font, so
that larger text makes a larger window content and never a clipped one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from proctor_desktop.ui.stylesheet import stylesheet
from proctor_desktop.ui.tokens import DARK, LIGHT, Tokens

MIN_TEXT_PT = 11.0
_MID_LIGHTNESS = 128


class Scheme(StrEnum):
    """Which set of colours to use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_QT_SCHEME = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}


@dataclass(frozen=True, slots=True)
class Theme:
    """What to dress an application in; ``text_scale`` 1.0 is the platform's own text size."""

    scheme: Scheme = Scheme.SYSTEM
    text_scale: float = 1.0

    def apply(self, app: QApplication) -> None:
        """Dress ``app``, and again whenever the system turns dark or light."""
        app.setStyle("Fusion")
        font = QFont(app.font())
        font.setPointSizeF(max(font.pointSizeF(), MIN_TEXT_PT) * self.text_scale)
        app.setFont(font)
        hints = app.styleHints()
        hints.setColorScheme(_QT_SCHEME[self.scheme])
        self._colour(app)
        hints.colorSchemeChanged.connect(lambda: self._colour(app))

    def _colour(self, app: QApplication) -> None:
        chosen = self._tokens(app)
        app.setPalette(qt_palette(chosen))
        app.setStyleSheet(stylesheet(chosen, app.font().pointSizeF(), unit_of(app.font())))

    def _tokens(self, app: QApplication) -> Tokens:
        """Not every platform can be told its scheme, so the wish comes first."""
        if self.scheme is not Scheme.SYSTEM:
            return DARK if self.scheme is Scheme.DARK else LIGHT
        return DARK if app.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT


def qt_palette(tokens: Tokens) -> QPalette:
    """The palette that Qt's own drawing uses."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.window,
        QPalette.ColorRole.Base: tokens.surface,
        QPalette.ColorRole.AlternateBase: tokens.window,
        QPalette.ColorRole.Button: tokens.surface,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.surface,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Mid: tokens.outline,
        QPalette.ColorRole.Midlight: tokens.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    return palette


def tokens_of(widget: QWidget) -> Tokens:
    """The colours that ``widget`` is drawn in at present."""
    return DARK if widget.palette().window().color().lightness() < _MID_LIGHTNESS else LIGHT


def unit_of(font: QFont) -> int:
    """The step of all spacing in pixels: half a line of text."""
    return max(6, round(QFontMetrics(font).height() / 2))


def unit(widget: QWidget) -> int:
    """The step of all spacing for ``widget``, in pixels."""
    return unit_of(QApplication.font(widget))
