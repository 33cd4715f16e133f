"""Cells computed by the Python kernel: twenty times slower than compiled ones, but there at once.

The numbers are those of :func:`~optlab.core.maps.batch.run_cells`, to the bit.  Rules whose steps
are Python functions have no other kernel.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.gradient import noise_block
from optlab.core.maps.batch import OUTCOMES, Cells, Ends, cell_spec
from optlab.core.maps.grids import Indices
from optlab.core.run import program_of, run
from optlab.core.run.kernels import plain_kernel
from optlab.core.run.outcome import broken_outcome
from optlab.core.run.starts import equations_of, starting_memory

Row = tuple[Array, float, float, float, float, int]
"""Weights, loss, steps, reached, length and outcome of one run."""

_BLOCK = 2048
"""Steps between two questions whether to stop: some milliseconds."""


def _never() -> bool:
    return False


class PlainCells:
    """Runs cells one after the other; ``target`` and ``lengths`` as for ``run_cells``."""

    def __init__(self, cells: Cells, target: float = -math.inf, *, lengths: bool = True) -> None:
        spec = cells.spec
        self._cells, self._target, self._lengths = cells, target, lengths
        self._program = program = program_of(spec)
        self._kernel = plain_kernel(program)
        given = spec.values()
        self._values = np.array([given[name] for name in program.values])
        self._places = [
            (program.values.index(name), values)
            for name, values in cells.varying.items()
            if name in program.values
        ]
        self._equations = equations_of(spec.legs[0])
        place = program.vectors.place
        self._weights, self._gradient = place("w"), place("g")
        self._loss = place("loss").start
        kept = [range(place(name).start, place(name).stop) for name in ("w", *program.state)]
        self._carry = [index for part in kept for index in part]
        self._out = np.empty((min(_BLOCK, max(1, spec.steps)), program.vectors.count))

    def ends(self, chosen: Indices, stop: Callable[[], bool] = _never) -> Ends:
        """The ends of the first of ``chosen``: of all, unless ``stop`` says so meanwhile."""
        rows: list[Row] = []
        for index in chosen.tolist():
            row = None if stop() else self._run(index, stop)
            if row is None:
                break
            rows.append(row)
        size = self._program.dimension
        weights = np.array([row[0] for row in rows]).reshape(-1, size)
        loss, steps, reached, length = np.array([row[1:5] for row in rows]).reshape(-1, 4).T
        outcome = np.array([row[5] for row in rows], dtype=np.int8)
        return Ends(weights, loss, steps, reached, length, outcome)

    def _run(self, index: int, stop: Callable[[], bool]) -> Row | None:
        """The end of one run, or None where it was stopped on its way."""
        if self._cells.spec.then:
            return self._whole_run(index, stop)
        start, values = self._cells.starts[index], self._values
        for place, column in self._places:
            values[place] = column[index]
        spec, target = self._cells.spec, self._target
        weights, loss = start, spec.problem.loss(tuple(start.tolist()))
        given = dict(zip(self._program.values, values.tolist(), strict=True))
        memory = starting_memory(self._equations, given, start)
        inputs = np.concatenate([start, *(memory[name] for name in self._program.state)])
        ended = broken_outcome(0, tuple(start.tolist()), loss, ())
        done, length = 0, 0.0 if self._lengths else math.nan
        reached = 0.0 if loss <= target else math.inf
        converged = False
        while ended is None and not converged and done < spec.steps:
            if done and stop():
                return None
            count = min(len(self._out), spec.steps - done)
            taken = self._kernel(count, done, inputs, values, self._noise(done, count), self._out)
            converged = taken < count
            if taken:
                rows = self._out[:taken]
                if self._lengths:
                    length = _length(length, weights, rows[:, self._weights])
                if reached > done:
                    hits = np.flatnonzero(rows[:, self._loss] <= target)
                    reached = float(done + 1 + hits[0]) if hits.size else math.inf
                done += taken
                inputs, weights = rows[-1, self._carry], rows[-1, self._weights].copy()
                loss = float(rows[-1, self._loss])
                gradient = tuple(rows[-1, self._gradient].tolist())
                ended = broken_outcome(done, tuple(weights.tolist()), loss, gradient)
        kind = ended.kind if ended is not None else "converged" if converged else "finished"
        return weights, loss, float(done), reached, length, OUTCOMES.index(kind)

    def _whole_run(self, index: int, stop: Callable[[], bool]) -> Row | None:
        """The end of a run that changes its rule on the way."""
        trajectory = run(cell_spec(self._cells, index), cancelled=stop)
        if trajectory.outcome.kind == "cancelled":
            return None
        hits = np.flatnonzero(trajectory.loss <= self._target)
        reached = float(hits[0]) if hits.size else math.inf
        path = trajectory.weights
        length = _length(0.0, path[0], path[1:]) if self._lengths else math.nan
        kind = OUTCOMES.index(trajectory.outcome.kind)
        last, steps = trajectory.final_loss, float(trajectory.steps)
        return path[-1], last, steps, reached, length, kind

    def _noise(self, done: int, count: int) -> Array:
        if not self._program.noise:
            return np.empty((0, 0))
        return noise_block(self._cells.spec.seed, done, count, self._program.dimension)


def _length(before: float, start: Array, path: Array) -> float:
    """The length so far and that of ``path``, added step by step as the compiled kernel does."""
    with np.errstate(all="ignore"):
        moves = np.diff(path, axis=0, prepend=start[None, :])
        squares = moves * moves
        total = squares[:, 0].copy()
        for column in squares.T[1:]:
            total += column
        return float(np.add.accumulate(np.concatenate(([before], np.sqrt(total))))[-1])
