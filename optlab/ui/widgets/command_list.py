"""Lists of commands with their keys, and how keys are painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from re import escape as escape_pattern
from re import search
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from optlab.pictures.theme import DARK, Theme, mix
from optlab.session.actions import CommandMatch, match
from optlab.ui.style import fonts
from optlab.ui.style.icons import paint_icon
from optlab.ui.style.themes import theme_of
from optlab.ui.widgets.paint import GRID, box

_SIGNS: Final = {
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Arrow": "← →",
    "Backspace": "⌫",
}
_HEIGHT: Final = 20.0
_PAD: Final = 6.0
_GAP: Final = 3.0
_APART: Final = 8.0


def caps_of(keys: str) -> tuple[str, ...]:
    """The caps of a portable key sequence: ``Ctrl+Right`` gives ``Ctrl`` and ``→``."""
    parts = keys.replace("++", "+Plus").split("+") if len(keys) > 1 else [keys]
    return tuple(_SIGNS.get(part, "+" if part == "Plus" else part) for part in parts)


def caps_width(sequences: Sequence[str]) -> float:
    """How wide :func:`paint_caps` paints these key sequences."""
    return max(0.0, _layout(sequences, None, QPointF(), DARK))


def paint_caps(
    painter: QPainter, sequences: Sequence[str], left_middle: QPointF, theme: Theme
) -> None:
    """Paint key sequences beside each other, from a point at the left, half-way up."""
    _layout(sequences, painter, left_middle, theme)


def _layout(sequences: Sequence[str], painter: QPainter | None, at: QPointF, theme: Theme) -> float:
    """Paint where there is a painter; the width in both cases."""
    font = fonts.ui_font(fonts.SMALL, fonts.Weight.MEDIUM)
    metrics = QFontMetricsF(font)
    left = at.x()
    for keys in sequences:
        for cap in caps_of(keys):
            width = max(_HEIGHT, metrics.horizontalAdvance(cap) + 2 * _PAD)
            if painter is not None:
                area = QRectF(left, at.y() - _HEIGHT / 2, width, _HEIGHT)
                ground = mix(theme.raised, theme.text, 0.04)
                box(painter, area, ground, mix(theme.border, theme.muted, 0.25), 4)
                painter.setFont(font)
                painter.setPen(QColor(mix(theme.muted, theme.text, 0.5)))
                painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), cap)
            left += width + _GAP
        left += _APART - _GAP
    return left - at.x() - _APART


class KeyCaps(QWidget):
    """The keys of one thing to do; several sequences stand beside each other."""

    def __init__(self, sequences: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sequences = tuple(sequences)
        self.setAccessibleName(" or ".join(sequences))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(round(caps_width(self._sequences)) + 2, round(_HEIGHT) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_caps(painter, self._sequences, QPointF(1, self.height() / 2), theme_of(self))


_BETWEEN: Final = "   "
_PER_LETTER: Final = -0.02  # of two equal fits, the shorter one
_WORTH: Final = 0.4  # of the best fit: letters scattered over a title are no find
_SENTENCE: Final = 24  # characters: a group is shorter
_PER_FOUND: Final = 6.0  # for a letter of a word in a sentence: less than for one of a title
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Command:
    """One thing to do: ``group`` says where it belongs, ``keys`` how else it can be reached.

    ``ends_group``: a line stands behind it in the whole list.
    """

    title: str
    run: Callable[[], object]
    group: str = ""
    keys: tuple[str, ...] = ()
    enabled: bool = True
    on: bool | None = None
    ends_group: bool = False


class CommandModel(QAbstractListModel):
    """The commands that fit what is typed, the best first."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Command, CommandMatch]] = []
        self.is_whole = True

    def show_commands(self, commands: Sequence[Command], query: str) -> None:
        """Keeps those that fit; without a query all, in their order."""
        found = []
        for command in commands:
            fit = _fit(query, command)
            if fit is not None:
                found.append((command, fit))
        if query.strip() and found:
            least = _WORTH * max(fit.score for _, fit in found)
            found = [row for row in found if row[1].score >= least]
            found.sort(key=lambda row: -row[1].score - _PER_LETTER * len(row[0].title))
        self.beginResetModel()
        self.is_whole = not query.strip()
        self._rows = found
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self._rows) if parent is None or not parent.isValid() else 0

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        command, _ = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join((command.title, *command.keys[:1]))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return command.group
        if role == Qt.ItemDataRole.ToolTipRole and command.group:
            return f"<qt>{escape(command.group)}</qt>"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        enabled = index.isValid() and self._rows[index.row()][0].enabled
        # A command that cannot be done now can still be read, but looks it.
        return base | Qt.ItemFlag.ItemIsEnabled if enabled else base

    def command(self, row: int) -> Command:
        """The command of a row."""
        return self._rows[row][0]

    def fit(self, row: int) -> CommandMatch:
        """Which letters of a row were found."""
        return self._rows[row][1]


