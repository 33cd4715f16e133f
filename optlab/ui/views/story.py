"""The story of an experiment: what to look for, and whether its claims hold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from optlab.ui import fonts, style
from optlab.ui.icons import paint_icon
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.paint import GRID, MARGIN, box

Claim = tuple[str, bool | None, str]
"""A sentence, whether it holds (None while that is not known), and what was measured."""

_WIDEST = 640  # pixels: longer lines are hard to read
_ICON = 16
_VERDICTS = {True: "holds", False: "does not hold", None: "not measured yet"}


class ClaimRow(QWidget):
    """One claim: a mark, the sentence, and below it the numbers that were measured."""

    def __init__(self, claim: Claim, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._claim = claim
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_claim(claim)

    def set_claim(self, claim: Claim) -> None:
        """Show this claim."""
        self._claim = claim
        sentence, holds, measured = claim
        self.setAccessibleName(f"{sentence}: {_VERDICTS[holds]}")
        self.setAccessibleDescription(measured)
        self.updateGeometry()
        self.update()

    def claim(self) -> Claim:
        """What is shown."""
        return self._claim

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        sentence, measured = self._areas(width)
        return round(sentence.height() + (measured.height() + 2 if self._below() else 0)) + 2 * GRID

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(160, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = style.current()
        sentence, holds, _ = self._claim
        icons = {True: ("check", theme.good), False: ("warning", theme.warning)}
        with QPainter(self) as painter:
            area, below = self._areas(self.width())
            painter.setFont(self.font())
            mark = QRectF(0, area.top() + (self._line() - _ICON) / 2, _ICON, _ICON)
            if holds is None:
                ring = mark.adjusted(3, 3, -3, -3)
                box(painter, ring, None, theme.muted, ring.width() / 2)
            else:
                name, color = icons[holds]
                paint_icon(painter, name, color, mark)
            painter.setPen(QColor(theme.text))
            painter.drawText(area, _WRAP, sentence)
            painter.setFont(fonts.number_font(fonts.NOTE))
            painter.setPen(QColor(theme.warning if holds is False else theme.muted))
            painter.drawText(below, _WRAP, self._below())

    def _below(self) -> str:
        _, holds, measured = self._claim
        return measured or ("" if holds is not None else _VERDICTS[None])

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _areas(self, width: int) -> tuple[QRectF, QRectF]:
        """Where the sentence and the measured numbers stand."""
        left = _ICON + GRID
        room = QRectF(left, GRID, max(80, width - left), 1e4)
        text = QFontMetricsF(self.font()).boundingRect(room, _WRAP, self._claim[0])
        note = QFontMetricsF(fonts.number_font(fonts.NOTE))
        under = QRectF(left, text.bottom() + 2, room.width(), 1e4)
        measured = note.boundingRect(under, _WRAP, self._below() or " ")
        text.setWidth(room.width())
        measured.setWidth(room.width())
        return text, measured


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class StoryView(QScrollArea):
    """Title, text and claims of the open experiment; a sentence where it has none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Story")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST + 2 * MARGIN)
        self._title = _wrapped("Title", fonts.ui_font(fonts.BASE + 3, fonts.Weight.SEMIBOLD))
        self._text = _wrapped("Story text", fonts.ui_font(fonts.BASE + 1))
        self._heading = SectionTitle("What can be checked")
        self._rows: list[ClaimRow] = []
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._column.setSpacing(0)
        self._column.addWidget(self._title)
        self._column.addSpacing(GRID)
        self._column.addWidget(self._text)
        self._column.addSpacing(MARGIN)
        self._column.addWidget(self._heading)
        self._column.addSpacing(4)
        self._column.addStretch(1)
        self.setWidget(inside)
        # The pages stand on one ground, whose width is not that of the text.
        for ground in (self.viewport(), inside):
            ground.setAutoFillBackground(False)
        self.set_story("", "")

    def set_story(self, title: str, text: str, claims: Sequence[Claim] = ()) -> None:
        """Show a story; claims keep their rows, so that new numbers do not make them flicker."""
        self._title.setText(title or "No story")
        self._text.setText(text or "This experiment has no story. Open one from Experiments.")
        while len(self._rows) < len(claims):
            row = ClaimRow(claims[len(self._rows)])
            self._column.insertWidget(self._column.count() - 1, row)
            self._rows.append(row)
        while len(self._rows) > len(claims):
            gone = self._rows.pop()
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for row, claim in zip(self._rows, claims, strict=True):
            if row.claim() != claim:
                row.set_claim(claim)
        self._heading.setVisible(bool(claims))

    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def text(self) -> str:
        """The text shown."""
        return self._text.text()

    def rows(self) -> tuple[ClaimRow, ...]:
        """The claims shown."""
        return tuple(self._rows)

    def sizeHint(self) -> QSize:
        return QSize(480, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 100)


def _wrapped(name: str, font: QFont) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAccessibleName(name)
    label.setFont(font)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
