"""Small controls side by side at the right, on as many lines as they need."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.ui.widgets.paint import GRID


class FlowRow(QWidget):
    """As wide as it may be; its height follows from how many lines its controls take."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, control: QWidget) -> None:
        """Put a control behind the others."""
        control.setParent(self)
        self._controls.append(control)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = self._lines(width)
        heights = [max(control.sizeHint().height() for control in line) for line in lines]
        return sum(heights) + GRID // 2 * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:
        """As its widest control: neighbours get their room first, lines are cheap."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        hints = [control.sizeHint() for control in self._controls]
        width = max((hint.width() for hint in hints), default=0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Controls may change their size, with the font for example."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _lines(self, width: int) -> list[list[QWidget]]:
        lines: list[list[QWidget]] = []
        room = 0
        for control in self._controls:
            wanted = control.sizeHint().width() + GRID
            if not lines or wanted > room:
                lines.append([])
                room = width + GRID
            lines[-1].append(control)
            room -= wanted
        return lines

    def _place(self) -> None:
        lines = self._lines(self.width())
        top = max(0, (self.height() - self.heightForWidth(self.width())) // 2)
        for line in lines:
            hints = [control.sizeHint() for control in line]
            left = self.width() - sum(hint.width() for hint in hints) - GRID * (len(hints) - 1)
            height = max(hint.height() for hint in hints)
            for control, hint in zip(line, hints, strict=True):
                control.setGeometry(left, top, hint.width(), height)
                left += hint.width() + GRID
            top += height + GRID // 2
