"""The rows of a chunk, before they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
_FIRST = 16


@dataclass
class _Column:
    values: Values
    filled: int = 0
    """Rows that have been written or passed."""


class Rows:
    """Arrays of shape (rows, size) that grow, one for each column; nan where a row lacks one."""

    def __init__(self) -> None:
        self._columns: dict[str, _Column] = {}
        self.count = self.bytes = 0

    def begin(self) -> None:
        """Open another row."""
        self.count += 1

    def place(self, name: str, size: int, dtype: npt.DTypeLike = np.float64) -> Values:
        """The part of the open row for a column, shape (size,), to be written into."""
        column, row = self._columns.get(name), self.count - 1
        if column is None:
            column = self._columns[name] = _Column(np.empty((max(_FIRST, row + 1), size), dtype))
        values = column.values
        if row >= len(values):
            column.values = np.empty((2 * row, size), dtype)
            column.values[: len(values)] = values
            values = column.values
        if column.filled < row:
            values[column.filled : row] = np.nan
        if column.filled <= row:
            column.filled = row + 1
            self.bytes += values.itemsize * size
        found: Values = values[row]
        return found

    def take(self) -> dict[str, Values]:
        """The columns with all rows; their memory is used again by the next rows."""
        found = {}
        for name, column in self._columns.items():
            column.values[column.filled : self.count] = np.nan
            if column.filled:
                found[name] = column.values[: self.count]
            column.filled = 0
        self.count = self.bytes = 0
        return found
