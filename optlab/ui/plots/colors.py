"""Colours of plots: colour maps as tables, and small operations on colours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from optlab.pictures.color_tables import Table, ramp
from optlab.session.theme import Theme


def with_alpha(color: str, alpha: float) -> QColor:
    """The colour with an opacity of 0 … 1."""
    answer = QColor(color)
    answer.setAlphaF(alpha)
    return answer


@lru_cache(maxsize=8)
def diverging_table(theme: Theme) -> Table:
    """The colours (256, 3) from below zero over zero, in the middle, to above it."""
    return ramp(theme.diverging)


def map_image(
    shading: NDArray[np.float64],
    table: Table,
    missing: NDArray[np.bool_] | None = None,
) -> QImage:
    """Make an image of ``shading`` (rows, columns), shares 0 … 1, row 0 at the bottom.

    Where ``missing`` is True the image is transparent.
    """
    packed = table.astype(np.uint32)
    argb = 0xFF000000 | packed[:, 0] << 16 | packed[:, 1] << 8 | packed[:, 2]
    index = (shading * 255.0 + 0.5).astype(np.uint8)
    pixels = np.ascontiguousarray(argb.astype(np.uint32)[index[::-1]])
    if missing is not None:
        pixels[missing[::-1]] = 0
    rows, columns = pixels.shape
    layout = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, columns, rows, columns * 4, layout)
    return image.copy()  # its own memory: the array may go


def color_image(colors: NDArray[np.uint8]) -> QImage:
    """Make an image of ``colors`` (rows, columns, 4): red, green, blue, opacity (0 or 255).

    Row 0 is at the bottom.
    """
    pixels = np.ascontiguousarray(colors[::-1])
    rows, columns, _ = pixels.shape
    layout = QImage.Format.Format_RGBA8888_Premultiplied
    return QImage(pixels.data, columns, rows, columns * 4, layout).copy()
