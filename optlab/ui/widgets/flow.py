"""Small controls side by side at the right, without their words or on more lines if need be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.ui.widgets.buttons import Toggle
from optlab.ui.widgets.help_button import HelpButton
from optlab.ui.widgets.paint import GRID

_GAP = 6


class FlowRow(QWidget):
    """As wide as it may be; its height follows from how many lines its controls take.

    Where they do not fit on one line, chips that have an icon give up their word.
    """

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
        heights = [max(hint.height() for _, hint in line) for line in self._lines(width)]
        return sum(heights) + GRID // 2 * max(0, len(heights) - 1)

    def sizeHint(self) -> QSize:
        """As its widest control: neighbours get their room first, lines are cheap."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        hints = [_room(control, True) for control in self._controls]
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

    def _is_tight(self, width: int) -> bool:
        """Whether the controls with all their words are too wide for one line."""
        wanted = [_room(control, False).width() + _gap(control) for control in self._controls]
        return sum(wanted) > width + _GAP

    def _lines(self, width: int) -> list[list[tuple[QWidget, QSize]]]:
        """The controls of each line, each with its size."""
        lines: list[list[tuple[QWidget, QSize]]] = []
        room, tight = 0, self._is_tight(width)
        for control in self._controls:
            hint = _room(control, tight)
            gap = _gap(control)
            if not lines or hint.width() + gap > room:
                lines.append([])
                room, gap = width, 0
            lines[-1].append((control, hint))
            room -= hint.width() + gap
        return lines

    def _place(self) -> None:
        lines, tight = self._lines(self.width()), self._is_tight(self.width())
        top = max(0, (self.height() - self.heightForWidth(self.width())) // 2)
        for line in lines:
            hints = [hint for _, hint in line]
            gaps = sum(_gap(control) for control, _ in line[1:])
            left = self.width() - sum(hint.width() for hint in hints) - gaps
            height = max(hint.height() for hint in hints)
            for index, (control, hint) in enumerate(line):
                left += _gap(control) if index else 0
                if isinstance(control, Toggle):
                    control.set_compact(tight)
                control.setGeometry(left, top, hint.width(), height)
                left += hint.width()
            top += height + GRID // 2


def _gap(control: QWidget) -> int:
    """The room before a control; a question mark stands close to what it explains."""
    return 0 if isinstance(control, HelpButton) else _GAP


def _room(control: QWidget, tight: bool) -> QSize:
    """The size of a control, without its word where it can and shall do without."""
    return control.room(tight) if isinstance(control, Toggle) else control.sizeHint()
