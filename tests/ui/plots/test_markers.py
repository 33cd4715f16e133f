"""Each run colour has a shape of its own, about as large as the others."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from optlab.pictures.items import Shape, marker
from optlab.pictures.theme import THEMES
from optlab.ui.plots.painting import paint_items


def shape(color, theme):
    image = QImage(40, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint_items(painter, [Shape(marker(theme, color, (20.0, 20.0), 12.0), "#ffffff")])
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(40, image.bytesPerLine())
    return pixels[:, :40] > 127


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_shapes_are_told_apart_without_colours(app, theme):
    shapes = [shape(color, theme) for color in theme.runs]
    areas = [int(found.sum()) for found in shapes]
    assert max(areas) < 3 * min(areas)
    for at, one in enumerate(shapes):
        for other in shapes[:at]:
            differ = int((one ^ other).sum())
            assert differ > 0.12 * min(areas)


def test_another_colour_is_a_circle(app):
    theme = THEMES["dark"]
    assert np.array_equal(shape("#123456", theme), shape(theme.runs[0], theme))
