"""The ground of a contour view: the coloured map, contour lines and axes."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
)

from optlab.core.contours import SurfacePicture
from optlab.pictures.ticks import linear_labels, linear_ticks
from optlab.session.theme import Theme
from optlab.ui.fonts import math_font, number_font
from optlab.ui.plots.colors import QUIET, color_table, map_image, with_alpha
from optlab.ui.plots.polyline import painter_path
from optlab.ui.plots.scale import Plane, Window

_TICK_GAP: Final = 7.0
_MARGIN_TOP: Final = 10.0
_MARGIN_RIGHT: Final = 14.0
_MARGIN_BOTTOM: Final = 46.0


class MapLayer:
    """The picture of one surface, turned once into an image and one path of contour lines."""

    def __init__(self, picture: SurfacePicture) -> None:
        self.picture = picture
        self._lines: list[tuple[QColor, QPainterPath]] = []
        self._image: QImage | None = None
        self._image_key: tuple[str, str] = ("", "")

    def draw(self, painter: QPainter, plane: Plane, theme: Theme, colors: str, lines: bool) -> None:
        """Draw the map into the plane's rectangle, which the painter is clipped to."""
        picture = self.picture
        if picture.finite.count:
            # Where the formula has no value there is no colour: hatching says so.
            hatch = QBrush(with_alpha(theme.muted, 0.35), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(plane.rect_of(picture.window), hatch)
        painter.drawImage(plane.rect_of(self._covered()), self._colored(theme, colors))
        if lines:
            painter.save()
            painter.setTransform(plane.transform(), True)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, path in self._lines:
                pen = QPen(color, 0.8)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPath(path)
            painter.restore()

    def _covered(self) -> Window:
        """The window that the image covers: its pixels are centred on the points of the grid."""
        rows, columns = self.picture.shading.shape
        (left, right), (bottom, top) = self.picture.window
        half1, half2 = (right - left) / (columns - 1) / 2, (top - bottom) / (rows - 1) / 2
        return (left - half1, right + half1), (bottom - half2, top + half2)

    def _colored(self, theme: Theme, colors: str) -> QImage:
        key = (theme.name, colors)
        if self._image is None or self._image_key != key:
            finite = self.picture.finite
            missing = finite.mask if finite.count else None
            self._image = map_image(self.picture.shading, color_table(colors, theme), missing)
            self._lines = self._colored_lines(theme, colors)
            self._image_key = key
        return self._image

    def _colored_lines(self, theme: Theme, colors: str) -> list[tuple[QColor, QPainterPath]]:
        """The contour lines as one path for each colour: thin, so that paths stand out."""
        contours = self.picture.contours
        if colors == QUIET:
            quiet = with_alpha("#ffffff", 0.17) if theme.is_dark else with_alpha("#24405a", 0.30)
            return [(quiet, painter_path(contours.lines))]
        table = color_table(colors, theme)
        place = np.rint(self.picture.colors.share(contours.levels) * 255).astype(int)
        bright = (table[place] @ np.array([0.2126, 0.7152, 0.0722]) > 110)[contours.level_index]
        pairs = list(zip(contours.lines, bright, strict=True))
        on_bright = painter_path(line for line, is_bright in pairs if is_bright)
        on_dark = painter_path(line for line, is_bright in pairs if not is_bright)
        return [(with_alpha("#000000", 0.28), on_bright), (with_alpha("#ffffff", 0.28), on_dark)]


def plot_rect(size: QSizeF, window: Window, equal: bool, right: float = 0.0) -> QRectF:
    """The rectangle of the map in a widget of ``size``; its margins hold the axes.

    ``equal`` gives both axes the same pixels per unit, ``right`` is room for a colour bar.
    """
    metrics = QFontMetricsF(number_font(11))
    rough = max(1.0, size.height() - _MARGIN_TOP - _MARGIN_BOTTOM)
    labels = linear_labels(linear_ticks(*window[1], _wanted(rough, 56)))
    widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
    left = 24.0 + max(30.0, widest) + _TICK_GAP
    width = max(24.0, size.width() - left - _MARGIN_RIGHT - right)
    height = max(24.0, rough)
    if equal:
        ratio = (window[0][1] - window[0][0]) / (window[1][1] - window[1][0])
        fitted = min(width, height * ratio)
        fitted_height = min(height, fitted / ratio)
        left += (width - fitted) / 2
        top = _MARGIN_TOP + (height - fitted_height) / 2
        return QRectF(round(left), round(top), round(fitted), round(fitted_height))
    return QRectF(round(left), _MARGIN_TOP, round(width), round(height))


def _wanted(pixels: float, each: float) -> int:
    return max(2, min(9, int(pixels / each)))


def draw_axes(painter: QPainter, plane: Plane, theme: Theme) -> None:
    """Draw ticks, their numbers and the names of both axes around the map."""
    rect = plane.rect
    font = number_font(11)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    ticks = linear_ticks(*plane.window[0], _wanted(rect.width(), 76))
    for tick, label in zip(ticks, linear_labels(ticks), strict=True):
        x = plane.x.pixel(tick)
        wide = metrics.horizontalAdvance(label)
        painter.drawText(QPointF(x - wide / 2, rect.bottom() + 19), label)
        painter.drawLine(QPointF(x, rect.bottom() + 1), QPointF(x, rect.bottom() + 4))
    ticks = linear_ticks(*plane.window[1], _wanted(rect.height(), 56))
    rise = metrics.capHeight() / 2
    widest = 0.0
    for tick, label in zip(ticks, linear_labels(ticks), strict=True):
        y = plane.y.pixel(tick)
        wide = metrics.horizontalAdvance(label)
        widest = max(widest, wide)
        painter.drawText(QPointF(rect.left() - _TICK_GAP - wide, y + rise), label)
        painter.drawLine(QPointF(rect.left() - 4, y), QPointF(rect.left() - 1, y))
    painter.setFont(math_font(14))
    names = QFontMetricsF(math_font(14))
    wide = names.horizontalAdvance("w₁")
    painter.drawText(QPointF(rect.center().x() - wide / 2, rect.bottom() + 38), "w₁")
    left = rect.left() - _TICK_GAP - widest - 6 - names.horizontalAdvance("w₂")
    painter.drawText(QPointF(max(2.0, left), rect.center().y() + names.xHeight() / 2), "w₂")
    painter.setPen(QPen(QColor(theme.border), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
