"""Items that keep what they drew: what a frame costs, and that nothing old is left."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from optlab.ui.plots.axis_item import TypesetAxis
from optlab.ui.plots.pixel_items import KeptItem, MovingItem
from optlab.ui.plots.plot import Plot
from optlab.ui.plots.plot_box import PlotBox
from optlab.ui.plots.plot_view import PlotView


class Filled(KeptItem):
    """A rectangle in a colour, counted each time it is drawn."""

    def __init__(self, box, color, rect, on=None):
        self.color, self.filled, self.drawn = QColor(color), QRectF(*rect), 0
        super().__init__(box, 1.0 if on is None else 2.0, on=on)

    def draw(self, painter):
        self.drawn += 1
        painter.fillRect(self.filled, self.color)


class Dot(MovingItem):
    def __init__(self, box):
        self.at, self.painted = QPointF(10, 10), 0
        super().__init__(box, 3.0)

    def rects(self):
        return [QRectF(self.at.x() - 4, self.at.y() - 4, 8, 8)]

    def draw(self, painter):
        self.painted += 1
        painter.fillRect(self.rects()[0], QColor("#ffffff"))


@pytest.fixture
def parts(show):
    view = show(PlotView(), 300, 200)
    view.setBackground("#000000")
    box = PlotBox()
    plot = Plot(box, TypesetAxis("left", 50.0), TypesetAxis("bottom", 50.0))
    plot.left_axis.setWidth(40)
    plot.bottom_axis.setHeight(20)
    view.scene().addItem(plot)
    below = Filled(box, "#ff0000", (0, 0, 1000, 1000))
    below.set_ground("#ff0000")
    above = Filled(box, "#0000ff", (20, 20, 30, 30), below)
    dot = Dot(box)
    plot.place(QRectF(50, 10, 200, 150))
    QApplication.processEvents()
    view.grab()
    below.drawn = above.drawn = dot.painted = 0
    yield view, below, above, dot


def color(view, x, y):
    QApplication.processEvents()
    image = view.screen().grabWindow(view.winId()).toImage()
    return image.pixelColor(50 + x, 10 + y).name()


def test_a_frame_draws_nothing_that_stands_still(parts):
    view, below, above, dot = parts
    for x in range(10, 100, 5):
        dot.at = QPointF(x, 100)
        dot.moved()
        QApplication.processEvents()
    assert dot.painted >= 18
    assert below.drawn == above.drawn == 0
    assert color(view, 95, 100) == "#ffffff"
    assert color(view, 60, 100) == color(view, 10, 10) == "#ff0000"
    assert color(view, 30, 30) == "#0000ff"


def test_what_is_added_stays_until_everything_is_drawn_anew(parts):
    view, below, above, _ = parts
    with above.adding() as painter:
        assert painter is not None
        painter.fillRect(QRectF(60, 60, 10, 10), QColor("#00ff00"))
        above.update(QRectF(60, 60, 10, 10))
    assert color(view, 65, 65) == "#00ff00"
    assert above.drawn == 0
    above.redraw()
    assert color(view, 65, 65) == "#ff0000"
    assert (below.drawn, above.drawn) == (0, 1)
    with above.adding() as painter:
        assert painter is not None
    above.redraw()
    with above.adding() as painter:
        assert painter is None


def test_what_lies_below_takes_along_what_lies_on_it(parts):
    view, below, above, _ = parts
    below.color = QColor("#ffff00")
    below.redraw()
    assert color(view, 100, 10) == "#ffff00"
    assert color(view, 30, 30) == "#0000ff"
    assert (below.drawn, above.drawn) == (1, 1)


def test_another_range_or_size_draws_everything_once(parts):
    view, below, above, _ = parts
    above.box.show_window(((0.0, 2.0), (0.0, 3.0)))
    QApplication.processEvents()
    assert (below.drawn, above.drawn) == (1, 1)
    above.box.parentItem().place(QRectF(60, 20, 100, 90))
    QApplication.processEvents()
    assert (below.drawn, above.drawn) == (2, 2)
    assert above.boundingRect().size().toTuple() == (100.0, 90.0)
    image = view.grab().toImage()
    assert image.pixelColor(60 + 30, 20 + 30).name() == "#0000ff"


def test_a_sharper_picture_is_drawn_and_not_enlarged(parts):
    view, below, above, _ = parts
    above.filled = QRectF(20.5, 20.5, 30, 30)
    image = QImage(view.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    with QPainter(image) as painter:
        QWidget.render(view, painter, QPoint())
    # Half a pixel of the screen is a whole one here.
    assert image.pixelColor(2 * 70 + 1, 2 * 45).name() == "#0000ff"
    assert image.pixelColor(2 * 70, 2 * 45).name() == "#ff0000"
    assert (below.drawn, above.drawn) == (1, 1)
    QApplication.processEvents()
    assert (below.drawn, above.drawn) == (1, 1)
