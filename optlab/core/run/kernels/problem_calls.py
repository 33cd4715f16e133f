"""What compiled loops call for a problem: its compiled function, or its Python code."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Collection
from typing import Any

import numpy as np

from optlab.core.data import RowBlock
from optlab.core.formula.emit import Array
from optlab.core.native import NO_STORE, KernelStore
from optlab.core.problems import Problem
from optlab.core.problems.compiled_calls import (
    ACCURACY,
    CURVATURE,
    GRADIENT,
    LOSS,
    Pointer,
)

_POINTER = ctypes.POINTER(ctypes.c_double)
_INTEGER = ctypes.c_int64
ANSWER = ctypes.CFUNCTYPE(
    ctypes.c_double, _INTEGER, _INTEGER, _INTEGER, _POINTER, _POINTER, _POINTER
)
_ADDRESS = ctypes.c_void_p
BY_ADDRESS = ctypes.CFUNCTYPE(
    ctypes.c_double, _INTEGER, _INTEGER, _INTEGER, _ADDRESS, _ADDRESS, _ADDRESS
)
"""The same, called from Python with whole numbers for the addresses: a third of the time."""


class ProblemCalls:
    """Answers the questions of a compiled loop; ``pointer`` is what the loop calls.

    An exception in the problem's own Python code becomes nan there, which ends the loop, and is
    raised by :meth:`check`.
    """

    def __init__(
        self, problem: Problem, questions: Collection[str], store: KernelStore = NO_STORE
    ) -> None:
        self._problem = problem
        self._error: BaseException | None = None
        compiled = problem.pointer(questions, store)
        self.pointer = self._python_pointer() if compiled is None else compiled
        self._context = None if self.pointer.rows is None else self.pointer.rows.copy()
        self._block: RowBlock | None = None

    @property
    def context(self) -> int:
        """What the loop hands to the function; see :mod:`optlab.core.data.row_context`."""
        return 0 if self._context is None else self._context.address

    def take(self, block: RowBlock | None) -> None:
        """The batches of the steps that come; None for all rows in every step."""
        self._block = block
        if self._context is not None:
            self._context.take(block)

    def _python_pointer(self) -> Pointer:
        callback = ANSWER(self._answer)
        address = ctypes.cast(callback, ctypes.c_void_p).value
        assert address is not None
        return Pointer(address, joint=self._problem.is_joint, keep=callback)

    def losses(self, points: Array, labelled: bool) -> Array:
        """The losses on all rows at points of shape (points, n), and where the rows are
        ``labelled`` the accuracies, in a row each."""
        answer = BY_ADDRESS(self.pointer.address)
        whole, context = np.ascontiguousarray(points), self.context
        first, size = whole.ctypes.data, whole.strides[0]
        places = range(first, first + size * len(whole), size)
        out = np.empty(self._problem.dimension)
        there, found = out.ctypes.data, np.empty((1 + labelled, len(whole)))
        if not labelled:
            found[0] = [answer(context, LOSS, 0, w, w, there) for w in places]
        for index, w in enumerate(places if labelled else ()):
            found[1, index] = answer(context, ACCURACY, 0, w, w, there)
            found[0, index] = out[0]
        self.check()
        return found

    def check(self) -> None:
        """Raises what the problem's code raised meanwhile."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _answer(self, _context: int, question: int, step: int, w: Any, v: Any, out: Any) -> float:
        shape = (self._problem.dimension,)
        try:
            point = np.ctypeslib.as_array(w, shape)
            rows = None if self._block is None or step == 0 else self._block.rows(step)
            if question == LOSS:
                return self._problem.loss(point, rows)
            result = np.ctypeslib.as_array(out, shape)
            if question == ACCURACY:
                result[0], share = self._problem.loss_and_accuracy(point, rows)
                return share
            if question == GRADIENT:
                loss, result[:] = self._problem.loss_and_gradient(point, rows)
                return loss
            if question == CURVATURE:
                result[:] = self._problem.hessian_diagonal(point, rows)
            else:
                along = np.ctypeslib.as_array(v, shape)
                result[:] = self._problem.hessian_product(point, along, rows)
        except BaseException as error:  # it must not pass through compiled code
            self._error = error
            return math.nan
        return 0.0
