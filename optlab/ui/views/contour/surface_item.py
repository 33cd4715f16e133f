"""The ground of a contour map: the coloured surface and its contour lines."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from optlab.core.contours import SurfacePicture
from optlab.pictures.color_tables import QUIET, color_table
from optlab.ui.plots.colors import map_image, with_alpha
from optlab.ui.plots.pixel_items import KeptItem
from optlab.ui.plots.pixel_map import PixelMap, Window
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.polyline import painter_path
from optlab.ui.views.contour.shown import Shown


class SurfaceItem(KeptItem):
    """One surface, turned once into an image and one path of contour lines, in a thin frame."""

    def __init__(self, box: PlotBox, shown: Shown) -> None:
        self._shown = shown
        self.picture: SurfacePicture | None = None
        self._lines: list[tuple[QColor, QPainterPath]] = []
        self._image: QImage | None = None
        self._image_key: tuple[str, str] = ("", "")
        super().__init__(box, 1.0, beyond=1.0)

    def set_picture(self, picture: SurfacePicture | None) -> None:
        """Show another surface, or none."""
        self.picture, self._image = picture, None
        self.redraw()

    def draw(self, painter: QPainter) -> None:
        """Draw colours, lines and frame."""
        theme, places = self._shown.theme, self.pixel_map()
        painter.fillRect(places.rect, QColor(theme.panel))
        if self.picture is not None:
            painter.save()
            painter.setClipRect(places.rect)
            self._draw_map(painter, places, self.picture)
            painter.restore()
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(places.rect.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _draw_map(self, painter: QPainter, places: PixelMap, picture: SurfacePicture) -> None:
        if picture.finite.count:
            # Where the formula has no value there is no colour: hatching says so.
            hatch = QBrush(with_alpha(self._shown.theme.muted, 0.35), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(places.rect_of(picture.window), hatch)
        painter.drawImage(places.rect_of(_covered(picture)), self._colored(picture))
        if self._shown.has_lines:
            painter.setTransform(places.transform(), True)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, path in self._lines:
                pen = QPen(color, 0.8)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPath(path)

    def _colored(self, picture: SurfacePicture) -> QImage:
        key = (self._shown.theme.name, self._shown.colors)
        if self._image is None or self._image_key != key:
            finite = picture.finite
            missing = finite.mask if finite.count else None
            table = color_table(self._shown.colors, self._shown.theme)
            self._image = map_image(picture.shading, table, missing)
            self._lines = self._colored_lines(picture)
            self._image_key = key
        return self._image

    def _colored_lines(self, picture: SurfacePicture) -> list[tuple[QColor, QPainterPath]]:
        """The contour lines as one path for each colour: thin, so that paths stand out."""
        contours, theme, colors = picture.contours, self._shown.theme, self._shown.colors
        if colors == QUIET:
            quiet = with_alpha("#ffffff", 0.17) if theme.is_dark else with_alpha("#24405a", 0.30)
            return [(quiet, painter_path(contours.lines))]
        table = color_table(colors, theme)
        place = np.rint(picture.colors.share(contours.levels) * 255).astype(int)
        bright = (table[place] @ np.array([0.2126, 0.7152, 0.0722]) > 110)[contours.level_index]
        pairs = list(zip(contours.lines, bright, strict=True))
        on_bright = painter_path(line for line, is_bright in pairs if is_bright)
        on_dark = painter_path(line for line, is_bright in pairs if not is_bright)
        return [(with_alpha("#000000", 0.28), on_bright), (with_alpha("#ffffff", 0.28), on_dark)]


def _covered(picture: SurfacePicture) -> Window:
    """The window that the image covers: its pixels are centred on the points of the grid."""
    rows, columns = picture.shading.shape
    (left, right), (bottom, top) = picture.window
    half1, half2 = (right - left) / (columns - 1) / 2, (top - bottom) / (rows - 1) / 2
    return (left - half1, right + half1), (bottom - half2, top + half2)
