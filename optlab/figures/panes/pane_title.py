"""What stands above a pane: the quantity with its symbol, whose it is, and which curve is which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties

from optlab.figures import setting
from optlab.figures.layout import TITLE_ROW, Box
from optlab.figures.panes.runs_list import SAMPLE, draw_line
from optlab.figures.setting import theme
from optlab.figures.texts import Ruler, Texts
from optlab.pictures.charts.curves import CurveDrawing, PaneSpec
from optlab.pictures.legend import wrapped

_BASE: Final = 0.12
_GAP = 0.1
_APART = 0.2


@dataclass(frozen=True)
class PaneTitle:
    """The title of a pane with the curves of ``whose`` run, or of all where it is empty."""

    spec: PaneSpec
    whose: str

    @property
    def curves(self) -> tuple[CurveDrawing, ...]:
        """The curves that are told apart by name."""
        return self.spec.curves if self.whose and len(self.spec.curves) > 1 else ()

    def rows(self, ruler: Ruler, width: float) -> int:
        """Lines that it takes above a pane of ``width`` inches."""
        lines, legend = self._laid(ruler, width)
        return len(lines) + (max(row for _, row in legend) if legend else 0)

    def draw(
        self, figure: FigureBase, texts: Texts, ruler: Ruler, box: Box, legend_at: float | None
    ) -> None:
        """Writes it above the ``box`` of a pane; the curves at the height ``legend_at``, if any."""
        left, bottom, width, height = box
        if legend_at is None:
            lines, legend = self._laid(ruler, width)
        else:
            lines = self._lines(ruler, width)
            end = sum(self._widths(ruler)) + _APART * max(len(self.curves) - 1, 0)
            places = wrapped(self._widths(ruler), max(0.0, width - end), width + 1e-6, _APART)
            legend = [(x, 0) for x, _ in places]
        last = max((row for _, row in legend), default=0)
        base = bottom + height + _BASE
        y = base + TITLE_ROW * (len(lines) - 1 + last)
        for line in lines:
            used = texts.put(left, y, line, _font(), theme().text)
            y -= TITLE_ROW
        y += TITLE_ROW
        texts.put(left + used + _GAP, y, self.spec.symbol, _symbol_font(), theme().text)
        y = y if legend_at is None else legend_at
        for curve, (x, row) in zip(self.curves, legend, strict=True):
            at = left + x, y - row * TITLE_ROW
            draw_line(figure, curve.color, curve.style, (at[0], at[1] + 0.05), texts.size)
            texts.put(at[0] + SAMPLE + 0.08, at[1], curve.name, _curve_font(), theme().text)

    def _laid(self, ruler: Ruler, width: float) -> tuple[list[str], list[tuple[float, int]]]:
        """The lines of the title, and where each curve's name begins: x, and the row counted from
        the title's last line."""
        lines, widths = self._lines(ruler, width), self._widths(ruler)
        if not widths:
            return lines, []
        taken = ruler.width(lines[-1], _font()) + _GAP
        taken += ruler.width(self.spec.symbol, _symbol_font()) + _APART
        legend = sum(widths) + _APART * (len(widths) - 1)
        if taken + legend <= width:
            return lines, [(x, 0) for x, _ in wrapped(widths, width - legend, width + 1, _APART)]
        return lines, [(x, row + 1) for x, row in wrapped(widths, 0.0, width, _APART)]

    def _lines(self, ruler: Ruler, width: float) -> list[str]:
        text = f"{self.spec.title}, {self.whose}" if self.whose else self.spec.title
        room = width - _GAP - ruler.width(self.spec.symbol, _symbol_font())
        return ruler.wrap(" ".join(text.split()), _font(), room, 3, between=" ")

    def _widths(self, ruler: Ruler) -> list[float]:
        return [SAMPLE + 0.08 + ruler.width(curve.name, _curve_font()) for curve in self.curves]


def _font() -> FontProperties:
    return setting.font(setting.TEXT, 11.5)


def _symbol_font() -> FontProperties:
    return setting.font(setting.MATH, 12, italic=True)


def _curve_font() -> FontProperties:
    return setting.font(setting.MATH, 11, italic=True)
