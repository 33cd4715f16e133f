"""The page about a recorded run: which rule it was, and where it breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QScrollArea, QVBoxLayout, QWidget

from optlab.core.analysis.spikes import Spike
from optlab.core.display import short
from optlab.ui.style.fonts import number_font
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.buttons import TextButton
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.paint import GRID, MARGIN
from optlab.ui.widgets.table import QuietTable

_ROWS = 8
"""Steps before a break that are listed."""
_EXPLAINED = (
    "Every shipped rule, with each of its conventions, is run on the recorded gradients. The "
    "residual is the largest distance from the recorded weights over the farthest way of one."
)


class RecordingView(QScrollArea):
    """Shows matches with a button each, and the break with its tables.

    ``search_pressed`` begins or stops the search; ``replay_pressed`` carries the match's place.
    """

    search_pressed = Signal()
    replay_pressed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Recording")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._about, self._message, self._break = _label(), _label(), _label()
        self.search_button = TextButton("Which rule was this?", _EXPLAINED)
        self.search_button.clicked.connect(self.search_pressed)
        self.replay_buttons: list[TextButton] = []
        self._matches = QWidget()
        self._lines = QVBoxLayout(self._matches)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._before = _Numbers("Steps before the break")
        self._worst = _Numbers("Weights with the largest updates")
        head = QHBoxLayout()
        head.addWidget(self._about, 1)
        head.addWidget(self.search_button, 0, Qt.AlignmentFlag.AlignTop)
        inside = _Ground()
        column = QVBoxLayout(inside)
        column.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self._message)
        column.addWidget(self._matches)
        column.addWidget(SectionTitle("where it breaks"))
        column.addWidget(self._break)
        column.addWidget(self._before)
        column.addWidget(self._worst)
        column.addStretch(1)
        self.setWidget(inside)
        self.set_matches((), "")
        self.set_spike(None)

    def set_about(self, text: str) -> None:
        """Says how it was made and how it ended."""
        self._about.setText(text)

    def set_searching(self, searching: bool) -> None:
        """Shows whether rules are being tried."""
        self.search_button.setText("Stop" if searching else "Which rule was this?")
        self.search_button.updateGeometry()

    def set_matches(self, sentences: Sequence[str], message: str) -> None:
        """Shows matches, the best first, below a message where there is one."""
        while self._lines.count():
            item = self._lines.takeAt(0)
            line = None if item is None else item.widget()
            if line is not None:
                line.hide()
                line.deleteLater()
        self.replay_buttons = []
        for index, sentence in enumerate(sentences):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            label = _label()
            label.setText(sentence)
            button = TextButton("Replay as a run", "Adds what this rule makes of the gradients")
            button.setProperty("place", index)
            button.clicked.connect(self._replay)
            row.addWidget(label, 1)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(line)
            self.replay_buttons.append(button)
        self._matches.setVisible(bool(sentences))
        self._message.setText(message)
        self._message.setVisible(bool(message))

    def set_spike(self, spike: Spike | None, known: bool = False) -> None:
        """Shows a break, that there is none, or (not ``known``) nothing yet."""
        if spike is None:
            self._break.setText("Nowhere." if known else "")
            self._before.show_rows((), ())
            self._worst.show_rows((), ())
            return
        sentence = spike.sentence
        self._break.setText(f"{sentence[0].upper()}{sentence[1:]}.")
        names = [name for name, values in spike.norms.items() if len(values)]
        head = ["step", *(name if name == "loss" else f"‖{name}‖" for name in names)]
        first = max(0, len(spike.steps) - _ROWS)
        rows = [
            [f"{spike.steps[i]:.0f}", *(_number(spike.norms[name][i]) for name in names)]
            for i in range(first, len(spike.steps))
        ]
        self._before.show_rows(head, rows)
        others = [name for name, _ in spike.worst[0].numbers] if spike.worst else []
        worst = [
            [one.name, f"{one.share:.1%}", _number(one.w), _number(one.update)]
            + [_number(value) for _, value in one.numbers]
            for one in spike.worst
        ]
        self._worst.show_rows(["weight", "share", "w", "Δw", *others] if worst else [], worst)

    def texts(self) -> tuple[str, str, str]:
        """What it says: of the recording, of the search, of the break."""
        return self._about.text(), self._message.text(), self._break.text()

    def tables(self) -> tuple[QuietTable, QuietTable]:
        """The steps before the break, and the worst weights."""
        return self._before, self._worst

    def _replay(self) -> None:
        self.replay_pressed.emit(int(self.sender().property("place")))


class _Ground(QWidget):
    """The colour of the views."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(theme_of(self).window))


class _Numbers(QuietTable):
    """A table of texts, numbers to the right, as high as its rows."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setModel(QStandardItemModel(self))
        self.setFont(number_font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_rows(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Shows rows of cells under the names of their columns; none hides the table."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.clear()
        model.setHorizontalHeaderLabels(list(head))
        for row in rows:
            cells = [QStandardItem(text) for text in row]
            for cell in cells:
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                cell.setEditable(False)
            model.appendRow(cells)
        high = self.fontMetrics().height() + 4
        self.verticalHeader().setDefaultSectionSize(high)
        header = self.horizontalHeader().sizeHint().height()
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(header + high * len(rows) + bar + 2)
        self.setVisible(bool(rows))


def _label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _number(value: float) -> str:
    return short(float(value)) if not math.isnan(value) else "–"
