"""Typeset equations in the colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from optlab.ui.style.typesetting import Drawing, typeset


@lru_cache(maxsize=256)
def equation_pixmap(latex: str, size: float, color: str, ratio: float, shrink: float) -> QPixmap:
    """A typeset equation in ``color``, sharp at ``ratio``, at ``shrink`` of its size."""
    drawing = typeset(latex, size)
    if drawing is None:
        return QPixmap()
    return _painted(drawing, color, ratio, shrink)


def _painted(drawing: Drawing, color: str, ratio: float, shrink: float) -> QPixmap:
    scale = ratio * shrink
    wide, high = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    picture = QPixmap(wide, high)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(drawing.svg))
    with QPainter(picture) as painter:
        renderer.render(painter, QRectF(0, 0, drawing.width * scale, drawing.height * scale))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(picture.rect(), QColor(color))
    picture.setDevicePixelRatio(ratio)
    return picture
