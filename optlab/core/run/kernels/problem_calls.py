"""What compiled loops call for a problem: its compiled function, or its Python code."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from optlab.core.data import RowBlock
from optlab.core.formula.emit import Array
from optlab.core.native import NO_STORE, Argument, KernelStore
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
_NAME = "losses_at"
_ARGUMENTS: tuple[Argument, ...] = (*(("integer",) * 5), *(("numbers",) * 3))
_SOURCE = f"""
def {_NAME}(count, objective, context, labelled, n, points_, found_, out_):
    points, found, out = array(points_, (count, n)), array(found_, (2, count)), array(out_, (n,))
    for i in range(count):
        at = points[i].ctypes.data
        if labelled:
            found[1, i] = ask(objective, context, {ACCURACY}, 0, at, at, out.ctypes.data)
            found[0, i] = out[0]
        else:
            found[0, i] = ask(objective, context, {LOSS}, 0, at, at, at)
    return count
"""

Evaluator = Callable[[Array], Array]
"""Gives the losses at some points, shape (points, n), and perhaps the accuracies, in a row each."""


def evaluator(problem: Problem, labelled: bool, store: KernelStore | None) -> Evaluator:
    """The losses on all rows, and where they are ``labelled`` the accuracies: by compiled code
    where there is a ``store`` for it, with the same bits either way."""
    questions = {"accuracy" if labelled else "loss"}
    pointer = None if store is None else problem.pointer(questions, store)
    if store is None or pointer is None:

        def values(points: Array) -> Array:
            if labelled:
                return np.array([problem.loss_and_accuracy(point) for point in points]).T
            return np.array([[problem.loss(point) for point in points]])

        return values
    function = store.function(_SOURCE, _NAME, _ARGUMENTS)
    context = None if pointer.rows is None else pointer.rows.copy()
    out = np.empty(problem.dimension)

    def compiled(points: Array) -> Array:
        found, given = np.empty((2, len(points))), np.ascontiguousarray(points)
        place = 0 if context is None else context.address
        fixed = (len(points), pointer.address, place, int(labelled), problem.dimension)
        function(*fixed, given, found, out)
        return found[: 1 + labelled]

    return compiled


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
