import pytest

from proctor_desktop.ui.tokens import (
    DARK,
    LIGHT,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    Tokens,
    contrast,
)

TEXTS = [
    ("text", "window"),
    ("text", "surface"),
    ("text", "accent_soft"),
    ("text", "attention_soft"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "accent_soft"),
    ("accent", "window"),
    ("accent", "surface"),
    ("accent", "accent_soft"),
    ("accent", "attention_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("attention", "attention_soft"),
]
SHAPES = [
    ("outline", "window"),
    ("outline", "surface"),
    ("good", "surface"),
    ("attention", "surface"),
    ("accent", "border"),
    ("accent", "accent_soft"),
]


def test_the_measure_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXTS)
def test_text_can_be_read(tokens: Tokens, front: str, back: str) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, back)) >= TEXT_CONTRAST


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_shapes_can_be_seen(tokens: Tokens, front: str, back: str) -> None:
    assert contrast(getattr(tokens, front), getattr(tokens, back)) >= SHAPE_CONTRAST
