"""The style sheet: what Fusion's palette alone cannot say."""

from __future__ import annotations

from proctor_desktop.ui.tokens import Tokens

_TITLE = 1.75
_HEADING = 1.2
_SMALL = 0.92


def stylesheet(tokens: Tokens, base_pt: float, unit: int) -> str:
    """The sheet for ``tokens`` where the text has ``base_pt`` and spacing goes by ``unit`` px."""
    return "\n".join((_text(tokens, base_pt), _buttons(tokens, unit), _boxes(tokens, unit)))


def _text(t: Tokens, base_pt: float) -> str:
    return f"""
QLabel {{ color: {t.text}; background: transparent; }}
QLabel[role="title"] {{ font-size: {base_pt * _TITLE:.1f}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {base_pt * _HEADING:.1f}pt; font-weight: 600; }}
QLabel[role="lead"] {{ font-size: {base_pt * _HEADING:.1f}pt; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="small"] {{ color: {t.muted}; font-size: {base_pt * _SMALL:.1f}pt; }}
QLabel[role="fact"] {{ font-size: {base_pt * _SMALL:.1f}pt; }}
QLabel[role="chip"] {{ color: {t.attention}; background: {t.attention_soft};
    border: 1px solid {t.attention}; border-radius: 4px; padding: 2px 8px;
    font-size: {base_pt * _SMALL:.1f}pt; }}
QLabel[role="step"] {{ color: {t.muted}; font-size: {base_pt * _SMALL:.1f}pt; }}
QLabel[role="step-now"] {{ color: {t.accent}; font-weight: 600;
    font-size: {base_pt * _SMALL:.1f}pt; }}
"""


def _buttons(t: Tokens, unit: int) -> str:
    pad = f"{round(unit * 0.9)}px {unit * 2}px"
    return f"""
QPushButton {{ color: {t.text}; background: {t.surface}; border: 1px solid {t.outline};
    border-radius: 6px; padding: {pad}; }}
QPushButton:hover {{ background: {t.accent_soft}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: {round(unit * 0.9) - 1}px
    {unit * 2 - 1}px; }}
QPushButton:disabled {{ color: {t.muted}; background: {t.window}; border-color: {t.border}; }}
QPushButton[role="primary"] {{ color: {t.on_accent}; background: {t.accent};
    border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {t.accent_hover};
    border-color: {t.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[role="primary"]:disabled {{ color: {t.muted}; background: {t.accent_soft};
    border-color: {t.border}; }}
QPushButton[role="quiet"] {{ color: {t.accent}; background: transparent; border: 1px solid
    transparent; padding: {round(unit * 0.9)}px {unit}px; }}
QPushButton[role="quiet"]:hover {{ background: {t.accent_soft}; }}
QPushButton[role="quiet"]:focus {{ border: 2px solid {t.accent};
    padding: {round(unit * 0.9) - 1}px {unit - 1}px; }}
QPushButton[role="quiet"]:disabled {{ color: {t.muted}; }}
"""


def _boxes(t: Tokens, unit: int) -> str:
    return f"""
QWidget[role="window"] {{ background: {t.window}; }}
QFrame[role="header"] {{ background: {t.surface}; border: none;
    border-bottom: 1px solid {t.border}; }}
QFrame[role="footer"] {{ background: {t.surface}; border: none;
    border-top: 1px solid {t.border}; }}
QFrame[role="card"] {{ background: {t.surface}; border: 1px solid {t.border};
    border-radius: 8px; }}
QFrame[role="note"] {{ background: {t.attention_soft}; border: 1px solid {t.attention};
    border-radius: 6px; }}
QFrame[role="hint"] {{ background: {t.accent_soft}; border: none; border-radius: 6px; }}
QFrame[role="toast"] {{ background: {t.surface}; border: 1px solid {t.outline};
    border-radius: 8px; }}
QFrame[role="rule"] {{ background: {t.border}; border: none; }}
QScrollArea, QScrollArea > QWidget > QWidget[role="body"] {{ background: transparent;
    border: none; }}
QScrollArea:focus {{ border: 2px solid {t.accent}; }}
QLineEdit {{ color: {t.text}; background: {t.window}; border: 1px solid {t.border};
    border-radius: 4px; padding: {unit // 3}px {unit // 2}px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QLineEdit:focus {{ border: 1px solid {t.accent}; }}
QPlainTextEdit, QListWidget {{ color: {t.text}; background: {t.surface};
    border: 1px solid {t.border}; border-radius: 6px; padding: {unit // 2}px;
    selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QPlainTextEdit:focus, QListWidget:focus {{ border: 2px solid {t.accent};
    padding: {max(unit // 2 - 1, 0)}px; }}
QScrollBar:vertical {{ background: transparent; width: {max(unit, 10)}px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {t.outline}; border-radius: {max(unit, 10) // 2 - 1}px;
    min-height: {unit * 3}px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {t.accent_soft}; border: none; border-radius: {unit // 2}px;
    min-height: {unit}px; max-height: {unit}px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {unit // 2}px; }}
"""
