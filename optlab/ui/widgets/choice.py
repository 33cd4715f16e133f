"""Drop-downs: a flat or boxed list to choose from, and a row with its name before it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from optlab.ui.style.icons import paint_icon
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import ElidedLabel
from optlab.ui.widgets.paint import (
    GRID,
    box,
    field_height,
    focus_ring,
    note_focus,
    row_height,
    set_tip,
    shows_focus,
)
from optlab.ui.widgets.search_list import Picker

_ARROW = 14
_MANY = 16  # entries: more are found by typing


class DropDown(QComboBox):
    """A list to choose one entry from; ``chosen`` tells the key of what a person chose.

    Where there are many, the list opens with a field to type in and with what is said of each.
    A list that was opened with the mouse gives the keyboard away after a choice.
    """

    chosen = Signal(object)

    def __init__(self, name: str, *, boxed: bool = False, parent: QWidget | None = None):
        self._listed = False
        super().__init__(parent)
        self._boxed = boxed
        self._entries: tuple[tuple[object, str, str], ...] = ()
        self._first = 0
        self._picker: Picker | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)
        horizontal = QSizePolicy.Policy.Expanding if boxed else QSizePolicy.Policy.Preferred
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._tell)

    def set_entries(self, entries: Sequence[tuple[object, str, str]], first: int = 0) -> None:
        """Offer ``entries``: key, text, and what a tooltip says about it. Emits nothing.

        A long list has a line behind the ``first`` ones.
        """
        self._first = first
        if tuple(entries) == self._entries:
            return
        key = self.key()
        self._entries = tuple(entries)
        blocked = self.blockSignals(True)
        self.clear()
        for row, (_, text, help_text) in enumerate(self._entries):
            self.addItem(text)
            self.setItemData(row, help_text, Qt.ItemDataRole.AccessibleDescriptionRole)
            set_item_tip(self, row, help_text)
        self.blockSignals(blocked)
        self.set_key(key)
        self.updateGeometry()

    def set_key(self, key: object) -> None:
        """Show the entry with ``key``, or none when it is not offered. Emits nothing."""
        keys = [entry[0] for entry in self._entries]
        row = keys.index(key) if key in keys else -1
        if row == self.currentIndex():
            return
        blocked = self.blockSignals(True)
        self.setCurrentIndex(row)
        self.blockSignals(blocked)
        self.updateGeometry()
        self.update()

    def key(self) -> object:
        """The key of the entry shown, or None."""
        row = self.currentIndex()
        return self._entries[row][0] if 0 <= row < len(self._entries) else None

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest entry."""
        if len(self._entries) > _MANY:
            self.picker().open(self._entries, self, self.key(), self._first)
            return
        self._make_list()
        metrics = self.view().fontMetrics()
        widest = max((metrics.horizontalAdvance(e[1]) for e in self._entries), default=0)
        self.view().setMinimumWidth(max(self.width(), widest + 52))
        super().showPopup()

    def _make_list(self) -> None:
        """Makes the list when it opens for the first time: ten widgets, for each of many fields."""
        if not self._listed:
            self._listed = True
            self.setItemDelegate(QStyledItemDelegate(self))
            self.view().setAccessibleName(self.accessibleName())

    def picker(self) -> Picker:
        """The list for many entries."""
        if self._picker is None:
            self._picker = Picker(self.accessibleName(), self)
            self._picker.picked.connect(self._pick)
        return self._picker

    def is_open(self) -> bool:
        """Whether the list is open, in either form."""
        listed = self._listed and self.view().isVisible()
        return listed or (self._picker is not None and self._picker.isVisible())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Another style sheet may have Qt make the list.
        if self.findChild(QListView) is not None:
            self._make_list()

    def focusInEvent(self, event: QFocusEvent) -> None:
        note_focus(self, event)
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling over a panel must not change a choice."""
        event.ignore()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.currentText()) + _ARROW + 4
        if self._boxed:
            return QSize(max(width + 24, 120), field_height(self) + 4)
        return QSize(width + 6, row_height(self))

    def minimumSizeHint(self) -> QSize:
        floor = (
            self.fontMetrics().horizontalAdvance("nnnnnn") + _ARROW + (28 if self._boxed else 10)
        )
        hint = self.sizeHint()
        return QSize(min(floor, hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        with QPainter(self) as painter:
            area = QRectF(self.rect())
            lit = self.isEnabled() and (self.underMouse() or self.is_open())
            if self._boxed:
                fill = theme.hover if lit and theme.is_dark else theme.raised
                box(painter, area, fill, theme.muted if lit else theme.border)
            if shows_focus(self):
                focus_ring(painter, self, area)
            pad = 10.0 if self._boxed else 3.0
            quiet = theme.text if self._boxed or lit else theme.muted
            color = quiet if self.isEnabled() else theme.faint
            arrow = QRectF(area.right() - pad - _ARROW + 2, area.center().y() - 7, _ARROW, _ARROW)
            paint_icon(painter, "chevron-down", theme.muted, arrow)
            words = area.adjusted(pad, 0, -(pad + _ARROW + 2), 0)
            align = Qt.AlignmentFlag.AlignLeft if self._boxed else Qt.AlignmentFlag.AlignRight
            painter.setPen(QColor(color))
            text = self.fontMetrics().elidedText(
                self.currentText() or self.placeholderText(),
                Qt.TextElideMode.ElideRight,
                int(words.width()),
            )
            painter.drawText(words, int(align | Qt.AlignmentFlag.AlignVCenter), text)

    def _pick(self, key: object) -> None:
        row = [entry[0] for entry in self._entries].index(key)
        self.setCurrentIndex(row)
        self.activated.emit(row)

    def _tell(self, row: int) -> None:
        self.updateGeometry()
        if 0 <= row < len(self._entries):
            self.chosen.emit(self._entries[row][0])
        if not shows_focus(self):
            self.clearFocus()


def set_item_tip(combo: QComboBox, row: int, text: str) -> None:
    """Give entry ``row`` of ``combo`` a tooltip that wraps and shows ``text`` literally."""
    carrier = QWidget()
    set_tip(carrier, text)
    combo.setItemData(row, carrier.toolTip(), Qt.ItemDataRole.ToolTipRole)


class Choice(QWidget):
    """A row: a name at the left, the chosen value and its list at the right."""

    chosen = Signal(object)

    def __init__(self, label: str, tip: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self._label = ElidedLabel(label)
        self._label.set_tip(tip)
        self.drop_down = DropDown(label)
        set_tip(self.drop_down, tip)
        self.setAccessibleName(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._label, 0)
        row.addStretch(1)
        row.addWidget(self.drop_down, 0)
        self.drop_down.chosen.connect(self.chosen)

    def set_entries(self, entries: Sequence[tuple[object, str, str]]) -> None:
        """Offer ``entries``: key, text, help."""
        self.drop_down.set_entries(entries)

    def set_key(self, key: object) -> None:
        """Show the entry with ``key``."""
        self.drop_down.set_key(key)
