"""The picture of a map under mouse and keyboard, and what is drawn where."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from optlab.core.maps import ValueScale
from optlab.pictures.maps import MapAxis, MapDrawing, MapMark
from optlab.pictures.theme import DARK, LIGHT
from optlab.ui.views.maps import MapCanvas

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
ACROSS, UPWARDS = MapAxis("η", 1e-3, 10.0, log=True), MapAxis("β₁", 0.0, 0.9)


def chequered(rows: int = 4, columns: int = 5, **more) -> MapDrawing:
    """Each cell in a colour that tells its row (red) and column (green)."""
    colors = np.full((rows, columns, 4), 255, dtype=np.uint8)
    colors[..., 0] = 40 + 40 * np.arange(rows)[:, None]
    colors[..., 1] = 40 + 40 * np.arange(columns)[None, :]
    colors[..., 2] = 0
    return MapDrawing(colors, ACROSS, UPWARDS, **more)


@pytest.fixture
def canvas(show) -> MapCanvas:
    made = MapCanvas("A map", "does something")
    made.set_drawing(chequered())
    return show(made, 500, 400)


def middle(canvas: MapCanvas, row: int, column: int) -> QPoint:
    """Well inside a cell, also at the border, where half of it is cut off."""
    at = canvas.pixel(*canvas.values_at((row, column)))
    rect = canvas.plot_rect()
    x = min(max(at.x(), rect.left() + 4), rect.right() - 4)
    return QPointF(x, min(max(at.y(), rect.top() + 4), rect.bottom() - 4)).toPoint()


def test_every_cell_is_where_its_values_are(canvas: MapCanvas) -> None:
    image = canvas.grab().toImage()
    for row in range(4):
        for column in range(5):
            at = middle(canvas, row, column)
            color = image.pixelColor(at)
            assert (color.red(), color.green()) == (40 + 40 * row, 40 + 40 * column)
            assert canvas.cell_at(at.toPointF()) == (row, column)
    assert canvas.values_at((0, 0)) == (pytest.approx(1e-3), pytest.approx(0.0))
    assert canvas.values_at((3, 4)) == (pytest.approx(10.0), pytest.approx(0.9))
    assert canvas.values_at((0, 2))[0] == pytest.approx(0.1)


def test_outside_there_is_no_cell(canvas: MapCanvas) -> None:
    rect = canvas.plot_rect()
    for at in (rect.topLeft() - QPointF(9, 0), rect.bottomRight() + QPointF(0, 9)):
        assert canvas.cell_at(at) is None
    empty = MapCanvas("none", "")
    assert empty.cell_at(QPointF(100, 100)) is None


def test_a_click_chooses_and_a_drag_tells_every_cell(canvas: MapCanvas, listen) -> None:
    chosen, dragged = listen(canvas.cell_chosen), listen(canvas.cell_dragged)
    QTest.mouseClick(canvas.viewport(), LEFT, pos=middle(canvas, 1, 2))
    assert chosen == [canvas.values_at((1, 2))] and dragged == []
    QTest.mousePress(canvas.viewport(), LEFT, pos=middle(canvas, 0, 0))
    for column in (1, 2, 3):
        QTest.mouseMove(canvas.viewport(), middle(canvas, 2, column))
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=middle(canvas, 2, 3))
    assert dragged[-1] == canvas.values_at((2, 3)) and len(dragged) >= 3
    assert chosen[-1] == canvas.values_at((2, 3))
    QTest.mouseClick(canvas.viewport(), LEFT, pos=QPoint(5, 5))
    assert len(chosen) == 2


def test_hovering_reads_cells_and_leaving_ends_it(canvas: MapCanvas, listen) -> None:
    hovered, left = listen(canvas.hovered), listen(canvas.hover_left)
    QTest.mouseMove(canvas.viewport(), middle(canvas, 3, 1))
    assert hovered[-1] == (3, 1)
    canvas.set_hover_text("something")
    with_text = canvas.grab().toImage()
    QTest.mouseMove(canvas.viewport(), QPoint(4, 4))
    assert left and canvas.grab().toImage() != with_text


def test_the_keys_reach_every_cell(canvas: MapCanvas, listen) -> None:
    hovered, chosen = listen(canvas.hovered), listen(canvas.cell_chosen)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert chosen == []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(canvas, key, CTRL)
    assert hovered == [(3, 2), (3, 3), (3, 4), (3, 4)]
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert chosen == [canvas.values_at((3, 4))]


def test_the_picture_survives_any_size_and_no_picture(canvas: MapCanvas) -> None:
    canvas.set_message("a sentence in the middle that is long enough to need more than one line")
    canvas.set_path(np.array([(1e-3, 0.0), (1e300, np.nan), (1.0, 0.5)]), "#ff0000")
    for size in ((1, 1), (60, 40), (2000, 90), (500, 400)):
        canvas.resize(*size)
        canvas.grab()
    canvas.set_drawing(None)
    canvas.grab()
    canvas.set_drawing(chequered(2, 2))
    canvas.grab()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize(
    "scale",
    [
        ValueScale("log", 1e-9, 1e3),
        ValueScale("linear", -4.0, 12.0),
        ValueScale("linear", 5.0, 5.0),
        ValueScale("log", 1e-3, 1.0, base=-7.5),
    ],
)
def test_a_colour_bar_has_numbers(canvas: MapCanvas, theme, scale) -> None:
    canvas.set_theme(theme)
    before = canvas.plot_rect().right()
    canvas.set_drawing(chequered(bar=scale, bar_title="E"))
    rect = canvas.plot_rect()
    assert rect.right() < before
    image = canvas.grab().toImage()
    labels = [
        image.pixelColor(x, y).name()
        for x in range(int(rect.right()) + 28, canvas.width())
        for y in range(int(rect.top()), int(rect.bottom()))
    ]
    assert sum(color != QColor(theme.window).name() for color in labels) > 20


def test_marks_lie_on_their_values(canvas: MapCanvas) -> None:
    canvas.set_marks([MapMark(0.1, 0.45, "#12ff34", selected=True)])
    canvas.set_crosses([(1.0, 0.3)])
    canvas.set_start((0.01, 0.6))
    image = canvas.grab().toImage()
    assert image.pixelColor(canvas.pixel(0.1, 0.45).toPoint()).name() == "#12ff34"
    assert image.pixelColor(canvas.pixel(1.0, 0.3).toPoint()).red() > 200
    assert image.pixelColor(canvas.pixel(0.01, 0.6).toPoint()).name() == "#ffffff"


def test_names_for_screen_readers(canvas: MapCanvas) -> None:
    assert canvas.accessibleName() == "A map"
    assert "Enter does something" in canvas.accessibleDescription()
