import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF

from optlab.ui.style import fonts


def test_the_bundled_fonts_are_used(app):
    assert {fonts.UI_FAMILY, fonts.MATH_FAMILY, fonts.CODE_FAMILY} <= set(fonts.load_fonts())
    for font, family in (
        (fonts.ui_font(), fonts.UI_FAMILY),
        (fonts.math_font(), fonts.MATH_FAMILY),
        (fonts.code_font(), fonts.CODE_FAMILY),
    ):
        assert QFontInfo(font).family() == family
    assert QFontInfo(fonts.math_font()).italic()


@pytest.mark.parametrize("weight", list(fonts.Weight))
def test_figures_have_one_width(app, weight):
    metrics = QFontMetricsF(fonts.number_font(20, weight))
    assert len({metrics.horizontalAdvance(str(figure) * 4) for figure in range(10)}) == 1


def test_weights_differ(app):
    widths = {QFontMetricsF(fonts.ui_font(40, w)).horizontalAdvance("Adam") for w in fonts.Weight}
    assert len(widths) == 3


@pytest.mark.parametrize("text", ["ηβ₁₂ₜε∂∇−·√λ←⁻⁹m̂ŝᵗ∞≤"])
def test_no_symbol_is_missing(app, text):
    metrics = QFontMetricsF(fonts.math_font())
    assert all(metrics.inFontUcs4(ord(character)) for character in text)


def test_text_scale(app):
    before = fonts.ui_font().pixelSize()
    fonts.set_text_scale(2.0)
    assert fonts.ui_font().pixelSize() == 2 * before
    fonts.set_text_scale(1.0)
    with pytest.raises(ValueError, match="text scale"):
        fonts.set_text_scale(0.0)
