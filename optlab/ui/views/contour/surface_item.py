"""The ground of a contour map: the coloured surface and its contour lines."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from optlab.core.contours import SurfacePicture
from optlab.pictures.contour import contour_groups, covered, surface_colors
from optlab.ui.plots.painting import line_paths, with_alpha
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.plots.pixel_map import PixelMap
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.views.contour.shown import Shown


class SurfaceItem(KeptItem):
    """One surface, turned once into an image and paths of contour lines, in a thin frame."""

    def __init__(self, box: PlotBox, shown: Shown) -> None:
        self._shown = shown
        self._image = QImage()
        self._lines: list[tuple[QPen, QPainterPath]] = []
        self._made_for: object = None
        super().__init__(box, 1.0, beyond=1.0)

    def draw(self, painter: QPainter) -> None:
        """Draw colours, lines and frame."""
        theme, places = self._shown.picture.theme, self.pixel_map()
        painter.fillRect(places.rect, QColor(theme.panel))
        if self._shown.picture.surface is not None:
            painter.save()
            painter.setClipRect(places.rect)
            self._draw_map(painter, places, self._shown.picture.surface)
            painter.restore()
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(places.rect.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _draw_map(self, painter: QPainter, places: PixelMap, surface: SurfacePicture) -> None:
        if surface.finite.count:
            # Where the formula has no value there is no colour: hatching says so.
            muted = with_alpha(self._shown.picture.theme.muted, 0.35)
            hatch = QBrush(muted, Qt.BrushStyle.BDiagPattern)
            painter.fillRect(places.rect_of(surface.window), hatch)
        self._make(surface)
        painter.drawImage(places.rect_of(covered(surface)), self._image)
        painter.setTransform(places.transform(), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, path in self._lines:
            painter.setPen(pen)
            painter.drawPath(path)

    def _make(self, surface: SurfacePicture) -> None:
        """Image and lines, unless they are those of this surface in these colours."""
        picture = self._shown.picture
        wanted = surface, picture.theme.name, picture.colors, picture.has_lines
        if wanted == self._made_for:
            return
        self._made_for = wanted
        colors = np.ascontiguousarray(surface_colors(picture)[::-1])
        rows, columns, _ = colors.shape
        layout = QImage.Format.Format_RGBA8888_Premultiplied
        # Its own memory, because the array may go.
        self._image = QImage(colors.data, columns, rows, columns * 4, layout).copy()
        self._lines = line_paths(contour_groups(picture))
