"""Labels by their role. All text is plain: nothing a file or a server says becomes markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def set_role(widget: QWidget, role: str) -> None:
    """Give ``widget`` its part in the style sheet, at once if it is already dressed."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str = "", role: str = "text", *, wrap: bool = True) -> QLabel:
    """A label; ``role`` is title, heading, lead, text, muted, small, chip or step."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    made.setProperty("role", role)
    return made


def selectable(text: str = "", role: str = "text") -> QLabel:
    """A label whose text can be selected and copied, by keyboard too."""
    made = label(text, role)
    made.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return made


def button(text: str, role: str = "secondary", *, description: str = "") -> QPushButton:
    """A push button; ``role`` is primary, secondary or quiet, ``&`` in the text its mnemonic."""
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAccessibleName(text.replace("&", ""))
    made.setAccessibleDescription(description)
    made.setAutoDefault(True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
