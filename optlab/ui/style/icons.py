"""The icon family: small one-colour drawings, painted in whatever colour is asked for."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from optlab.core.resources import resources_folder


@cache
def _source(name: str) -> str:
    return resources_folder().joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, color: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Icon ``name`` in ``color`` (``#rrggbb``), ``size`` logical pixels wide, sharp at ``ratio``.

    Raises FileNotFoundError for a name that is not in the family.
    """
    drawing = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    return svg_pixmap(drawing, QSizeF(size, size), ratio)


def svg_pixmap(
    drawing: QSvgRenderer, size: QSizeF, ratio: float, color: str | QColor | None = None
) -> QPixmap:
    """A drawing of one colour, or in ``color``, at a size in logical pixels, sharp at ``ratio``."""
    wide, high = size.width() * ratio, size.height() * ratio
    picture = QPixmap(max(1, round(wide)), max(1, round(high)))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        drawing.render(painter, QRectF(0, 0, wide, high))
        if color is not None:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
            painter.fillRect(picture.rect(), QColor(color))
    picture.setDevicePixelRatio(ratio)
    return picture


def paint_icon(painter: QPainter, name: str, color: str | QColor, area: QRectF) -> None:
    """Paint icon ``name`` centred in ``area``, as large as the shorter side allows."""
    side = min(area.width(), area.height())
    text = color if isinstance(color, str) else color.name()
    picture = pixmap(name, text, round(side), painter.device().devicePixelRatioF())
    target = QRectF(0, 0, side, side)
    target.moveCenter(area.center())
    painter.drawPixmap(target, picture, QRectF(picture.rect()))


def icon(name: str, color: str, faint: str | None = None) -> QIcon:
    """A QIcon for menus and tool bars; ``faint`` colours its disabled form."""
    made = QIcon()
    for size in (16, 20, 24):
        for ratio in (1.0, 2.0):
            made.addPixmap(pixmap(name, color, size, ratio))
            if faint is not None:
                made.addPixmap(pixmap(name, faint, size, ratio), QIcon.Mode.Disabled)
    return made
