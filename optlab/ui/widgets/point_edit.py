"""A field for the numbers of a point, with commas between them."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy

from optlab.ui.widgets.numbers import NumberEdit, read_number, write_number
from optlab.ui.widgets.paint import slim_height

_SEPARATORS = re.compile(r"\s*[,;]\s*|\s+")
_WIDTH = 14  # digits that are seen at least


class PointEdit(NumberEdit):
    """One number for each weight, however many there are; it behaves as a :class:`NumberEdit`.

    ``entered`` carries the accepted tuple.
    """

    def __init__(self, name: str) -> None:
        self._point: tuple[float, ...] = ()
        super().__init__(name, quiet=True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def point(self) -> tuple[float, ...]:
        """The last accepted numbers."""
        return self._point

    def set_point(self, point: tuple[float, ...]) -> None:
        """Shows a point; a text that is being edited just now is left alone."""
        same = point == self._point
        self._point = point
        if self.hasFocus() and self.text() != self._shown and same:
            return
        self._show()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * _WIDTH, slim_height(self))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _accept(self) -> None:
        if self.text() == self._shown:
            self._mark("")
            return
        try:
            point = self._read_point()
        except ValueError as error:
            self._mark(str(error))
            return
        changed = point != self._point
        self._point = point
        self._show()
        if changed:
            self.entered.emit(point)

    def _read_point(self) -> tuple[float, ...]:
        parts = [part for part in _SEPARATORS.split(self.text().strip()) if part]
        if len(parts) != len(self._point):
            raise ValueError(f"{len(self._point)} numbers are needed, not {len(parts)}")
        return tuple(map(read_number, parts))

    def _nudge(self, _direction: int) -> None:
        """A point has no last digit to move."""

    def _show(self) -> None:
        self._shown = ", ".join(write_number(value, 0) for value in self._point)
        if self.text() != self._shown:
            self.setText(self._shown)
        self.setToolTip(f"{len(self._point)} weights, with commas between")
        self.setCursorPosition(0)
        self._mark("")
