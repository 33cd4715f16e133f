"""Pictures and numbers for the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QWidget

from optlab.files.run_files import csv_text
from optlab.session.session import Session
from optlab.ui.controllers.status import Say
from optlab.ui.style.themes import theme_of

MOST_ROWS = 100_000
"""Rows that a clipboard takes without trouble."""
_GAP = 16  # pixels beside a further widget
_NO_GROUND = QWidget.RenderFlag.DrawChildren
_RATIO = 2.0  # pixels of a picture for each of the screen, at least: slides are large


def picture_of(*widgets: QWidget) -> QImage:
    """Widgets as they stand on the screen, side by side, sharp enough for a slide."""
    first, *others = widgets
    ratio = max(_RATIO, first.devicePixelRatioF())
    size = QSize(first.size())
    for widget in others:
        size += QSize(widget.width() + _GAP, 0)
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    # Pictures stand on the colour of the window, panels and splitters on that of their palette.
    image.fill(QColor(theme_of(first).window) if others else first.palette().window().color())
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # As the widget that it is: a graphics view has another render of its own.
        QWidget.render(first, painter, QPoint())
        left = first.width()
        for widget in others:
            # On the ground of the first, a little below its edge.
            QWidget.render(widget, painter, QPoint(left, _GAP // 2), renderFlags=_NO_GROUND)
            left += widget.width() + _GAP
    return image


class Copying(QObject):
    """Copies for the clipboard; ``say`` tells a person what was copied or why not."""

    def __init__(self, session: Session, window: QWidget, say: Say) -> None:
        super().__init__(window)
        self._session = session
        self._say = say

    def picture(self, widget: QWidget) -> None:
        """The picture of a view."""
        QGuiApplication.clipboard().setImage(picture_of(widget))
        self._say("Picture copied", good=True)

    def data(self) -> None:
        """The rows of the selected run up to the cursor, as CSV."""
        session = self._session
        run = session.document.run(session.selected)
        trajectory = session.trajectories.get(session.selected)
        if run is None or trajectory is None:
            self._say("There is no run with numbers to copy")
            return
        last = min(session.playback.step, trajectory.steps)
        if last >= MOST_ROWS:
            self._say(f"{last + 1:,} rows are too many for the clipboard: export them as CSV")
            return
        QGuiApplication.clipboard().setText(csv_text(trajectory, last))
        self._say(f"{run.name}: steps 0 to {last} copied as CSV", good=True)
