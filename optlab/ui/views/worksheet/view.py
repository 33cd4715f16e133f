"""One update taken apart, under a title with buttons for the updates before and after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from optlab.core.analysis.worksheet import Worksheet
from optlab.pictures.theme import Theme
from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.views.worksheet.table import WorksheetTable
from optlab.ui.widgets.buttons import IconButton, TextButton
from optlab.ui.widgets.labels import ElidedLabel, Tone
from optlab.ui.widgets.paint import GRID, MARGIN
from optlab.ui.widgets.search_list import Picker

_NOTHING = "Step to an update, and every equation of it is shown here with its numbers."
_COPIES = (("text", "Copy as text"), ("latex", "Copy as LaTeX"))


class WorksheetView(QWidget):
    """Shows the worksheet of a step; what the buttons mean is the session's business."""

    previous_pressed = Signal()
    next_pressed = Signal()
    copy_requested = Signal(str)  # "text" or "latex"
    weights_asked = Signal()
    weight_chosen = Signal(object)  # its name, empty for all weights

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Worksheet")
        self._sheet: Worksheet | None = None
        self._title = ElidedLabel("", Tone.NORMAL)
        self._title.setFont(fonts.ui_font(fonts.BASE, fonts.Weight.SEMIBOLD))
        self._title.reserve("update 000")
        self._title.set_alignment(Qt.AlignmentFlag.AlignRight)
        self._previous = IconButton("back", "The update before", "The update before")
        self._next = IconButton("forward", "The update after", "The update after")
        self._weight = TextButton("all weights", "Take the update of one weight apart, by its name")
        self._weight.hide()
        self._picker: Picker | None = None
        self._copy = TextButton("copy", "Copy the worksheet as text or as LaTeX", "copy")
        self._message = QLabel(_NOTHING)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._table = WorksheetTable()
        self._arrange()
        self._previous.clicked.connect(self.previous_pressed)
        self._next.clicked.connect(self.next_pressed)
        self._copy.clicked.connect(self._open_menu)
        self._weight.clicked.connect(self.weights_asked)
        self._table.copy_pressed.connect(self._copy_text)
        self.setFocusProxy(self._table)
        self.set_theme(theme_of(self))
        self.set_worksheet(None)

    def set_worksheet(self, sheet: Worksheet | None) -> None:
        """Show the worksheet of a step, or that there is none."""
        self._sheet = sheet
        # The weight stands on the button beside it.
        self._title.set_text("" if sheet is None else f"{sheet.name}, update {sheet.step}")
        self._table.set_sheet(sheet)
        self._previous.setEnabled(sheet is not None and sheet.step > 1)
        self._next.setEnabled(sheet is None or sheet.step < sheet.steps)
        self._copy.setEnabled(sheet is not None)
        if self._table.isHidden() != (sheet is None):
            self._table.setVisible(sheet is not None)
            self._message.setVisible(sheet is None)

    def set_weight(self, name: str, *, offered: bool) -> None:
        """Show which weight is taken apart, empty for all, and offer to choose one; of a name in
        two ways the second one."""
        self._weight.setText(name.rpartition(" = ")[2] or "all weights")
        self._weight.updateGeometry()
        self._weight.setVisible(offered)

    def weight_button(self) -> TextButton:
        """The button that opens the list of weights."""
        return self._weight

    def choose_weight(self, entries: Sequence[tuple[object, str, str]], shown: str) -> None:
        """Open a list in which one of the weights is found by typing."""
        self.weight_picker().open(entries, self._weight, shown, first=1)

    def weight_picker(self) -> Picker:
        """The list of weights."""
        if self._picker is None:
            self._picker = Picker("Weights", self)
            self._picker.picked.connect(self.weight_chosen)
        return self._picker

    def worksheet(self) -> Worksheet | None:
        """What is shown."""
        return self._sheet

    def set_message(self, text: str) -> None:
        """Say ``text`` while there is no worksheet, nor a next one; the usual hint if empty."""
        self._message.setText(text or _NOTHING)
        if text:
            self._next.setEnabled(False)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        palette = self._message.palette()
        palette.setColor(self._message.foregroundRole(), QColor(theme.muted))
        self._message.setPalette(palette)
        self._table.refresh()
        self.update()

    def table(self) -> WorksheetTable:
        """The table, for the keyboard focus."""
        return self._table

    def copy_menu(self) -> QMenu:
        """The ways to copy."""
        menu = QMenu(self)
        for kind, text in _COPIES:
            menu.addAction(text).triggered.connect(partial(self._tell_copy, kind))
        return menu

    def sizeHint(self) -> QSize:
        """Room for the rows of a common rule."""
        return QSize(720, 220)

    def minimumSizeHint(self) -> QSize:
        """A title and two rows."""
        return QSize(360, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(theme_of(self).window))

    def header(self) -> QWidget:
        """The row of title and buttons, which may be given another place."""
        return self._header

    def _arrange(self) -> None:
        self._header = QWidget()
        header = QHBoxLayout(self._header)
        header.setContentsMargins(MARGIN, GRID // 2, GRID, 0)
        header.setSpacing(GRID // 2)
        header.addWidget(self._title, 1)
        for widget in (self._weight, self._previous, self._next, self._copy):
            header.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._header)
        column.addWidget(self._table, 1)
        column.addWidget(self._message, 1)

    def _open_menu(self) -> None:
        menu = self.copy_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._copy.mapToGlobal(self._copy.rect().bottomLeft()))

    def _tell_copy(self, kind: str) -> None:
        self.copy_requested.emit(kind)

    def _copy_text(self) -> None:
        if self._sheet is not None:
            self.copy_requested.emit("text")
