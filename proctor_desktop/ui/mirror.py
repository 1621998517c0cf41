"""The candidate's own camera picture, as in a mirror."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from proctor_desktop.ui.theme import tokens_of, unit

_RADIUS_PX = 8


class Mirror(QWidget):
    """Shows base64 JPEG pictures of ``aspect`` (width by height), turned left to right.

    A picture that cannot be decoded leaves the last one standing: the next is a moment away.
    """

    def __init__(self, name: str, waiting: str, aspect: float = 4 / 3) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._text = ""
        self._waiting = waiting
        self._aspect = aspect
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return self._image is not None

    def show_picture(self, jpeg: str) -> None:
        """Show this picture; an empty string takes the last one away."""
        if jpeg == self._text:
            return
        self._text = jpeg
        image = _decode(jpeg) if jpeg else None
        if image is not None or not jpeg:
            self._image = image
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's names from here on
        """About as wide as thirty letters."""
        width = unit(self) * 50
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The smallest picture in which a face can be placed."""
        return QSize(240, self.heightForWidth(240))

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """The picture keeps its shape."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The height of the picture at ``width``."""
        return round(width / self._aspect)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, or say that it is awaited."""
        tokens = tokens_of(self)
        box = QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        outline = QPainterPath()
        outline.addRoundedRect(box, _RADIUS_PX, _RADIUS_PX)
        painter.setClipPath(outline)
        painter.fillRect(box, QColor(tokens.accent_soft))
        if self._image is None:
            painter.setPen(QColor(tokens.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._waiting)
        else:
            painter.drawImage(_fitted(self._image, box), self._image)
        painter.end()


def _decode(jpeg: str) -> QImage | None:
    try:
        image = QImage.fromData(base64.b64decode(jpeg, validate=True))
    except (ValueError, binascii.Error):
        return None
    return None if image.isNull() else image.flipped(Qt.Orientation.Horizontal)


def _fitted(image: QImage, box: QRectF) -> QRectF:
    size = image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    fitted = QRectF(0, 0, size.width(), size.height())
    fitted.moveCenter(box.center())
    return fitted
