"""Cells computed by the Python kernel: twenty times slower than compiled ones, but there at once.

The numbers are those of :class:`~optlab.core.maps.batch.CompiledCells`, to the bit.  Rules whose
steps are Python functions have no other kernel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from optlab.core.formula.emit import TOTAL, TOTAL_NAMES, Array, define, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Symbol
from optlab.core.gradient_transforms import noise_block
from optlab.core.maps.cells import RUN_SEED, CellResults, Cells, Indices, cell_spec
from optlab.core.maps.map_measures import StepNames, StepRecord
from optlab.core.native import KernelStore
from optlab.core.run import program_of, run
from optlab.core.run.kernels.array_program import ArrayProgram
from optlab.core.run.kernels.block_kernel import BlockKernel, Program, compiled_kernel, plain_kernel
from optlab.core.run.outcome import OUTCOMES, Kind, broken_outcome, may_still_grow
from optlab.core.run.spec import equations_of, starting_memory

_BLOCK = 2048
"""Steps between two questions whether to stop: some milliseconds."""


class PythonCells:
    """Runs cells one after the other; ``target`` and ``records`` as for compiled cells.

    With a ``store`` each run that has a compiled loop over its arrays uses that.
    """

    def __init__(
        self,
        cells: Cells,
        target: float = -math.inf,
        records: Sequence[StepRecord] = (),
        store: KernelStore | None = None,
    ) -> None:
        spec = cells.spec
        self._cells, self._target, self._records = cells, target, tuple(records)
        self._program = program = program_of(spec)
        self._kernels: Callable[[Program], BlockKernel] = plain_kernel
        if store is not None and isinstance(program, ArrayProgram):
            self._kernels = partial(compiled_kernel, store=store)
        self._kernel = self._kernels(program)
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
        self._whole = bool(spec.then or spec.before or spec.memory or program.features)
        self._whole = self._whole or RUN_SEED in cells.varying
        self._loss = place("batch_loss" if "batch" in program.features else "loss").start
        self._recorded = [*range(self._weights.start, self._weights.stop), self._loss]
        kept = [range(place(name).start, place(name).stop) for name in ("w", *program.state)]
        self._carry = [index for part in kept for index in part]
        self._out = np.empty((min(_BLOCK, max(1, spec.steps)), program.vectors.count))
        self._keep = _recorder(self._records, program.dimension) if records else None

    def ends(self, chosen: Indices, stop: Callable[[], bool] | None = None) -> CellResults:
        """The ends of the first of ``chosen``: of all, unless ``stop`` says so meanwhile."""
        names = [record.name for record in self._records]
        ends = CellResults.unknown(len(chosen), self._program.dimension, names)
        for place, index in enumerate(chosen.tolist()):
            if (stop is not None and stop()) or not self._run(index, place, ends, stop):
                return ends.part(np.arange(place))
        return ends

    def _run(
        self, index: int, place: int, ends: CellResults, stop: Callable[[], bool] | None
    ) -> bool:
        """Writes the end of a run to a place; no where it was stopped on its way."""
        if self._whole:
            return self._run_legs(index, place, ends, stop)
        start, values = self._cells.starts[index], self._values
        for column, numbers in self._places:
            values[column] = numbers[index]
        spec = self._cells.spec
        weights, loss = start, spec.problem.loss(tuple(start.tolist()))
        given = dict(zip(self._program.values, values.tolist(), strict=True))
        memory = starting_memory(self._equations, given, start)
        inputs = np.concatenate([start, *(memory[name] for name in self._program.state)])
        ended = broken_outcome(0, tuple(start.tolist()), loss, ())
        done, converged = 0, False
        kept = self._begun(loss)
        while ended is None and not converged and done < spec.steps:
            if done and stop is not None and stop():
                return False
            count = min(len(self._out), spec.steps - done)
            taken = self._kernel(count, done, inputs, values, self._noise(done, count), self._out)
            converged = taken < count
            if taken:
                rows = self._out[:taken]
                if self._keep is not None:
                    steps = rows[:, self._recorded].tolist()
                    kept = self._keep(steps, float(done), self._target, *weights, *kept)
                done += taken
                inputs, weights = rows[-1, self._carry], rows[-1, self._weights].copy()
                loss = float(rows[-1, self._loss])
                gradient = tuple(rows[-1, self._gradient].tolist())
                ended = broken_outcome(done, tuple(weights.tolist()), loss, gradient)
        kind: Kind = ended.kind if ended is not None else "converged" if converged else "finished"
        if kind == "finished" and may_still_grow(loss):
            kind = run(cell_spec(self._cells, index)).outcome.kind
        self._put(place, ends, weights, loss, done, kind, kept)
        return True

    def _run_legs(
        self, index: int, place: int, ends: CellResults, stop: Callable[[], bool] | None
    ) -> bool:
        """The same for a run that changes its rule on the way, goes on from elsewhere, or takes
        batches or older gradients."""
        found = run(cell_spec(self._cells, index), cancelled=stop, kernels=self._kernels)
        if found.outcome.kind == "cancelled":
            return False
        kept = self._begun(float(found.loss[0]))
        if self._keep is not None:
            steps = np.column_stack((found.weights, found.loss))[1:].tolist()
            kept = self._keep(steps, 0.0, self._target, *found.weights[0], *kept)
        last = found.weights[-1], found.final_loss, found.steps, found.outcome.kind
        self._put(place, ends, *last, kept)
        return True

    def _begun(self, loss: float) -> tuple[float, ...]:
        """The records at a start."""
        return tuple(float(r.begin(np.array([loss]), self._target)[0]) for r in self._records)

    def _put(
        self,
        place: int,
        ends: CellResults,
        weights: Array,
        loss: float,
        steps: int,
        kind: Kind,
        kept: tuple[float, ...],
    ) -> None:
        ends.weights[place], ends.loss[place], ends.steps[place] = weights, loss, steps
        ends.outcome[place] = OUTCOMES.index(kind)
        for record, value in zip(self._records, kept, strict=True):
            ends.records[record.name][place] = value

    def _noise(self, done: int, count: int) -> Array:
        if not self._program.noise:
            return np.empty((0, 0))
        return noise_block(self._cells.spec.seed, done, count, self._program.dimension)


def _recorder(records: Sequence[StepRecord], size: int) -> Callable[..., tuple[float, ...]]:
    """``keep(steps, t, target, *weights, *records)``: the records after some steps, each of them
    the weights and the loss after it."""
    before, after = ([f"{x}_{i}" for i in range(size)] for x in ("w", "new_w"))
    names = [record.name for record in records]
    known = (tuple(map(Symbol, before)), tuple(map(Symbol, after)))
    rest = Symbol("loss"), Symbol("target"), Symbol("t")
    assignments = [
        (f"new_{r.name}", lower(r.step(StepNames(Symbol(r.name), *known, *rest)))) for r in records
    ]
    lines = [f"{name} = {text}" for name, text in straight_lines(assignments, TOTAL)]
    lines += [f"{name} = new_{name}" for name in (*before, *names)]
    source = f"def keep(steps, t, target, {', '.join([*before, *names])}):\n"
    source += f"    for {', '.join(after)}, loss in steps:\n        t += 1.0\n"
    source += "".join(f"        {line}\n" for line in lines)
    source += f"    return ({', '.join(names)},)\n"
    return define(source, "keep", TOTAL_NAMES)
