"""Layers are drawn once and copied afterwards."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from optlab.ui.views.surface3d.layered_canvas import LayeredCanvas


class Counting(LayeredCanvas):
    LAYERS = 3

    def __init__(self):
        super().__init__()
        self.drawn = []
        self.frames = 0

    def draw_layer(self, layer, painter):
        self.drawn.append(layer)
        if layer == 1:
            painter.fillRect(QRectF(10, 10, 20, 20), QColor("red"))

    def draw_moving(self, painter):
        self.frames += 1


def test_a_frame_draws_no_layer_again(show):
    canvas = show(Counting())
    assert canvas.drawn == [0, 1, 2]
    canvas.update_rects([QRectF(0, 0, 5, 5)])
    canvas.repaint()
    assert canvas.drawn == [0, 1, 2]
    assert canvas.frames >= 2


def test_only_what_lies_above_is_drawn_again(show):
    canvas = show(Counting())
    canvas.drawn.clear()
    canvas.redraw(2)
    canvas.repaint()
    assert canvas.drawn == [2]
    image = canvas.grab().toImage()
    assert image.pixelColor(15, 15) == QColor("red")


def test_a_new_size_draws_everything_again(show):
    canvas = show(Counting())
    canvas.drawn.clear()
    canvas.resize(500, 300)
    canvas.repaint()
    assert canvas.drawn[:3] == [0, 1, 2]


def test_the_ground_covers_everything(show):
    canvas = show(Counting())
    canvas.set_ground("#123456")
    assert canvas.grab().toImage().pixelColor(100, 100) == QColor("#123456")
