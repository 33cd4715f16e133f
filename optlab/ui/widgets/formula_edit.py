"""A field for a formula as it is typed, which shows where a mistake is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import (
    QCompleter,
    QPlainTextEdit,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from optlab.ui.style import fonts
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.labels import Notice, Tone
from optlab.ui.widgets.numbers import takes_change_back
from optlab.ui.widgets.paint import field_height, row_height

_MOST_LINES = 8
_MOST_EQUATIONS = 14
_BEGUN = 2
"""Letters of a word after which it is completed."""
_WORD = Qt.ItemDataRole.UserRole


_OF_THE_LIST = frozenset(
    {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape}
)
"""Keys that are for the list of words while it is open."""


class _Field(QPlainTextEdit):
    """The text itself: as high as its lines, Enter accepts, Escape gives up, Tab leaves.

    Every text that is right is a change of the experiment, so Ctrl+Z is the window's.
    """

    entered = Signal()
    given_up = Signal()

    def __init__(self, multiline: bool, quiet: bool, lines: bool):
        super().__init__()
        self._multiline = multiline
        self._lines = lines
        self._most = _MOST_EQUATIONS if lines else _MOST_LINES
        self._quiet = quiet
        self._completer: QCompleter | None = None
        self._words: tuple[tuple[str, str], ...] = ()
        self.setProperty("quiet", quiet)
        self.setFont(fonts.code_font(fonts.BASE - 0.5))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if quiet:
            option = self.document().defaultTextOption()
            option.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(1)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def sizeHint(self) -> QSize:
        lines = max(1, round(self.document().size().height()))
        shown = min(lines, self._most)
        height = row_height(self) if self._quiet else field_height(self) + 5
        spare = height - self.fontMetrics().height()
        return QSize(120, self.fontMetrics().lineSpacing() * shown + spare)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def set_words(self, words: Sequence[tuple[str, str]]) -> None:
        """Offer these, each with what it means, while a word is begun."""
        if tuple(words) == self._words:
            return
        self._words = tuple(words)
        if self._completer is None:
            self._completer = QCompleter(self)
            self._completer.setWidget(self)
            self._completer.setCompletionRole(_WORD)
            self._completer.activated.connect(self._complete)
            popup = self._completer.popup()
            if popup is not None:
                popup.setObjectName("completions")
        model = QStandardItemModel(self._completer)
        for word, meaning in sorted(words):
            item = QStandardItem(f"{word}   {meaning}" if meaning else word)
            item.setData(word, _WORD)
            model.appendRow(item)
        self._completer.setModel(model)

    def completer(self) -> QCompleter | None:
        """What offers words; None where none are known."""
        return self._completer

    def _begun(self) -> str:
        """The letters of the word that end at the caret, where it is not within a word."""
        cursor = self.textCursor()
        line, place = cursor.block().text(), cursor.positionInBlock()
        found = re.search(r"[A-Za-z_]\w*$", line[:place])
        within = re.match(r"\w", line[place:])
        return found[0] if found is not None and within is None else ""

    def _complete(self, word: str) -> None:
        self.textCursor().insertText(word[len(self._begun()) :])

    def _offer(self) -> None:
        """The words that begin as the one at the caret; the first is taken with Enter or Tab."""
        completer, begun = self._completer, self._begun()
        popup = None if completer is None else completer.popup()
        if completer is None or popup is None:
            return
        completer.setCompletionPrefix(begun)
        model = completer.completionModel()
        if len(begun) < _BEGUN or not model.rowCount() or model.index(0, 0).data(_WORD) == begun:
            popup.hide()
            return
        popup.setCurrentIndex(model.index(0, 0))
        area = self.cursorRect()
        area.setWidth(popup.sizeHintForColumn(0) + popup.verticalScrollBar().sizeHint().width())
        completer.complete(area)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._press(event)
        if (event.text().isprintable() and event.text()) or event.key() == Qt.Key.Key_Backspace:
            self._offer()

    def _press(self, event: QKeyEvent) -> None:
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        wants_line = self._multiline and (shift or self._lines)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not wants_line:
            self.entered.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            self.clearFocus()
            return
        if takes_change_back(event):
            self.given_up.emit()
            return
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            event.ignore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Typing belongs to the field: plain keys are no shortcuts of the window."""
        popup = None if self._completer is None else self._completer.popup()
        if (
            popup is not None
            and popup.isVisible()
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _OF_THE_LIST
        ):
            event.ignore()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
            if plain and event.key() != Qt.Key.Key_F1:
                event.accept()
                return True
            if takes_change_back(event):
                event.setAccepted(bool(self.property("wrong")))
                return True
        return super().event(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, but not a file that is dropped here: that is for the window."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: object) -> None:
        text = str(source.text())  # type: ignore[attr-defined]
        self.insertPlainText(text if self._multiline else " ".join(text.split("\n")).strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        high = self.document().size().height() > self._most
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if high else policy.ScrollBarAlwaysOff
        )
        self.updateGeometry()


class FormulaEdit(QWidget):
    """A formula in a monospaced field, one line or several, with its mistake or a hint below.

    With ``lines`` Enter begins a line, for equations below each other.

    A ``quiet`` one looks like a value at the right until the mouse or the keyboard is on it.
    ``text_edited`` comes with every change a person makes, ``accepted`` with Enter.  Escape, or
    Ctrl+Z while the text is wrong, goes back to the last text that was right.
    """

    text_edited = Signal(str)
    accepted = Signal()

    def __init__(
        self,
        name: str,
        *,
        multiline: bool = False,
        quiet: bool = False,
        lines: bool = False,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self._quiet = False
        self._right = ""
        self._error: tuple[str, int, int] = ("", 0, 0)
        self.hint = ""
        self._field = _Field(multiline or lines, quiet, lines)
        self._field.setAccessibleName(name)
        self._notice = Notice()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._field)
        column.addWidget(self._notice)
        self.setFocusProxy(self._field)
        self._field.textChanged.connect(self._on_changed)
        self._field.entered.connect(self._on_entered)
        self._field.given_up.connect(self._on_given_up)

    def text(self) -> str:
        """The text as typed."""
        return self._field.toPlainText()

    def set_text(self, text: str) -> None:
        """Show ``text`` without a signal; the caret stays when nothing changes."""
        self._right = text
        if text == self.text():
            return
        self._quiet = True
        self._field.setPlainText(text)
        self._quiet = False
        self._underline()

    def set_placeholder(self, text: str) -> None:
        """What an empty field says."""
        self._field.setPlaceholderText(text)

    def set_words(self, words: Sequence[tuple[str, str]]) -> None:
        """Complete these while they are typed, each shown with what it means."""
        self._field.set_words(words)

    def completer(self) -> QCompleter | None:
        """What offers words; None where none are known."""
        return self._field.completer()

    def field(self) -> QPlainTextEdit:
        """The field itself, for the focus and tests."""
        return self._field

    def error(self) -> str:
        """The message shown, or an empty text."""
        return self._error[0]

    def set_error(self, message: str = "", column: int = 0, length: int = 1) -> None:
        """Say what is wrong and underline ``length`` characters from 1-based ``column``.

        An empty message takes the mark away; column 0 marks nothing.
        """
        self._error = (message, column, length)
        if not message:
            self._right = self.text()
        self._tell()
        if bool(self._field.property("wrong")) != bool(message):
            self._field.setProperty("wrong", bool(message))
            self._field.style().unpolish(self._field)
            self._field.style().polish(self._field)
        self._underline()

    def set_hint(self, text: str = "") -> None:
        """Say something about the formula below the field, where there is no mistake."""
        self.hint = text
        self._tell()

    def _tell(self) -> None:
        error = self._error[0]
        self._notice.set_text(error or self.hint, Tone.WARNING if error else Tone.MUTED)
        self._field.setAccessibleDescription(error or self.hint)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._underline()
        super().changeEvent(event)

    def _underline(self) -> None:
        message, column, length = self._error
        if not message or column < 1:
            self._field.setExtraSelections([])
            return
        mark = QTextEdit.ExtraSelection()
        style_of = QTextCharFormat()
        style_of.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        style_of.setUnderlineColor(QColor(theme_of(self).warning))
        style_of.setForeground(QColor(theme_of(self).warning))
        start, end = self._span(column, length)
        cursor = QTextCursor(self._field.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, style_of
        self._field.setExtraSelections([mark])

    def _span(self, column: int, length: int) -> tuple[int, int]:
        """Where the mark lies in the document, which counts in UTF-16; at least one character."""
        text = self.text()
        first = min(column - 1, max(0, len(text) - 1))
        last = min(len(text), first + max(1, length))
        return _units(text[:first]), _units(text[:last])

    def _on_entered(self) -> None:
        self.accepted.emit()
        if not self._error[0]:
            self._field.clearFocus()

    def _on_given_up(self) -> None:
        if self._error[0]:
            self._field.setPlainText(self._right)

    def _on_changed(self) -> None:
        if not self._quiet:
            self.text_edited.emit(self.text())


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
