"""Whether Qt works here at all: asked by the program's self-checks, which know no Qt."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from proctor_desktop.core.errors import EnvironmentProblem
from proctor_desktop.hosts.qt_environment import drop_opencv_qt

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

_WIDTH_PX, _HEIGHT_PX = 160, 90
_LEFT, _RIGHT = 0xFF1E5AA8, 0xFFF2C14E


def qt_version() -> str:
    """The version of Qt, after its window module was really loaded; raises EnvironmentProblem."""
    try:
        from PySide6 import QtCore, QtWidgets  # noqa: F401, PLC0415 - to see whether it loads
    except ImportError as problem:
        raise EnvironmentProblem(
            "Qt",
            f"it cannot be loaded ({problem})",
            "Install the system library that is named there (Debian, Ubuntu: libegl1, libxkbcommon0"
            " and libxcb-cursor0 are the usual ones), or install the program again.",
        ) from problem
    return QtCore.qVersion()


def paints() -> bool:
    """Open a window without a display, let it paint, and compare what it painted.

    Must be called on the main thread. Where no Qt application runs yet, one is made that needs no
    display. Raises EnvironmentProblem if Qt cannot be loaded.
    """
    qt_version()
    return shows_both_colours(_picture_of_a_window())


def _picture_of_a_window() -> QImage:
    from PySide6.QtCore import QRect  # noqa: PLC0415 - Qt is only loaded when asked
    from PySide6.QtGui import QColor, QPainter, QPaintEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QWidget  # noqa: PLC0415

    class TwoColours(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            painter = QPainter(self)
            half = self.width() // 2
            painter.fillRect(QRect(0, 0, half, self.height()), QColor.fromRgba(_LEFT))
            rest = QRect(half, 0, self.width() - half, self.height())
            painter.fillRect(rest, QColor.fromRgba(_RIGHT))
            painter.end()

    app = QApplication.instance()
    if app is None:
        drop_opencv_qt()
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        app = QApplication(["proctor-desktop"])
    window = TwoColours()
    window.setFixedSize(_WIDTH_PX, _HEIGHT_PX)
    window.show()
    app.processEvents()
    picture = window.grab().toImage()
    window.close()
    window.deleteLater()
    app.processEvents()
    return picture


def shows_both_colours(picture: QImage) -> bool:
    """Whether the middle of each half has the colour that was painted there."""
    if picture.isNull():
        return False
    row = picture.height() // 2
    left = picture.pixel(picture.width() // 4, row)
    right = picture.pixel(picture.width() * 3 // 4, row)
    return (left, right) == (_LEFT, _RIGHT)
