"""Weights and memory as small heat maps, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from optlab.core.display import short
from optlab.pictures.training import LayersDrawing, MatrixDrawing
from optlab.ui.style.fonts import math_font, number_font
from optlab.ui.style.themes import theme_of

_HEAD: Final = 20.0
_FOOT: Final = 16.0
_BETWEEN: Final = 6.0
_MARGIN: Final = 10.0
_LARGEST, _SMALLEST, _WIDER = 18.0, 1.0, 3.0
"""Pixels of a cell, and how often as wide as high it may be."""


@dataclass(frozen=True)
class _Placed:
    """A matrix and where it is painted."""

    rect: QRectF
    matrix: MatrixDrawing
    image: QImage


class LayersView(QWidget):
    """One group for each quantity: its symbol, the matrices of all layers, the scale.

    The rows of a matrix are the units of its layer, the columns the inputs, the last one the bias;
    hovering tells a number.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Weights layer by layer")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.drawings: tuple[LayersDrawing, ...] = ()
        self._placed: list[_Placed] = []
        self._heads: list[tuple[float, LayersDrawing]] = []

    def set_drawings(self, drawings: Sequence[LayersDrawing]) -> None:
        """Show these quantities beside each other."""
        self.drawings = tuple(drawings)
        self._place()
        self.update()

    def value_at(self, at: QPointF) -> str:
        """The number under a pixel, in words; empty beside the matrices."""
        for placed in self._placed:
            if placed.rect.contains(at):
                rows, columns = placed.matrix.values.shape
                share = at - placed.rect.topLeft()
                row = min(int(share.y() / placed.rect.height() * rows), rows - 1)
                column = min(int(share.x() / placed.rect.width() * columns), columns - 1)
                bias = placed.matrix.name.startswith("W") and column == columns - 1
                from_ = "bias" if bias else f"input {column + 1}"
                number = short(float(placed.matrix.values[row, column]))
                return f"{placed.matrix.name}, unit {row + 1}, {from_}: {number}"
        return ""

    def sizeHint(self) -> QSize:
        """Room for layers of sixteen units."""
        return QSize(480, 150)

    def resizeEvent(self, event: object) -> None:
        """The matrices lie elsewhere."""
        self._place()

    def event(self, event: QEvent) -> bool:
        """Tell the number under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.value_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw matrices, symbols and scales."""
        theme = theme_of(self)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.window))
            for left, drawing in self._heads:
                painter.setPen(QColor(theme.text))
                painter.setFont(math_font(14))
                painter.drawText(QPointF(left, _HEAD - 5.0), drawing.symbol)
                wide = QFontMetricsF(math_font(14)).horizontalAdvance(drawing.symbol)
                painter.setPen(QColor(theme.muted))
                painter.setFont(number_font(10))
                scale = f"±{short(drawing.limit, 2)}"
                painter.drawText(QPointF(left + wide + 8.0, _HEAD - 6.0), scale)
            painter.setFont(number_font(10))
            for placed in self._placed:
                painter.drawImage(placed.rect, placed.image)
                painter.setPen(QPen(QColor(theme.border), 1.0))
                painter.drawRect(placed.rect.adjusted(-0.5, -0.5, 0.5, 0.5))
                painter.setPen(QColor(theme.muted))
                at = QPointF(placed.rect.left(), placed.rect.bottom() + _FOOT - 4.0)
                painter.drawText(at, _layer_name(placed.matrix))

    def _place(self) -> None:
        """Gives each group the same width, and all cells of a layer the same size."""
        self._placed, self._heads = [], []
        if not self.drawings:
            return
        room = (self.width() - _MARGIN) / len(self.drawings)
        high = self.height() - _HEAD - _FOOT - 4.0
        shapes = [layer.values.shape for layer in self.drawings[0].layers]
        gaps = _BETWEEN * len(shapes) + _MARGIN
        uprights = [_whole(min(_LARGEST, high / rows)) for rows, _ in shapes]
        across = (room - gaps) / sum(columns for _, columns in shapes)
        across = _whole(min(_LARGEST, across, _WIDER * min(uprights)))
        for index, drawing in enumerate(self.drawings):
            left = _MARGIN + index * room
            self._heads.append((left, drawing))
            for layer, upright in zip(drawing.layers, uprights, strict=True):
                rows, columns = layer.values.shape
                rect = QRectF(round(left), _HEAD, columns * across, rows * upright)
                self._placed.append(_Placed(rect, layer, _image(layer)))
                left += max(rect.width(), QFontMetricsF(number_font(10)).horizontalAdvance("W₁ b₁"))
                left += _BETWEEN


def _whole(pixels: float) -> float:
    """Whole pixels, so that cells are equal, as long as there are some."""
    return max(_SMALLEST, float(int(pixels)) if pixels > 2.0 else pixels)


def _layer_name(matrix: MatrixDrawing) -> str:
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    name = matrix.name.translate(digits)
    return f"{name} {name.replace('W', 'b')}" if name.startswith("W") else name


def _image(matrix: MatrixDrawing) -> QImage:
    rows, columns, _ = matrix.colors.shape
    data = np.ascontiguousarray(matrix.colors)
    return QImage(data.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
