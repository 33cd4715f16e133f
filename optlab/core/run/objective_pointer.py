"""A problem as a function pointer that compiled loops call.

The function is ``double answer(int64 context, int64 question, int64 step, const double *w, const
double *v, double *out)``: it gives the loss for question 0 and 1, and writes the gradient (1), the
diagonal of the Hessian (2) or the Hessian times v (3) into ``out``.  ``step`` counts from 1.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np

from optlab.core.problems import Problem

_POINTER = ctypes.POINTER(ctypes.c_double)
_INTEGER = ctypes.c_int64
ANSWER = ctypes.CFUNCTYPE(
    ctypes.c_double, _INTEGER, _INTEGER, _INTEGER, _POINTER, _POINTER, _POINTER
)


class ObjectivePointer:
    """Calls a problem from compiled code; keeps what the pointer needs.

    An exception in the problem's own code becomes nan there, which ends the loop, and is raised
    by :meth:`check`.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._error: BaseException | None = None
        self._callback = ANSWER(self._answer)
        self.context = 0

    @property
    def address(self) -> int:
        """Where the function is."""
        address = ctypes.cast(self._callback, ctypes.c_void_p).value
        assert address is not None
        return address

    def check(self) -> None:
        """Raises what the problem's code raised meanwhile."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _answer(self, _context: int, question: int, _step: int, w: Any, v: Any, out: Any) -> float:
        shape = (self._problem.dimension,)
        try:
            point = np.ctypeslib.as_array(w, shape)
            if question == 0:
                return self._problem.loss(point)
            result = np.ctypeslib.as_array(out, shape)
            if question == 1:
                loss, result[:] = self._problem.loss_and_gradient(point)
                return loss
            if question == 2:
                result[:] = self._problem.hessian_diagonal(point)
            else:
                along = np.ctypeslib.as_array(v, shape)
                result[:] = self._problem.hessian_product(point, along)
        except BaseException as error:  # it must not pass through compiled code
            self._error = error
            return math.nan
        return 0.0