def searched(command: Command) -> str:
    """The text in which letters are looked for, as it is shown."""
    return f"{command.title}{_BETWEEN}{command.group}"


def _fit(query: str, command: Command) -> CommandMatch | None:
    """How a command fits; in a sentence only beginnings of words are looked for.

    Letters scattered over a sentence are no find, and looking for them would take long.
    """
    if len(command.group) <= _SENTENCE:
        return match(query, searched(command))
    return match(query, command.title) or _word_fit(query, searched(command))


def _word_fit(query: str, text: str) -> CommandMatch | None:
    lowered, score, places = text.lower(), 0.0, set[int]()
    for word in query.lower().split():
        found = search(rf"\b{escape_pattern(word)}", lowered)
        if found is None:
            return None
        score += _PER_FOUND * len(word)
        places.update(range(*found.span()))
    return CommandMatch(score, tuple(sorted(places)))


class CommandDelegate(QStyledItemDelegate):
    """Paints a row: the title with the found letters lit, its group, its keys.

    Groups begin ``column`` pixels behind the beginning of the titles, or where a title ends.
    """

    column = 0.0

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        height = round(QFontMetricsF(fonts.ui_font()).height()) + 16
        return QSize(240, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        if not isinstance(model, CommandModel):
            return
        command, fit = model.command(index.row()), model.fit(index.row())
        theme = theme_of(option.widget)
        area, line = QRectF(option.rect), QColor(theme.border)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            box(painter, area, theme.selection)
        if command.ends_group and model.is_whole:
            painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), line)
        middle = area.center().y()
        right = area.right() - GRID
        keys = command.keys[:1]
        if keys:
            left = right - caps_width(keys)
            paint_caps(painter, keys, QPointF(left, middle), theme)
            right = left - GRID
        if command.on:
            paint_icon(painter, "check", theme.good, QRectF(right - 14, middle - 7, 14, 14))
            right -= 14 + GRID
        words = QRectF(area.left() + GRID + 2, area.top(), 0, area.height())
        words.setRight(right)
        self._paint_text(painter, words, command, fit, theme)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, area: QRectF, command: Command, fit: CommandMatch, theme: Theme
    ) -> None:
        lit = theme.accent if command.enabled else theme.muted
        metrics = QFontMetricsF(fonts.ui_font())
        behind = len(command.title) + len(_BETWEEN)
        width = metrics.horizontalAdvance(command.title + _BETWEEN)
        rest = area.adjusted(max(width, self.column), 0, 0, 0)
        color = theme.text if command.enabled else theme.faint
        title = metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, area.width())
        _paint_words(painter, area, title, color, lit, fit.places)
        group = metrics.elidedText(command.group, Qt.TextElideMode.ElideRight, rest.width())
        if rest.width() > 0:
            places = tuple(place - behind for place in fit.places)
            _paint_words(painter, rest, group, theme.muted, lit, places)


def _paint_words(
    painter: QPainter, area: QRectF, text: str, color: str, lit: str, places: tuple[int, ...]
) -> None:
    """Write ``text`` with the letters at ``places`` lit; those outside it are left out."""
    layout = QTextLayout(text, fonts.ui_font())
    formats = [_format(0, len(text), color)]
    formats += [_format(at, 1, lit, bold=True) for at in places if 0 <= at < len(text)]
    layout.setFormats(formats)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1e6)
    layout.endLayout()
    painter.setClipRect(area)
    layout.draw(painter, QPointF(area.left(), area.center().y() - line.height() / 2))


def _format(start: int, length: int, color: str, bold: bool = False) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, max(0, length)
    look = QTextCharFormat()
    look.setForeground(QColor(color))
    if bold:
        look.setFontWeight(int(fonts.Weight.SEMIBOLD))
    made.format = look
    return made
