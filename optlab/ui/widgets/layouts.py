"""Rows and columns that make the best of little room, and groups that fold away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from optlab.ui.style.icons import paint_icon
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import HelpButton, RowButton, Toggle
from optlab.ui.widgets.paint import GRID, focus_ring, ink, shows_focus

_GAP = 6


class _Flowing(QWidget):
    """Places what it holds itself, in as many lines as its width asks for."""

    def __init__(self, vertical: QSizePolicy.Policy, parent: QWidget | None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """What it holds may come, go or change its size, with the font for example."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        raise NotImplementedError


class FlowRow(_Flowing):
    """As wide as it may be; its height follows from how many lines its controls take.

    Where they do not fit on one line, chips that have an icon give up their word.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QSizePolicy.Policy.Preferred, parent)
        self._controls: list[QWidget] = []

    def add(self, control: QWidget) -> None:
        """Put a control behind the others."""
        control.setParent(self)
        self._controls.append(control)
        self.updateGeometry()

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

    def _is_tight(self, width: int) -> bool:
        """Whether the controls with all their words are too wide for one line."""
        wanted = [_room(control, False).width() + _gap(control) for control in self._controls]
        return sum(wanted) > width + _GAP

    def _lines(self, width: int) -> list[list[tuple[QWidget, QSize]]]:
        """The controls of each line, each with its size."""
        lines: list[list[tuple[QWidget, QSize]]] = []
        room, tight = 0, self._is_tight(width)
        controls = self._controls
        # Question marks give way before a second line is begun.
        if (
            sum(_room(control, tight).width() + _gap(control) for control in controls)
            > width + _GAP
        ):
            controls = [one for one in controls if not isinstance(one, HelpButton)]
        for control in controls:
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
        placed = {control for line in lines for control, _ in line}
        for control in self._controls:
            control.setVisible(control in placed)
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


_LEFT, _RIGHT, _ABOVE = GRID, GRID, GRID // 2
_WHOLE = 440
"""Pixels of the tabs that neighbours never take; in large letters the rest may be cut."""


class TabHead(_Flowing):
    """``tabs`` keep their width as long as there is any way to give it to them."""

    def __init__(self, tabs: QTabBar, controls: FlowRow, parent: QWidget | None = None) -> None:
        super().__init__(QSizePolicy.Policy.Fixed, parent)
        self._tabs = tabs
        self._controls = controls
        for child in (tabs, controls):
            child.setParent(self)

    def heightForWidth(self, width: int) -> int:
        return sum(self._heights(width)) + 2 * _ABOVE

    def sizeHint(self) -> QSize:
        """The tabs and the widest control beside them."""
        width = self._tabs.sizeHint().width() + GRID + self._narrowest() + _LEFT + _RIGHT
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        tabs = max(min(self._tabs.sizeHint().width(), _WHOLE), self._tabs.minimumSizeHint().width())
        width = max(tabs, self._narrowest()) + _LEFT + _RIGHT
        return QSize(width, self._tabs.sizeHint().height() + 2 * _ABOVE)

    def _narrowest(self) -> int:
        return 0 if self._controls.isHidden() else self._controls.minimumSizeHint().width()

    def _beside(self, width: int) -> int:
        """The room for the controls at the right of the tabs; less than 1 where they go below,
        because it is too small or would cost more lines."""
        room = width - _LEFT - _RIGHT - self._tabs.sizeHint().width() - GRID
        if room < self._narrowest():
            return 0
        tabs = self._tabs.sizeHint().height()
        beside = max(tabs, self._controls.heightForWidth(room))
        below = tabs + _ABOVE + self._controls.heightForWidth(width - _LEFT - _RIGHT)
        return room if beside < below else 0

    def _heights(self, width: int) -> tuple[int, int]:
        """Of the line with the tabs, and of what is below it."""
        tabs = self._tabs.sizeHint().height()
        if self._controls.isHidden():
            return tabs, 0
        beside = self._beside(width)
        if beside:
            return max(tabs, self._controls.heightForWidth(beside)), 0
        return tabs, self._controls.heightForWidth(width - _LEFT - _RIGHT) + _ABOVE

    def _place(self) -> None:
        width = self.width()
        first, second = self._heights(width)
        hint = self._tabs.sizeHint()
        tabs = min(hint.width(), width - _LEFT - _RIGHT)
        self._tabs.setGeometry(_LEFT, _ABOVE + (first - hint.height()) // 2, tabs, hint.height())
        beside = self._beside(width)
        room = beside or width - _LEFT - _RIGHT
        high = self._controls.heightForWidth(room)
        top = _ABOVE + (first - high) // 2 if beside else 2 * _ABOVE + first
        if second or beside:
            self._controls.setGeometry(width - _RIGHT - room, top, room, high)


class Column(QScrollArea):
    """Panels one below the other, as wide as the widest needs."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._panels = QVBoxLayout(self._inside)
        self._panels.setContentsMargins(0, 0, 0, 0)
        self._panels.setSpacing(0)
        self._panels.addStretch(1)
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)

    def add(self, panel: QWidget) -> None:
        """Put ``panel`` below the others."""
        self._panels.insertWidget(self._panels.count() - 1, panel)

    def sizeHint(self) -> QSize:
        return QSize(max(300, self._narrowest()), 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest(), 160)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumWidth(self._narrowest())
        return super().eventFilter(watched, event)

    def _narrowest(self) -> int:
        return self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()


class _Header(RowButton):
    """The line that opens and closes the group."""

    summary = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            if shows_focus(self):
                focus_ring(painter, self, area)
            painter.setPen(QColor(theme.text if self.isEnabled() else theme.faint))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            icon = "chevron-down" if self.isChecked() else "chevron-right"
            paint_icon(
                painter, icon, theme.muted, QRectF(area.right() - 15, area.center().y() - 7, 14, 14)
            )
            used = self.fontMetrics().horizontalAdvance(self.text()) + 12
            words = area.adjusted(used, 0, -19, 0)
            shown = self.fontMetrics().elidedText(
                self.summary, Qt.TextElideMode.ElideRight, int(words.width())
            )
            painter.setPen(QColor(ink(self)))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(words, int(flags), shown)


class Disclosure(QWidget):
    """A foldable group; ``opened`` tells when a person opens or closes it.

    What opens comes into view where the group stands in an area that scrolls.
    """

    opened = Signal(bool)

    def __init__(self, text: str, tip: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self._header = _Header(text, tip)
        self._body = QWidget()
        self._body.setVisible(False)
        self._inside = QVBoxLayout(self._body)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._header)
        column.addWidget(self._body)
        self._header.toggled.connect(self._on_toggled)

    def header(self) -> QAbstractButton:
        """The line that opens the group."""
        return self._header

    def add(self, widget: QWidget) -> None:
        """Put ``widget`` at the end of the group."""
        self._inside.addWidget(widget)

    def set_summary(self, text: str) -> None:
        """Say at the right of the line what the group holds."""
        self._header.summary = text
        self._header.setAccessibleDescription(text)
        self._header.update()

    def set_open(self, open_: bool) -> None:
        """Open or close without a signal."""
        blocked = self.blockSignals(True)
        self._header.setChecked(open_)
        self.blockSignals(blocked)

    def _on_toggled(self, on: bool) -> None:
        self._body.setVisible(on)
        self.opened.emit(on)
        if on:
            # The area knows its new height only after it was laid out.
            QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(self, 0, GRID)
            area.ensureWidgetVisible(self._header, 0, GRID)
