"""Running many cells: arrays in, the end of each run out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.formula import GridFunction
from optlab.core.formula.compiled import Array
from optlab.core.formula.nodes import Node, Symbol, symbols, value_of
from optlab.core.formula.operations import STRIDE
from optlab.core.gradient import noise_block
from optlab.core.maps.source import (
    ARGUMENTS,
    CELLS,
    LANES,
    Batch,
    batch_source,
    kept_rows,
    lane_rows,
)
from optlab.core.native import KernelStore, NativeFunction
from optlab.core.run import RunSpec, program_of, run
from optlab.core.run.kernels import NO_STORE
from optlab.core.run.outcome import FARTHEST, Kind
from optlab.core.run.program import StepProgram

Codes = npt.NDArray[np.int8]
OUTCOMES: tuple[Kind, ...] = ("finished", "converged", "diverged", "left_domain")
"""What the numbers in :attr:`Ends.outcome` mean."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Runs that differ in numbers only.

    ``starts``: float64, shape (cells, weights); ``varying``: for some of the names of
    :meth:`RunSpec.values`, such as ``p_eta``, the value of each cell, shape (cells,).
    """

    spec: RunSpec
    starts: Array
    varying: Mapping[str, Array] = field(default_factory=dict)

    def part(self, chosen: npt.NDArray[np.intp]) -> Cells:
        """Some of the cells."""
        varying = {name: values[chosen] for name, values in self.varying.items()}
        return Cells(self.spec, self.starts[chosen], varying)


@dataclass(frozen=True, eq=False)
class Ends:
    """How each run ended, one entry per cell.

    ``outcome`` counts into :data:`OUTCOMES`; ``steps`` are the updates done; ``reached`` is the
    first step at which the loss was not above the target (inf for never; 0 for the start);
    ``length`` is the length of the path.
    """

    weights: Array
    loss: Array
    steps: Array
    reached: Array
    length: Array
    outcome: Codes


def run_cells(
    cells: Cells,
    target: float = -math.inf,
    store: KernelStore = NO_STORE,
    *,
    lengths: bool = True,
) -> Ends:
    """Runs all cells to their end. The first call for a kind of run compiles it.

    Without ``lengths`` those are nan, and a third of the time is saved.
    """
    spec = cells.spec
    program = program_of(spec)
    if program.stepper is not None:
        return _one_by_one(cells, target)
    varying = tuple(sorted(set(cells.varying) & set(program.values)))
    wanted = {"reached": target > -math.inf, "length": lengths}
    batch = Batch(program, varying, tuple(name for name, on in wanted.items() if on))
    function = _function(batch, store)
    count = len(cells.starts)
    given = spec.values()
    values = np.array([given[name] for name in program.values] or [0.0])
    settings = np.array([cells.varying[name] for name in varying] or [np.zeros(count)])
    noise = np.zeros((max(1, spec.steps), max(1, len(program.noise))))
    if program.noise and spec.steps:
        noise = noise_block(spec.seed, 0, spec.steps, program.dimension)
    inputs, loss = _beginnings(cells, program, given)
    rows = kept_rows(batch)
    out = np.empty((len(rows), count))
    lanes = np.empty((len(lane_rows(batch)), LANES))
    tables = np.empty((max(1, len(program.series)), STRIDE))
    arrays = (values, noise, settings, inputs, lanes, tables)
    function(count, spec.steps, target, *map(np.ascontiguousarray, arrays), out)
    kept = dict(zip(rows, out, strict=True))
    return _ends(kept, program, loss, cells.starts, target)


@lru_cache(maxsize=64)
def _function(batch: Batch, store: KernelStore) -> NativeFunction:
    return store.function(batch_source(batch), CELLS, ARGUMENTS)


def _beginnings(
    cells: Cells, program: StepProgram, given: Mapping[str, float]
) -> tuple[Array, Array]:
    """Weights and memory before the first step with who begins at all, and the loss there."""
    count, size = cells.starts.shape
    inputs = np.empty((len(program.inputs) + 1, count))
    inputs[:size] = cells.starts.T
    known: dict[str, Array] = dict(zip(program.inputs[:size], inputs, strict=False))
    known |= {name: np.array(value) for name, value in given.items()}
    known |= cells.varying
    for row, tree in enumerate(program.starts):
        if tree != Symbol(program.inputs[row]):
            inputs[row] = _over_cells(tree, known)
    loss = cells.spec.problem.grid(*inputs[:size])
    fine = np.isfinite(loss) & (np.abs(inputs[:size]) <= FARTHEST).all(axis=0)
    inputs[-1] = fine
    return inputs, loss


def _over_cells(tree: Node, known: Mapping[str, Array]) -> float | Array:
    value = value_of(tree)
    if value is not None:
        return value
    names = tuple(symbols(tree))
    return GridFunction(tree, names)(*(known[name] for name in names))


def _ends(
    kept: Mapping[str, Array], program: StepProgram, start_loss: Array, starts: Array, target: float
) -> Ends:
    size = program.dimension
    weights = np.array([kept[name] for name in program.inputs[:size]]).T
    steps = kept["steps"]
    unmoved = steps == 0
    loss = np.where(unmoved, start_loss, kept["loss"])
    gradient = np.array([kept[f"g_{i}"] for i in range(size)])
    # Without a target, only a loss of -inf is not above it, and that ends a run.
    hit = kept.get("reached", np.where(loss <= target, steps, np.inf))
    reached = np.where(start_loss <= target, 0.0, hit)
    length = kept.get("length", np.full(len(loss), np.nan))
    outcome = _outcomes(weights, loss, gradient, steps)
    outcome[(kept["converged"] > 0) & (outcome == 0)] = OUTCOMES.index("converged")
    return Ends(weights, loss, steps, reached, length, outcome)


def _outcomes(weights: Array, loss: Array, gradient: Array, steps: Array) -> Codes:
    """The same decision as :func:`optlab.core.run.outcome.broken_outcome`, over arrays."""
    diverged, left = OUTCOMES.index("diverged"), OUTCOMES.index("left_domain")
    outcome = np.zeros(len(loss), dtype=np.int8)
    finite = np.isfinite(weights).all(axis=1)
    with np.errstate(invalid="ignore"):
        far = finite & (np.abs(weights) > FARTHEST).any(axis=1)
    bad_loss = finite & ~far & ~np.isfinite(loss)
    outcome[bad_loss] = left
    outcome[bad_loss & np.isinf(loss) & (steps > 0)] = diverged
    outcome[far] = diverged
    outcome[~finite] = diverged
    outcome[~finite & ~np.isfinite(gradient).all(axis=0) & (steps > 0)] = left
    return outcome


def _one_by_one(cells: Cells, target: float) -> Ends:
    """For rules whose steps are Python functions: one run after the other."""
    count, size = cells.starts.shape
    weights, outcome = np.empty((count, size)), np.zeros(count, dtype=np.int8)
    loss, steps, reached, length = (np.empty(count) for _ in range(4))
    for index in range(count):
        walk = run(cell_spec(cells, index))
        weights[index], loss[index], steps[index] = walk.final_weights, walk.final_loss, walk.steps
        hits = np.flatnonzero(walk.loss <= target)
        reached[index] = hits[0] if hits.size else np.inf
        moves = np.diff(walk.weights, axis=0)
        length[index] = np.sqrt((moves * moves).sum(axis=1)).sum()
        outcome[index] = OUTCOMES.index(walk.outcome.kind)
    return Ends(weights, loss, steps, reached, length, outcome)


def cell_spec(cells: Cells, index: int) -> RunSpec:
    """The single run that a cell stands for. Raises SettingError outside a range."""
    spec = cells.spec
    parameters = dict(spec.parameters)
    treatment, schedule = spec.treatment, spec.schedule
    for name, values in cells.varying.items():
        value = float(values[index])
        kind, _, rest = name.partition("_")
        if kind == "p":
            parameters[rest] = value
        elif kind == "c":
            treatment = replace(treatment, **{rest: value})
        else:
            schedule = schedule.with_constant(int(kind[1:]), rest, value)
    start = tuple(float(value) for value in cells.starts[index])
    return replace(spec, parameters=parameters, treatment=treatment, schedule=schedule, start=start)
