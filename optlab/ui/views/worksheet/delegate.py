"""Painting the cells of a worksheet."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import (
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from optlab.pictures.theme import Theme
from optlab.ui.style import fonts
from optlab.ui.style.icons import svg_pixmap
from optlab.ui.style.themes import theme_of
from optlab.ui.style.typesetting import SIZE, is_ready, typeset
from optlab.ui.views.worksheet.layout import (
    GAP,
    LINE_SHARE,
    MARGIN,
    NUMBER_SIZES,
    RowPlace,
    wrapped,
)
from optlab.ui.views.worksheet.model import EQUATION, NUMBERS, WorksheetModel


@lru_cache(maxsize=256)
def equation_pixmap(latex: str, size: float, color: str, ratio: float, shrink: float) -> QPixmap:
    """A typeset equation in ``color``, sharp at ``ratio``, at ``shrink`` of its size."""
    drawing = typeset(latex, size)
    if drawing is None:
        return QPixmap()
    wanted = QSizeF(drawing.width, drawing.height) * shrink
    return svg_pixmap(QSvgRenderer(QByteArray(drawing.svg)), wanted, ratio, color)


class CellDelegate(QStyledItemDelegate):
    """Equations typeset, numbers muted, results to the right, the new weights in the accent."""

    def __init__(self, model: WorksheetModel) -> None:
        super().__init__()
        self._model = model
        self.places: tuple[RowPlace, ...] = ()
        self.line = 24.0
        self.size = SIZE
        self.number_size = NUMBER_SIZES[0]

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        row, column = index.row(), index.column()
        if row >= len(self.places):
            return
        theme = theme_of(option.widget)
        area = QRectF(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.selection))
        place = self.places[row]
        painter.save()
        if column == EQUATION:
            self._equation(painter, area, row, place, theme)
        elif column == NUMBERS:
            self._text(painter, area, self._model.numbers(row), theme.muted)
        else:
            self._result(painter, area, index, place, theme)
        painter.restore()

    def _equation(
        self, painter: QPainter, area: QRectF, row: int, place: RowPlace, theme: Theme
    ) -> None:
        inside = area.adjusted(MARGIN, 0, 0, 0)
        below = place.below * self.line * LINE_SHARE
        upper = QRectF(inside.left(), inside.top(), inside.width(), inside.height() - below)
        latex = self._model.rows()[row].line.inline
        drawing = typeset(latex, self.size) if is_ready(latex, self.size) else None
        if drawing is None:
            painter.setFont(fonts.math_font())
            painter.setPen(QColor(theme.text))
            painter.drawText(upper, int(_LEFT), self._model.rows()[row].line.text)
        else:
            ratio = painter.device().devicePixelRatioF()
            picture = equation_pixmap(latex, self.size, theme.text, ratio, place.scale)
            height = drawing.height * place.scale
            tall = height > self.line
            top = (
                upper.center().y() - height / 2
                if tall
                else self._baseline(upper) - drawing.baseline * place.scale
            )
            painter.drawPixmap(QPointF(upper.left(), _on_grid(top, ratio)), picture)
        if place.start:
            beside = area.adjusted(place.start, 0, 0, 0)
            self._text(painter, beside, self._model.numbers(row), theme.muted)
        elif place.below:
            lower = inside.adjusted(GAP, upper.height() - 1, 0, 0)
            self._lines(painter, lower, self._model.numbers(row), place, theme.muted)

    def _text(self, painter: QPainter, area: QRectF, text: str, color: str) -> None:
        painter.setFont(fonts.code_font(self.number_size))
        painter.setPen(QColor(color))
        painter.drawText(QPointF(area.left(), self._baseline(area)), text)

    def _lines(
        self, painter: QPainter, area: QRectF, text: str, place: RowPlace, color: str
    ) -> None:
        font = fonts.code_font(self.number_size)
        painter.setFont(font)
        painter.setPen(QColor(color))
        y = area.top() + QFontMetricsF(font).ascent() + 1
        for number, part in enumerate(wrapped(text, place.characters)):
            spot = QPointF(area.left(), y + number * self.line * LINE_SHARE)
            painter.drawText(spot, part)

    def _result(
        self,
        painter: QPainter,
        area: QRectF,
        index: QModelIndex | QPersistentModelIndex,
        place: RowPlace,
        theme: Theme,
    ) -> None:
        text = self._model.data(index)
        if not text:
            return
        font = fonts.code_font(self.number_size)
        painter.setFont(font)
        is_last = self._model.rows()[index.row()].is_last
        painter.setPen(QColor(theme.accent if is_last else theme.text))
        height = area.height() - place.below * self.line * LINE_SHARE
        upper = QRectF(area.left(), area.top(), area.width(), height)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        painter.drawText(QPointF(upper.right() - MARGIN - wide, self._baseline(upper)), text)

    def _baseline(self, area: QRectF) -> float:
        """The line that all texts of a row stand on."""
        return round(area.center().y() + self.size * 0.3)


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _on_grid(value: float, ratio: float) -> float:
    return round(value * ratio) / ratio
