from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from proctor_desktop.ui.theme import MIN_TEXT_PT, Scheme, Theme, tokens_of, unit
from proctor_desktop.ui.tokens import DARK, LIGHT, Tokens


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    font, palette = qapp.font(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest.mark.parametrize(
    ("scheme", "tokens"), [(Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)], ids=str
)
def test_the_wished_scheme_holds_on_every_platform(
    app: QApplication, scheme: Scheme, tokens: Tokens
) -> None:
    Theme(scheme).apply(app)
    assert tokens_of(QWidget()) == tokens
    assert tokens.accent in app.styleSheet()


def test_larger_text_makes_all_spacing_larger(app: QApplication) -> None:
    Theme(Scheme.LIGHT).apply(app)
    size_pt, step_px = app.font().pointSizeF(), unit(QWidget())
    app.setFont(QApplication.font())
    Theme(Scheme.LIGHT, text_scale=2.0).apply(app)
    assert size_pt >= MIN_TEXT_PT
    assert app.font().pointSizeF() >= 2 * MIN_TEXT_PT
    assert unit(QWidget()) >= 1.8 * step_px
