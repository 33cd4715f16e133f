"""Mouse and keys as a person uses them."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

NONE = Qt.MouseButton.NoButton


def wheel(view, point, turns=1.0):
    """Turns the wheel over a point of a view, forwards where ``turns`` is positive."""
    widget = target(view)
    event = QWheelEvent(
        QPointF(point),
        QPointF(widget.mapToGlobal(point)),
        QPoint(),
        QPoint(0, round(120 * turns)),
        NONE,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def move(view, point, button=NONE):
    """Moves the pointer to a point; QTest.mouseMove tells no buttons on the offscreen platform."""
    widget = target(view)
    at, where = QPointF(point), QPointF(widget.mapToGlobal(point))
    kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, at, where, NONE, button, keys))


def drag(view, button, *points):
    """Presses at the first point, moves over the others, and releases at the last; with two
    points halfway first."""
    if len(points) == 2:
        points = points[0], (points[0] + points[1]) / 2, points[1]
    QTest.mousePress(target(view), button, pos=points[0])
    for point in points[1:]:
        move(view, point, button)
    QTest.mouseRelease(target(view), button, pos=points[-1])


def enter(field, text):
    """Types a text in place of what a field has, and ends with Return."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def target(view):
    """The widget that gets the events of a view."""
    return view.viewport() if isinstance(view, QAbstractScrollArea) else view
