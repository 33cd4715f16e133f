"""A tour of the window: each part is lit in turn and said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optlab.ui.shell.window import MainWindow
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.paint import GRID, MARGIN, box

_WIDTH = 340


@dataclass(frozen=True)
class Stop:
    """A part of the window, its title, and what is to be said of it."""

    part: QWidget
    title: str
    text: str


def tour_stops(window: MainWindow) -> tuple[Stop, ...]:
    """The stops of the tour, in order."""
    return (
        Stop(
            window.surface,
            "Surface",
            "Choose the loss E(w₁, w₂) or type one. Below the formula: where the runs start, "
            "how long they are, and the exact gradient.",
        ),
        Stop(
            window.runs,
            "Runs",
            "One row for each optimizer. Add, duplicate, hide and colour them here; the selected "
            "one is in the sliders, the worksheet and the curves of its memory.",
        ),
        Stop(
            window.parameters,
            "Parameters",
            "Sliders of the selected run. Everything is drawn anew while one moves; the field "
            "beside it takes any number.",
        ),
        Stop(
            window.view_tabs.stage,
            "Map",
            "Paths on the surface. Click to start all runs there, drag the square, zoom with the "
            "wheel. The tabs above show it in 3D, and maps of many runs.",
        ),
        Stop(
            window.transport,
            "Steps",
            "Space plays, the arrows step. Click the number to go to a step. All views follow.",
        ),
        Stop(
            window.panes,
            "Curves",
            "The loss and all that the rule remembers over the steps. Click to go there; + "
            "chooses the curves.",
        ),
        Stop(
            window.bottom_tabs,
            "Worksheet, comparison, story",
            "The update of this step with its numbers put into the equations; who arrived, and "
            "when; what to look for in the experiment.",
        ),
        Stop(
            window.surface,
            "Data and networks",
            "“Network on data” and “Formula over data”, in the list of surfaces, train on two "
            "moons, spirals or a CSV file of yours. The page Data and the tab Training then show "
            "rows, batches and what each run has learned.",
        ),
        Stop(
            window.menuBar(),
            "Experiments and help",
            "Experiments holds guided ones, each with a story. Ctrl+Shift+P finds any command, F1 "
            "lists all keys, and Help has the guide.",
        ),
    )


class _Card(QFrame):
    """The box with the words."""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            box(painter, self.rect().toRectF(), theme.panel, theme.border, 8)


class Tour(QWidget):
    """A veil over the window with a hole for the part that is told of.

    Enter, Space and → go on, ← goes back, Escape ends it; ``ended`` comes however it ends.
    """

    ended = Signal()

    def __init__(self, window: QWidget, stops: Sequence[Stop]) -> None:
        super().__init__(window)
        self.setAccessibleName("Tour of the window")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stops, self._at = tuple(stops), 0
        self._before: QWidget | None = None
        self.card = _Card(self)
        self._title = SectionTitle()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setFont(fonts.ui_font(fonts.BASE + 1))
        self._back = TextButton("back", "The part before (←)")
        self._next = TextButton("next", "The next part (→)")
        self._end = TextButton("end", "End the tour (Esc)")
        row = QHBoxLayout()
        row.addWidget(self._end)
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._next)
        self._column = column = QVBoxLayout(self.card)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, GRID)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(row)
        self._back.clicked.connect(self.go_back)
        self._next.clicked.connect(self.go_on)
        self._end.clicked.connect(self.end)
        window.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Starts at the first part; the keyboard comes back to where it was at the end."""
        self._before, self._at = self.window().focusWidget(), 0
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def go_on(self) -> None:
        """The next part, or the end."""
        if self._at + 1 == len(self._stops):
            self.end()
        else:
            self._at += 1
            self._tell()

    def go_back(self) -> None:
        """The part before."""
        self._at = max(0, self._at - 1)
        self._tell()

    def end(self) -> None:
        """Ends it."""
        if not self.isHidden():
            self.hide()
            if self._before is not None:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ended.emit()

    def told(self) -> Stop:
        """The part that is told of."""
        return self._stops[self._at]

    def hole(self) -> QRect:
        """Where that part is, as far as it can be seen."""
        part = self.told().part
        area = QRect(part.mapTo(self.window(), QPoint(0, 0)), part.size())
        around = part.parentWidget()
        while around is not None and around is not self.window():
            area &= QRect(around.mapTo(self.window(), QPoint(0, 0)), around.size())
            around = around.parentWidget()
        return area & self.rect()

    def _tell(self) -> None:
        self.setGeometry(self.window().rect())
        stop = self.told()
        self._title.set_text(f"{stop.title}   {self._at + 1} of {len(self._stops)}")
        self._text.setText(stop.text)
        self._back.setEnabled(self._at > 0)
        wide = min(_WIDTH, self.width() - 2 * MARGIN)
        self._text.setFixedWidth(wide - 2 * MARGIN)
        self._text.setFixedHeight(self._text.heightForWidth(wide - 2 * MARGIN))
        self._column.activate()
        self.card.setFixedSize(wide, self._column.totalSizeHint().height())
        self.card.move(self._beside(self.hole()))
        self.update()

    def _beside(self, hole: QRect) -> QPoint:
        """Where the words cover the part least, on the window."""
        card, gap = self.card.size(), 12
        middle = hole.center().y() - card.height() // 2
        places = (
            QPoint(hole.right() + gap, middle),
            QPoint(hole.left() - gap - card.width(), middle),
            QPoint(hole.center().x() - card.width() // 2, hole.top() - gap - card.height()),
            QPoint(hole.center().x() - card.width() // 2, hole.bottom() + gap),
        )
        for place in places:
            if self.rect().contains(QRect(place, card)):
                return place
        room = self.rect().adjusted(gap, gap, -gap, -gap)

        def covered(at: QPoint) -> int:
            return _area(QRect(at, card) & hole)

        inside = [
            QPoint(
                max(room.left(), min(at.x(), room.right() - card.width())),
                max(room.top(), min(at.y(), room.bottom() - card.height())),
            )
            for at in places
        ]
        return min(inside, key=covered)

    # -- events ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The size of the window."""
        if not self.isHidden() and event.type() == QEvent.Type.Resize:
            self._tell()
        return False

    def event(self, event: QEvent) -> bool:
        """While it is shown all keys are its own."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Backspace):
            self.go_back()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_on()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the words goes on."""
        event.accept()
        self.go_on()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil over all but the part."""
        with QPainter(self) as painter:
            veil = QColor(theme_of(self).window)
            veil.setAlphaF(0.72)
            hole = self.hole()
            painter.setClipRegion(QRegion(self.rect()) - QRegion(hole))
            painter.fillRect(self.rect(), veil)
            painter.setClipping(False)
            box(painter, hole.toRectF(), None, theme_of(self).accent, 6)


def _area(rect: QRect) -> int:
    return max(0, rect.width()) * max(0, rect.height())
