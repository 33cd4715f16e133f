"""The bundled fonts, so that every machine and every exported picture looks the same.

Sizes are device-independent pixels. The whole interface scales with :func:`set_text_scale`.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from optlab.core.resources import resources_folder

UI_FAMILY: Final = "Inter"
MATH_FAMILY: Final = "DejaVu Serif"
CODE_FAMILY: Final = "DejaVu Sans Mono"

BASE: Final = 13
NOTE: Final = 12
SMALL: Final = 11
SYMBOL: Final = 15

_scale = 1.0


class Weight(IntEnum):
    """The weights that are bundled."""

    REGULAR = 400
    MEDIUM = 500
    SEMIBOLD = 600


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts and return their family names; needs a QGuiApplication.

    Raises FileNotFoundError when a font file is missing or unreadable: the program would look
    wrong everywhere, so this is said at the start.
    """
    families: dict[str, None] = {}
    for path in sorted(resources_folder().joinpath("fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise FileNotFoundError(f"cannot load the font {path}")
        families.update(dict.fromkeys(QFontDatabase.applicationFontFamilies(number)))
    if UI_FAMILY not in families or MATH_FAMILY not in families:
        raise FileNotFoundError(f"no fonts in {resources_folder().joinpath('fonts')}")
    return tuple(families)


def set_text_scale(scale: float) -> None:
    """Scale every font made from now on; 1.0 is the designed size, 0.75 … 2 is sensible."""
    global _scale
    if not 0.5 <= scale <= 4.0:
        raise ValueError(f"text scale {scale} is outside 0.5 … 4")
    _scale = scale


def scaled(pixels: float) -> float:
    """A measure of the design at the scale of the letters."""
    return pixels * _scale


def ui_font(size: float = BASE, weight: int = Weight.REGULAR) -> QFont:
    """The interface font, with figures of equal width so that changing numbers stand still."""
    font = _font((UI_FAMILY,), size, weight)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def number_font(size: float = BASE, weight: int = Weight.REGULAR) -> QFont:
    """The font of numbers in fields and tables: tabular figures."""
    return ui_font(size, weight)


def math_font(size: float = SYMBOL, *, italic: bool = True) -> QFont:
    """The serif of symbols such as η, β₁ and m̂."""
    font = _font((MATH_FAMILY, UI_FAMILY), size, Weight.REGULAR)
    font.setItalic(italic)
    return font


def code_font(size: float = BASE) -> QFont:
    """The monospaced font of formulas as they are typed."""
    font = _font((CODE_FAMILY, UI_FAMILY), size, Weight.REGULAR)
    font.setFixedPitch(True)
    return font


def title_font() -> QFont:
    """The font of section titles, which are written in capitals: small and spaced."""
    font = _font((UI_FAMILY,), SMALL, Weight.SEMIBOLD)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return font


def _font(families: tuple[str, ...], size: float, weight: int) -> QFont:
    font = QFont(list(families))
    font.setPixelSize(max(1, round(size * _scale)))
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
