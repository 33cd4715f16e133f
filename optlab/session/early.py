"""The beginning of a map: cells in plain Python, from very coarse to coarse, shown as they come.

A compiled kernel takes a second or more to make when the machine is busy.  Until it is there, the
Python kernel, which gives the same numbers, makes a picture that already says what to expect.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from optlab.core.maps import PythonCells, refinement_passes
from optlab.core.maps.grids import Indices
from optlab.session.buffer import MapBuffer
from optlab.session.jobs import Control

COMPILING = "compiling for the finer picture…"
"""What a person reads meanwhile."""
COMPILED_FROM = 8
"""The width of the cells of the first compiled pass; so fine the Python kernel goes as well."""

_FIRST_CELLS = 4
"""Cells along a side of the first pass, at least."""
_TAKEN = 8
"""Cells between two looks at the clock."""
_EAGER, _SHARE = 0.25, 0.25
"""Seconds of Python at first, and the share of the time after that: the compiler needs Python's
lock as well."""
_SHOWN_FIRST, _SHOWN_EVERY = 0.05, 0.25
"""Seconds without a picture after which a finished pass is worth one, and any cells are."""


class EarlyCells:
    """Fills a buffer with the Python kernel until ``ready`` is set, or to the end without it.

    ``passed`` is called whenever there is something worth showing.
    """

    def __init__(
        self,
        plain: PythonCells,
        buffer: MapBuffer,
        control: Control,
        passed: Callable[[], None] | None,
        ready: threading.Event | None,
    ) -> None:
        self._plain, self._buffer, self._control = plain, buffer, control
        self._passed, self._ready = passed, ready
        self._began = self._shown = time.monotonic()
        self._worked = 0.0
        self._news = False

    def fill(self) -> None:
        """Computes from coarse to fine; returns when ``ready`` is set or the work is stopped."""
        if self._ready is not None and self._ready.is_set():
            return
        self._control.words = "" if self._ready is None else COMPILING
        rows, columns = self._buffer.shape
        finest = 1 if self._ready is None else COMPILED_FROM
        passes = refinement_passes(rows, columns, _coarsest(min(rows, columns)))
        for width, indices in passes:
            if width < finest:
                break
            self._buffer.begin_pass(width)
            if not self._take(indices):
                break
            self._buffer.end_pass()
            self._show(_SHOWN_FIRST)
        self._show(0.0)
        while not self._over():
            self._rest()
        self._control.words = ""

    def _over(self) -> bool:
        if self._control.cancelled():
            return True
        if self._ready is None:
            return bool(self._buffer.known.all())
        return self._ready.is_set()

    def _stop(self) -> bool:
        return self._control.cancelled() or (self._ready is not None and self._ready.is_set())

    def _take(self, indices: Indices) -> bool:
        """Computes some cells; whether all of them were reached."""
        for first in range(0, len(indices), _TAKEN):
            chosen = indices[first : first + _TAKEN]
            began = time.monotonic()
            ends = self._plain.ends(chosen, self._stop)
            self._worked += time.monotonic() - began
            count = len(ends.loss)
            self._buffer.put(chosen[:count], ends)
            self._news = self._news or count > 0
            known = self._buffer.known
            self._control.progress(int(np.count_nonzero(known)), known.size)
            if count < len(chosen):
                return False
            self._show(_SHOWN_EVERY)
            while self._greedy() and not self._stop():
                self._rest()
                self._show(_SHOWN_EVERY)
        return True

    def _greedy(self) -> bool:
        """Whether the compiler should be left alone for now."""
        if self._ready is None:
            return False
        return self._worked > _EAGER + _SHARE * (time.monotonic() - self._began)

    def _rest(self) -> None:
        if self._ready is not None:
            self._ready.wait(0.05)

    def _show(self, after: float) -> None:
        """Shows what is new where nothing was shown for some seconds."""
        if self._passed and self._news and time.monotonic() - self._shown >= after:
            self._passed()
            self._news = False
            self._shown = time.monotonic()


def _coarsest(cells: int) -> int:
    """The width of the cells of the first pass, a power of two."""
    width = COMPILED_FROM
    while width * 2 * _FIRST_CELLS <= cells:
        width *= 2
    return width
