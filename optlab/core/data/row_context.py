"""What compiled code reads of the data: the table's numbers, and the rows of a step.

A compiled objective ``answer(context, question, step, w, v, out)``
(:mod:`optlab.core.problems.compiled_calls`) that computes over rows gets the address of eight
int64 as its ``context``:

==========  ====================================================================================
DATA        address of the numbers: float64, shape (COLUMNS, ROWS), each column contiguous
ROWS        rows of the table
COLUMNS     columns of the table
INDICES     address of the row numbers (int64) of all steps of the current block, one after another
OFFSETS     address of STEPS + 1 int64: step FIRST + i takes INDICES[OFFSETS[i]:OFFSETS[i + 1]]
FIRST       the first step of the block, in the count that ``step`` has
STEPS       steps in the block; 0 where there are no batches
OWN         address of int64 numbers of the objective itself, which may lead to room to work in
==========  ====================================================================================

**Which rows**: with ``step`` above 0 and STEPS above 0 those of the step; otherwise (``step`` 0,
or no batches) all rows, from the first to the last.  The driver asks for the gradient and for
the loss of the rule with the step, and for the recorded full loss with step 0.  It writes the
batch fields before each block; the others never change.  In source that Numba compiles::

    head = array(integers_at(context), (8,))
    data = array(numbers_at(head[DATA]), (head[COLUMNS], head[ROWS]))

A problem with rows hands a :class:`RowContext` over in its ``Pointer(..., rows=...)``; each kernel
works on a copy, so that several threads may run the same problem.  The NumPy form is
``problem.loss_and_gradient(w, rows)`` with an int64 array of row numbers, None for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from optlab.core.data.batches import RowBlock
from optlab.core.data.table import Array

DATA, ROWS, COLUMNS, INDICES, OFFSETS, FIRST, STEPS, OWN = range(8)
"""Where the fields stand."""


Own = Callable[[], Sequence[npt.NDArray[Any]]]


class RowContext:
    """The eight int64 of the module, and the arrays that they point to, which stay alive.

    ``by_column`` is the table, shape (columns, rows); ``own`` makes what OWN leads to, int64, for
    each kernel anew, and arrays that it points to in turn.
    """

    def __init__(self, by_column: Array, own: Own | None = None) -> None:
        if not by_column.flags.c_contiguous or by_column.dtype != np.float64:
            raise TypeError("a C-contiguous float64 array is expected")
        self._by_column, self._own = by_column, own
        self._keep = own() if own else ()
        place = self._keep[0].ctypes.data if self._keep else 0
        columns, rows = by_column.shape
        data = by_column.ctypes.data
        self._fields = np.array([data, rows, columns, 0, 0, 0, 0, place], dtype=np.int64)
        self._block: RowBlock | None = None

    @property
    def address(self) -> int:
        """What ``context`` is in compiled code."""
        return self._fields.ctypes.data

    def copy(self) -> RowContext:
        """One for another kernel, without batches."""
        return RowContext(self._by_column, self._own)

    def take(self, block: RowBlock | None) -> None:
        """The batches of the steps that come; None for all rows in every step."""
        self._block = block
        if block is None:
            self._fields[INDICES : STEPS + 1] = 0
            return
        indices, offsets = block.indices, block.offsets
        self._fields[INDICES : STEPS + 1] = (
            indices.ctypes.data,
            offsets.ctypes.data,
            block.first,
            block.count,
        )
