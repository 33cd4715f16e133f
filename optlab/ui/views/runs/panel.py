"""The list of runs and the buttons under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from optlab.session.edits.choices import EDITOR_ACTIONS
from optlab.ui.style.themes import theme_of
from optlab.ui.views.runs.row import RunItem, RunRow
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import ElidedLabel, SectionTitle, Tone
from optlab.ui.widgets.paint import GRID, MARGIN, box
from optlab.ui.widgets.search_list import Picker


class _DropLine(QWidget):
    """The line that shows where a dragged row would go."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            box(painter, QRectF(self.rect()), theme_of(self).accent, None, 1)


class RunsPanel(QWidget):
    """The list of runs and what can be done to it. Runs are told apart by their id."""

    run_selected = Signal(str)
    run_added = Signal(str)
    editor_asked = Signal(str)
    run_duplicated = Signal(str)
    run_removed = Signal(str)
    run_renamed = Signal(str, str)
    run_colored = Signal(str, int)
    run_styled = Signal(str, int)
    run_shown = Signal(str, bool)
    run_moved = Signal(str, int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName("Runs")
        self._rows: dict[str, RunRow] = {}
        self._order: list[str] = []
        self._selected: str | None = None
        self._optimizers: tuple[tuple[str, str, str], ...] = ()
        self._first = 0
        self._target: int | None = None
        self._orphaned = False
        self._list = QVBoxLayout()
        self._list.setSpacing(1)
        self._empty = ElidedLabel("No runs yet: add an optimizer", Tone.MUTED)
        self._line = _DropLine(self)
        self._line.hide()
        self._add = TextButton("add", "Add a run with another optimizer", "add")
        self._duplicate = TextButton("duplicate", "Add a copy of the selected run (Ctrl+D)")
        self._delete = TextButton("delete", "Delete the selected run (Del)")
        self._picker = Picker("Optimizers", self)
        self._picker.picked.connect(self._on_add)
        self._arrange()
        self._add.clicked.connect(self._open_add)
        self._duplicate.clicked.connect(self._on_duplicate)
        self._delete.clicked.connect(self._on_delete)
        self._refresh()

    def set_optimizers(self, entries: Sequence[tuple[str, str, str]], first: int = 0) -> None:
        """Offer optimizers for new runs: key, name, summary; the ``first`` ones apart."""
        self._optimizers, self._first = tuple(entries), first
        self._add.setEnabled(bool(entries))

    def set_runs(self, items: Sequence[RunItem]) -> None:
        """Show these runs in this order; rows of runs that stay are kept."""
        for gone in set(self._rows) - {item.id for item in items}:
            row = self._rows.pop(gone)
            self._orphaned = self._orphaned or row.hasFocus()
            row.hide()
            row.deleteLater()
        for position, item in enumerate(items):
            row = self._rows.get(item.id) or self._new_row(item)
            if row.item() != item:
                row.set_item(item)
            if self._list.indexOf(row) != position:
                self._list.removeWidget(row)
                self._list.insertWidget(position, row)
        self._order = [item.id for item in items]
        self._refresh()

    def set_result(self, run: str, result: str, tone: str = Tone.NORMAL) -> None:
        """Show how one run did; an unknown id is ignored."""
        row = self._rows.get(run)
        if row is not None:
            old = row.item()
            row.set_item(replace(old, result=result, tone=tone))

    def set_selected(self, run: str | None) -> None:
        """Show which run is selected."""
        self._selected = run
        if self._orphaned and run in self._rows:
            # The row that had the keyboard is gone: it goes on with the selected one.
            self._orphaned = False
            self._rows[run].setFocus(Qt.FocusReason.OtherFocusReason)
        self._refresh()

    def row(self, run: str) -> RunRow:
        """The row of a run. Raises KeyError for an unknown id."""
        return self._rows[run]

    def buttons(self) -> tuple[TextButton, TextButton, TextButton]:
        """The buttons add, duplicate and delete."""
        return self._add, self._duplicate, self._delete

    def picker(self) -> Picker:
        """The list of optimizers that opens at the button."""
        return self._picker

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN - 6, GRID, MARGIN - 6, GRID // 2)
        column.setSpacing(GRID // 2)
        title = QHBoxLayout()
        title.setContentsMargins(6, 0, 6, GRID // 2)
        title.addWidget(SectionTitle("Runs"))
        column.addLayout(title)
        column.addLayout(self._list)
        empty = QHBoxLayout()
        empty.setContentsMargins(6, 0, 6, 0)
        empty.addWidget(self._empty)
        column.addLayout(empty)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self._add, self._duplicate, self._delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def _new_row(self, item: RunItem) -> RunRow:
        row = RunRow(item)
        self._rows[item.id] = row
        row.selected.connect(self.run_selected)
        row.renamed.connect(self.run_renamed)
        row.colored.connect(self.run_colored)
        row.shown.connect(self.run_shown)
        row.key_pressed.connect(self._on_key)
        row.menu_asked.connect(self._open_menu)
        row.dragged.connect(self._on_dragged)
        row.dropped.connect(self._on_dropped)
        return row

    def _refresh(self) -> None:
        for run, row in self._rows.items():
            row.set_selected(run == self._selected)
        chosen = self._selected in self._rows
        self._duplicate.setEnabled(chosen)
        self._delete.setEnabled(chosen)
        self._empty.setVisible(not self._rows)

    def _on_key(self, run: str, event: QKeyEvent) -> None:
        at, key = self._order.index(run), event.key()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        if step is not None:
            event.accept()
            to = at + step
            if 0 <= to < len(self._order):
                self._go(run, to, alt)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            event.accept()
            self.run_removed.emit(run)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.run_selected.emit(run)

    def _go(self, run: str, to: int, move: bool) -> None:
        if move:
            self.run_moved.emit(run, to)
            return
        other = self._order[to]
        self._rows[other].setFocus(Qt.FocusReason.TabFocusReason)
        self.run_selected.emit(other)

    def _on_dragged(self, run: str, y: int) -> None:
        middles = [self._rows[other].geometry().center().y() for other in self._order]
        slot = sum(1 for middle in middles if y > middle)
        at = self._order.index(run)
        self._target = slot - 1 if slot > at else slot
        rows = [self._rows[other].geometry() for other in self._order]
        edge = rows[slot].top() - 2 if slot < len(rows) else rows[-1].bottom() + 1
        self._line.setGeometry(rows[0].left(), edge, rows[0].width(), 2)
        self._line.setVisible(self._target != at)
        self._line.raise_()

    def _on_dropped(self, run: str) -> None:
        target, self._target = self._target, None
        self._line.hide()
        if target is not None and target != self._order.index(run):
            self.run_moved.emit(run, target)

    def _on_add(self, key: object) -> None:
        if str(key) in EDITOR_ACTIONS:
            self.editor_asked.emit(str(key))
        else:
            self.run_added.emit(str(key))

    def _on_duplicate(self) -> None:
        if self._selected is not None:
            self.run_duplicated.emit(self._selected)

    def _on_delete(self) -> None:
        if self._selected is not None:
            self.run_removed.emit(self._selected)

    def _open_add(self) -> None:
        self._picker.open(self._optimizers, self._add, first=self._first)

    def _open_menu(self, run: str, where: QPoint) -> None:
        menu = self.row_menu(run)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def row_menu(self, run: str) -> QMenu:
        """What can be done to one run, as a menu."""
        visible = self._rows[run].item().visible
        menu = QMenu(self)
        for text, what in (
            ("Rename", "rename"),
            ("Hide" if visible else "Show", "show"),
            ("Duplicate", "duplicate"),
            ("Move up", "up"),
            ("Move down", "down"),
            ("Delete", "delete"),
        ):
            action = QAction(text, menu)
            action.setData((what, run))
            menu.addAction(action)
        lines = QMenu("Line", menu)
        for number, text in enumerate(("Solid", "Dashed", "Dotted", "Dash and dot")):
            action = QAction(text, lines)
            action.setCheckable(True)
            action.setChecked(number == self._rows[run].item().style)
            action.setData((f"line {number}", run))
            lines.addAction(action)
        menu.insertMenu(menu.actions()[2], lines)
        menu.triggered.connect(self._on_menu)
        return menu

    def _on_menu(self, action: QAction) -> None:
        what, run = action.data()
        if run not in self._rows:
            return
        at = self._order.index(run)
        if what == "rename":
            self._rows[run].begin_rename()
        elif what == "show":
            self.run_shown.emit(run, not self._rows[run].item().visible)
        elif what.startswith("line "):
            self.run_styled.emit(run, int(what[5:]))
        elif what == "duplicate":
            self.run_duplicated.emit(run)
        elif what == "delete":
            self.run_removed.emit(run)
        elif what == "up" and at > 0:
            self.run_moved.emit(run, at - 1)
        elif what == "down" and at < len(self._order) - 1:
            self.run_moved.emit(run, at + 1)

    def event(self, event: QEvent) -> bool:
        """Rows use Up, Down, Delete and Alt with them: the window's shortcuts must wait."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            row_has_it = any(row.hasFocus() for row in self._rows.values())
            mine = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_F2)
            if row_has_it and event.key() in mine:
                event.accept()
                return True
        return super().event(event)
