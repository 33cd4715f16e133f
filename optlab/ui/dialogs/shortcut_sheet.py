"""The sheet of all keys, made from the action table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from optlab.session.actions import ACTIONS, GESTURES, MENUS
from optlab.ui.style import fonts
from optlab.ui.widgets.command_list import KeyCaps
from optlab.ui.widgets.labels import SectionTitle
from optlab.ui.widgets.paint import GRID, MARGIN

_HEAD, _BAR = 64, 12
"""Pixels that the heading and the scroll bar take."""

Section = tuple[str, list[tuple[str, tuple[str, ...]]]]


def sections() -> list[Section]:
    """Title and rows (what it does, its keys) of every section of the sheet."""
    found: list[Section] = []
    for menu in MENUS:
        rows = [
            (action.title.rstrip("…"), action.keys)
            for action in ACTIONS
            if action.menu == menu and action.keys
        ]
        if rows:
            found.append((menu, rows))
    for place, gestures in GESTURES.items():
        found.append((place, [(gesture.title, gesture.keys) for gesture in gestures]))
    return found


def in_columns(parts: Sequence[Section], columns: int) -> list[list[Section]]:
    """The sections in their order in so many columns, the highest of them as low as can be."""
    heights = [len(rows) + 2 for _, rows in parts]
    last = len(parts)
    cuts = [(0, *inner, last) for inner in combinations(range(1, last), columns - 1)]
    best = min(cuts, key=lambda cut: max(sum(heights[a:b]) for a, b in pairwise(cut)))
    return [list(parts[a:b]) for a, b in pairwise(best)]


class ShortcutSheet(QDialog):
    """Columns of what there is to do and its keys; Escape or F1 closes it."""

    def __init__(self, parent: QWidget | None = None, room: QSize | None = None) -> None:
        """A sheet for ``room`` on the screen, the whole of it by default."""
        super().__init__(parent)
        self.setObjectName("shortcut-sheet")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAccessibleName("Keyboard shortcuts")
        room = room or self.screen().availableSize()
        inside = _inside(2)
        for columns in (3, 4):
            if inside.sizeHint().height() + _HEAD <= room.height() - 40:
                break
            wider = _inside(columns)
            if wider.sizeHint().width() + _BAR <= room.width() - 40:
                inside = wider
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(inside.minimumSizeHint().width() + _BAR)
        scroll.setAccessibleName("All keys")
        for ground in (inside, scroll.viewport()):
            ground.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, MARGIN, 0, 0)
        whole.setSpacing(0)
        heading = QLabel("Keyboard shortcuts")
        heading.setFont(fonts.ui_font(fonts.BASE + 5, fonts.Weight.SEMIBOLD))
        heading.setContentsMargins(2 * MARGIN, GRID, 0, 0)
        whole.addWidget(heading)
        whole.addWidget(scroll, 1)
        QShortcut(QKeySequence("F1"), self, self.close)
        wanted = inside.sizeHint()
        self.resize(
            min(max(760, wanted.width()), room.width() - 40),
            min(wanted.height() + _HEAD, room.height() - 40),
        )


def _inside(columns: int) -> QWidget:
    inside = QWidget()
    inside.setObjectName("sheet-inside")
    row = QHBoxLayout(inside)
    row.setContentsMargins(2 * MARGIN, MARGIN, 2 * MARGIN, 2 * MARGIN)
    row.setSpacing((3 if columns < 4 else 1) * MARGIN)
    for part in in_columns(sections(), columns):
        row.addLayout(_column(part), 1)
    return inside


def _column(parts: Sequence[Section]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    for title, rows in parts:
        heading = SectionTitle(title)
        column.addSpacing(MARGIN)
        column.addWidget(heading)
        column.addSpacing(4)
        for what, keys in rows:
            column.addWidget(_Row(what, keys))
    column.addStretch(1)
    return column


class _Row(QFrame):
    """One line: what it does at the left, its keys at the right."""

    def __init__(self, what: str, keys: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(f"{what}: {' or '.join(keys)}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MARGIN)
        label = QLabel(what)
        label.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(label, 1)
        row.addWidget(KeyCaps(keys))
