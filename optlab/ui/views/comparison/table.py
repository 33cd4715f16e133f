"""The table of a comparison: coloured squares before the names, columns as wide as they need."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.views.comparison.model import COLOR, ComparisonModel, SortedRuns
from optlab.ui.widgets.paint import box
from optlab.ui.widgets.table import QuietTable

_PAD = 4
_SQUARE = 12
_HEAD_MARGINS = 7  # that the style leaves around a title
_WIDEST_NAME, _NARROWEST_NAME = 150, 72


class _NameDelegate(QStyledItemDelegate):
    """A run's name behind its colour."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the square, then the name to the right of it."""
        super().paint(painter, option, index)
        area = QRectF(option.rect)
        spot = QRectF(area.left() + _PAD, area.center().y() - _SQUARE / 2, _SQUARE, _SQUARE)
        painter.save()
        box(painter, spot, theme_of(option.widget).run(int(index.data(COLOR))), None, 3.5)
        painter.restore()

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Room for the square: an empty picture of its size."""
        super().initStyleOption(option, index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = QSize(_SQUARE + 5, _SQUARE)


class ComparisonTable(QuietTable):
    """Runs as rows; a click on a title sorts, a click on a row tells its run."""

    run_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Comparison of the runs", parent)
        self._source = ComparisonModel(self)
        self._sorted = SortedRuns(self._source)
        self._names = _NameDelegate()
        self.setModel(self._sorted)
        self.setItemDelegateForColumn(0, self._names)
        self.setObjectName("comparison-table")
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        head = self.horizontalHeader()
        head.setObjectName("comparison-head")
        head.setAccessibleName("Columns of the comparison")
        head.setFont(fonts.ui_font(fonts.NOTE))
        head.setHighlightSections(False)
        head.setMinimumSectionSize(40)
        head.sortIndicatorChanged.connect(self.fit)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell)

    def source(self) -> ComparisonModel:
        """The rows, unsorted."""
        return self._source

    def shown_runs(self) -> list[str]:
        """The ids of the runs in the order shown."""
        rows = self._source.rows()
        places = [
            self._sorted.mapToSource(self._sorted.index(place, 0)).row()
            for place in range(len(rows))
        ]
        return [rows[place].run_id for place in places]

    def mark(self, run_id: str) -> None:
        """Show which run is the selected one; nothing is emitted."""
        if run_id in self.shown_runs():
            self.selectRow(self.shown_runs().index(run_id))
        else:
            self.clearSelection()

    def fit(self) -> None:
        """Make the columns as wide as they need; what is left over is shared.

        Where they do not fit, titles and figures get smaller, then long names shorter.
        """
        for tight in (False, True):
            self._source.set_tight(tight)
            self._take_font(fonts.NOTE if tight else fonts.BASE)
            widths = [self._needed(column) for column in range(len(self._source.columns()))]
            spare = self.viewport().width() - sum(widths)
            if spare >= 0:
                break
        if widths and spare < 0:
            # Long names give way first: their tooltips have them.
            widths[0] = max(widths[0] + spare, min(widths[0], _name_room(_NARROWEST_NAME)))
        elif widths:
            share, rest = divmod(spare, len(widths))
            widths = [width + share for width in widths]
            widths[0] += rest
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        height = round(self.fontMetrics().height() + 10)
        self.verticalHeader().setDefaultSectionSize(height)

    def _take_font(self, size: float) -> None:
        font, head = fonts.number_font(size), fonts.ui_font(size - 1)
        if font != self.font():
            self.setFont(font)
        if head != self.horizontalHeader().font():
            self.horizontalHeader().setFont(head)

    def _needed(self, column: int) -> int:
        metrics = self.fontMetrics()
        cells = [row.cells[column].text for row in self._source.rows()]
        widest = max((metrics.horizontalAdvance(text) for text in cells), default=0)
        if column == 0:
            widest = _name_room(min(widest, _WIDEST_NAME)) - 2 * _PAD
        head = self.horizontalHeader()
        if column == head.sortIndicatorSection():
            return max(widest + 2 * _PAD + 2, head.sectionSizeHint(column))
        lines = self._source.title(column).split("\n")
        titles = (head.fontMetrics().horizontalAdvance(line) for line in lines)
        return max(widest + 2 * _PAD + 2, max(titles) + 2 * _PAD + _HEAD_MARGINS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def _tell(self, index: QModelIndex) -> None:
        self.run_chosen.emit(self.shown_runs()[index.row()])


def _name_room(width: int) -> int:
    """The width of the first column for names of ``width`` pixels."""
    return width + _SQUARE + 12 + 2 * _PAD
