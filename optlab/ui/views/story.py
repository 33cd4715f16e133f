"""The story of an experiment: its title, what to look for, and whether its claims hold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from optlab.ui.style import fonts
from optlab.ui.style.icons import paint_icon
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.numbers import takes_change_back
from optlab.ui.widgets.paint import GRID, MARGIN, box

Claim = tuple[str, bool | None, str]
"""A sentence, whether it holds (None while that is not known), and what was measured."""

_WIDEST = 640  # pixels: longer lines are hard to read
_ICON = 16
_INDENT = 9
"""What a quiet field leaves free at the left of its text; here it stands under others."""
_VERDICTS = {True: "holds", False: "does not hold", None: "not measured yet"}


class ClaimRow(QWidget):
    """One claim: a mark, the sentence, and below it the numbers that were measured."""

    def __init__(self, claim: Claim, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.claim = claim
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_claim(claim)

    def set_claim(self, claim: Claim) -> None:
        """Show this claim."""
        self.claim = claim
        sentence, holds, measured = claim
        self.setAccessibleName(f"{sentence}: {_VERDICTS[holds]}")
        self.setAccessibleDescription(measured)
        self.updateGeometry()
        self.update()

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
        theme = theme_of(self)
        sentence, holds, _ = self.claim
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
        _, holds, measured = self.claim
        return measured or ("" if holds is not None else _VERDICTS[None])

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _areas(self, width: int) -> tuple[QRectF, QRectF]:
        """Where the sentence and the measured numbers stand."""
        left = _ICON + GRID
        room = QRectF(left, GRID, max(80, width - left), 1e4)
        text = QFontMetricsF(self.font()).boundingRect(room, _WRAP, self.claim[0])
        note = QFontMetricsF(fonts.number_font(fonts.NOTE))
        under = QRectF(left, text.bottom() + 2, room.width(), 1e4)
        measured = note.boundingRect(under, _WRAP, self._below() or " ")
        text.setWidth(room.width())
        measured.setWidth(room.width())
        return text, measured


_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class _TitleField(QLineEdit):
    """The title, which looks like one until it is typed in; Enter and Escape leave it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Title of the experiment")
        self.setProperty("quiet", True)
        self.setFont(fonts.ui_font(fonts.BASE + 3, fonts.Weight.SEMIBOLD))
        self.setMaxLength(200)
        self.setTextMargins(-_INDENT, 0, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.clearFocus()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Every letter is a change of the experiment, so Ctrl+Z is the window's."""
        return _leaves_undo(event) or super().event(event)


class _StoryField(QPlainTextEdit):
    """The story, as high as its lines; Escape leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Story of the experiment")
        self.setProperty("quiet", True)
        self.setFont(fonts.ui_font(fonts.BASE + 1))
        self.setTabChangesFocus(True)
        self.setPlaceholderText("What to look for in this experiment; click to write")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        lines = max(1, round(self.document().size().height()))
        return QSize(320, lines * self.fontMetrics().lineSpacing() + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """As in the title; Escape does not stop what is computed."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            event.accept()
            return True
        return _leaves_undo(event) or super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls, not the text in it."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()


def _leaves_undo(event: QEvent) -> bool:
    """Whether an event asks if Ctrl+Z is the field's: it is not."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if takes_change_back(event):
        event.ignore()
        return True
    return False


class StoryView(QScrollArea):
    """Title, text and claims of the open experiment; title and text can be typed.

    ``title_edited`` and ``story_edited`` come with every change a person makes.
    """

    title_edited = Signal(str)
    story_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Story")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST + 2 * MARGIN)
        self._shows = False
        self._title = _TitleField()
        self._text = _StoryField()
        self._about = _wrapped("About the surface", fonts.ui_font(fonts.BASE))
        self._heading = SectionTitle("What can be checked")
        self._rows: list[ClaimRow] = []
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._column.setSpacing(0)
        self._column.addWidget(self._title)
        self._column.addSpacing(4)
        self._column.addWidget(self._text)
        self._column.addSpacing(4)
        self._column.addWidget(self._about)
        self._column.addSpacing(MARGIN)
        self._column.addWidget(self._heading)
        self._column.addSpacing(4)
        self._column.addStretch(1)
        self.setWidget(inside)
        # The pages stand on one ground, whose width is not that of the text.
        for ground in (self.viewport(), inside):
            ground.setAutoFillBackground(False)
        self._title.textEdited.connect(self.title_edited)
        self._text.textChanged.connect(self._on_text)
        self.set_story("", "")

    def set_story(
        self,
        title: str,
        text: str,
        claims: Sequence[Claim] = (),
        *,
        about: str = "",
        usual_title: str = "",
    ) -> None:
        """Show a story; claims keep their rows, so that new numbers do not make them flicker.

        ``about`` is said of the surface below it; ``usual_title`` stands where there is no title.
        """
        self._shows = True
        if title != self._title.text():
            self._title.setText(title)
        self._title.setPlaceholderText(usual_title or "Title of this experiment")
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self._shows = False
        self._about.setText(about)
        self._about.setVisible(bool(about))
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
            if row.claim != claim:
                row.set_claim(claim)
        self._heading.setVisible(bool(claims))

    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def text(self) -> str:
        """The story shown."""
        return self._text.toPlainText()

    def about(self) -> str:
        """What is said of the surface."""
        return self._about.text()

    def fields(self) -> tuple[QLineEdit, QPlainTextEdit]:
        """The fields of title and story."""
        return self._title, self._text

    def _on_text(self) -> None:
        if not self._shows:
            self.story_edited.emit(self._text.toPlainText())

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
