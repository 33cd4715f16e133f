"""Running many cells: arrays in, the end of each run out."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from optlab.core.formula.compiled import Array
from optlab.core.gradient import noise_block
from optlab.core.maps.source import ARGUMENTS, CELLS, Batch, room
from optlab.core.native import KernelStore, NativeFunction, Place, compile_module, has_quotients
from optlab.core.run import RunSpec, has_scalar_code, program_of, run
from optlab.core.run.kernels import NO_STORE
from optlab.core.run.outcome import Kind
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
    prepared: dict[object, _Prepared] = field(default_factory=dict, init=False, repr=False)
    """What the first run of some of the cells left for the others."""

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
    chosen: npt.NDArray[np.intp] | None = None,
    ends: Ends | None = None,
) -> Ends:
    """Runs all cells to their end. The first call for a kind of run compiles it.

    Without ``lengths`` those stay nan, and some time is saved.  With ``chosen`` only those cells
    are run, and with ``ends`` their ends are written there; its arrays have an entry for each
    cell.  Several threads may do that at once for different cells: all but some
    microseconds of a call is spent without Python's lock.
    """
    count, size = cells.starts.shape
    chosen = np.arange(count) if chosen is None else chosen
    ends = unknown_ends(count, size) if ends is None else ends
    if not has_scalar_code(cells.spec):
        _one_by_one(cells, target, chosen, ends)
        return ends
    _prepared(cells, target, store, lengths)(chosen, target, ends)
    return ends


def prepare_cells(
    cells: Cells,
    target: float = -math.inf,
    store: KernelStore = NO_STORE,
    *,
    lengths: bool = True,
) -> None:
    """Loads or compiles what :func:`run_cells` needs for such cells, if they are compiled."""
    if has_scalar_code(cells.spec):
        _prepared(cells, target, store, lengths)


def _prepared(cells: Cells, target: float, store: KernelStore, lengths: bool) -> _Prepared:
    key = (target > -math.inf, lengths, store)
    known = cells.prepared.get(key)
    return known or cells.prepared.setdefault(key, _Prepared(cells, *key))


def unknown_ends(count: int, size: int) -> Ends:
    """Room for the ends of so many cells, nan where nothing is known yet."""
    loss, steps, reached, length = (np.full(count, np.nan) for _ in range(4))
    weights = np.full((count, size), np.nan)
    return Ends(weights, loss, steps, reached, length, np.zeros(count, dtype=np.int8))


class _Prepared:
    """What all tiles of a map share: the compiled kernel and the numbers that it reads."""

    def __init__(self, cells: Cells, targeted: bool, lengths: bool, store: KernelStore) -> None:
        spec = cells.spec
        program = program_of(spec)
        assert isinstance(program, StepProgram)
        varying = tuple(sorted(set(cells.varying) & set(program.values)))
        wanted = {"reached": targeted, "length": lengths}
        extras = tuple(name for name, on in wanted.items() if on)
        batch = Batch(program, varying, extras, has_quotients())
        self._function, self._sizes = _function(batch, store), room(batch)
        self._counts = (len(cells.starts), spec.steps)
        given = spec.values()
        values = np.array([given[name] for name in program.values] or [0.0])
        noise = np.zeros((max(1, spec.steps), max(1, len(program.noise))))
        if program.noise and spec.steps:
            noise = noise_block(spec.seed, 0, spec.steps, program.dimension)
        settings = np.array([cells.varying[name] for name in varying] or [np.zeros(1)])
        arrays = (values, noise, settings, cells.starts)
        self._read = [Place(np.ascontiguousarray(array, dtype=np.float64)) for array in arrays]
        self._own = threading.local()

    def __call__(self, chosen: npt.NDArray[np.intp], target: float, ends: Ends) -> None:
        indices = np.ascontiguousarray(chosen, dtype=np.int64)
        results = (ends.weights, ends.loss, ends.steps, ends.reached, ends.length)
        fixed = (len(indices), *self._counts, target, indices, ends.outcome)
        self._function(*fixed, *self._read, *results, *self._room())

    def _room(self) -> list[Place]:
        """Arrays to work in, for each thread its own."""
        own: list[Place] | None = getattr(self._own, "room", None)
        if own is None:
            kinds = dict(ARGUMENTS)
            own = self._own.room = [
                Place(_aligned(count, np.int64 if kinds[name] == "indices" else np.float64))
                for name, count in self._sizes.items()
            ]
        return own


def _aligned(count: int, kind: type[np.int64 | np.float64]) -> npt.NDArray[np.generic]:
    """An array that begins where a line of the cache does."""
    space = np.empty(count + 8, kind)
    first = -space.ctypes.data % 64 // 8
    return space[first : first + count]


@lru_cache(maxsize=64)
def _function(batch: Batch, store: KernelStore) -> NativeFunction:
    from optlab.core.maps.kernel import batch_code

    kinds = tuple(kind for _, kind in ARGUMENTS)
    return store.function(batch_code(batch), CELLS, kinds, compile_module)


def _one_by_one(cells: Cells, target: float, chosen: npt.NDArray[np.intp], ends: Ends) -> None:
    """For rules whose steps are Python functions: one run after the other."""
    for index in chosen.tolist():
        walk = run(cell_spec(cells, index))
        ends.weights[index], ends.loss[index] = walk.final_weights, walk.final_loss
        ends.steps[index] = walk.steps
        hits = np.flatnonzero(walk.loss <= target)
        ends.reached[index] = hits[0] if hits.size else np.inf
        moves = np.diff(walk.weights, axis=0)
        ends.length[index] = np.sqrt((moves * moves).sum(axis=1)).sum()
        ends.outcome[index] = OUTCOMES.index(walk.outcome.kind)


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
