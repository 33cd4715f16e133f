"""The table of a worksheet."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from optlab.core.analysis.worksheet import Worksheet
from optlab.ui.style import fonts
from optlab.ui.style.typesetting import SIZE, is_cold, is_ready, typeset
from optlab.ui.views.worksheet.delegate import CellDelegate
from optlab.ui.views.worksheet.layout import NUMBER_SIZES, RowNeed, SheetLayout, lay_out
from optlab.ui.views.worksheet.model import EQUATION, NUMBERS, RESULTS, WorksheetModel
from optlab.ui.widgets.table import QuietTable

_USUAL_RESULT = "−0.00123456"
_PATIENCE = 0.01
"""Seconds that typesetting may take before the table is shown as it is and it goes on later."""
_LOOK_AGAIN = 20
"""Milliseconds until the next look whether typesetting is possible yet."""


class WorksheetTable(QuietTable):
    """Rows of a worksheet, each with its equation, its numbers and its results."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Worksheet", parent)
        self.sheet_model = WorksheetModel()
        self._delegate = CellDelegate(self.sheet_model)
        self._next_pass = QTimer(self, singleShot=True)
        self._next_pass.timeout.connect(self._typeset_more)
        self.setModel(self.sheet_model)
        self.setItemDelegate(self._delegate)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)

    def set_sheet(self, sheet: Worksheet | None) -> None:
        """Show another step, or nothing."""
        if self.sheet_model.set_sheet(sheet):
            self._typeset_more()
        self.viewport().update()

    def refresh(self) -> None:
        """Lay out anew, after a change of fonts."""
        self._typeset_more()

    # --- layout ------------------------------------------------------------------------------

    def _typeset_more(self) -> None:
        """Typeset what is missing; when it takes long, the rest follows in a moment."""
        self._delegate.size = SIZE * fonts.math_font().pixelSize() / fonts.SYMBOL
        size, started = self._delegate.size, perf_counter()
        for row in self.sheet_model.rows():
            if is_ready(row.line.inline, size):
                continue
            cold = is_cold()
            if cold or perf_counter() - started > _PATIENCE:
                self._next_pass.start(_LOOK_AGAIN if cold else 0)
                break
            typeset(row.line.inline, size)
        self._arrange()

    def _arrange(self) -> None:
        metrics = QFontMetricsF(fonts.code_font(NUMBER_SIZES[0]))
        self._delegate.line = round(metrics.height() + 9)
        columns = self.sheet_model.result_columns()
        needs = [self._need(row) for row in range(len(self.sheet_model.rows()))]
        layout, self._delegate.number_size = self._best_layout(needs)
        self._delegate.places = layout.rows
        self.sheet_model.set_room([(place.characters, place.lines) for place in layout.rows])
        self.clearSpans()
        if needs:
            self.setColumnWidth(EQUATION, layout.equation)
            self.setColumnWidth(NUMBERS, layout.numbers)
        for column in range(columns):
            self.setColumnWidth(RESULTS + column, layout.result)
        for row, place in enumerate(layout.rows):
            self.setRowHeight(row, place.height)
            if place.wide:
                self.setSpan(row, EQUATION, 1, place.span)
        self.viewport().update()

    def _best_layout(self, needs: list[RowNeed]) -> tuple[SheetLayout, int]:
        """Without a scroll bar if smaller numbers help to that, else the lowest that there is."""
        for size in NUMBER_SIZES:
            layout = self._layout(needs, size, self.width())
            if layout.height <= self.height():
                return layout, size
        width = self.width() - self.verticalScrollBar().sizeHint().width()
        layouts = [(self._layout(needs, size, width), size) for size in NUMBER_SIZES]
        return min(layouts, key=lambda found: found[0].height)

    def _layout(self, needs: list[RowNeed], number_size: int, width: int) -> SheetLayout:
        font = QFontMetricsF(fonts.code_font(number_size))
        return lay_out(
            needs,
            width,
            self.sheet_model.result_columns(),
            font.horizontalAdvance("0"),
            font.horizontalAdvance(max(_USUAL_RESULT, self.sheet_model.widest_result, key=len)),
            self._delegate.line,
        )

    def _need(self, row: int) -> RowNeed:
        line = self.sheet_model.rows()[row].line
        size = self._delegate.size
        drawing = typeset(line.inline, size) if is_ready(line.inline, size) else None
        numbers = self.sheet_model.shortest(row)
        free = max(0, self.sheet_model.result_columns() - len(self.sheet_model.results(row)))
        if drawing is not None:
            return RowNeed(drawing.width, drawing.height, numbers, free)
        metrics = QFontMetricsF(fonts.math_font())
        return RowNeed(metrics.horizontalAdvance(line.text), metrics.height() - 6, numbers, free)

    def content_height(self) -> int:
        """The height of all rows."""
        return sum(place.height for place in self._delegate.places)

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(700, max(80, self.content_height()))

    def minimumSizeHint(self) -> QSize:
        """Two rows."""
        return QSize(320, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit columns and rows to the new size."""
        super().resizeEvent(event)
        if event.size() != event.oldSize():
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys for rows and copying; the arrows to the sides belong to the steps."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space):
            event.ignore()
            return
        super().keyPressEvent(event)
