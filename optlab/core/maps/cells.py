"""The axes and cells of a map, the order in which they are computed, how their runs ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.problems import MapWindow
from optlab.core.run import RunSpec, has_scalar_code, program_of

Codes = npt.NDArray[np.int8]
RUN_SEED = "run_seed"
"""Varies the seed of each run, which its compiled code does not know."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Runs that differ in numbers only.

    ``starts``: float64, shape (cells, weights); ``varying``: for some of the names of
    :meth:`RunSpec.values`, such as ``p_eta``, and for :data:`RUN_SEED` the value of each cell,
    shape (cells,).
    """

    spec: RunSpec
    starts: Array
    varying: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CellResults:
    """How each run ended, one entry per cell.

    ``steps`` are the updates done; ``outcome`` counts into
    :data:`~optlab.core.run.outcome.OUTCOMES`; ``records`` holds the last values of what measures
    keep step by step, by their names.
    """

    weights: Array
    loss: Array
    steps: Array
    outcome: Codes
    records: Mapping[str, Array] = field(default_factory=dict)

    @classmethod
    def unknown(cls, count: int, size: int, records: Sequence[str] = ()) -> CellResults:
        """Room for the ends of so many cells with ``size`` weights, nan where nothing is known."""
        loss, steps = np.full((2, count), np.nan)
        weights, outcome = np.full((count, size), np.nan), np.zeros(count, dtype=np.int8)
        return cls(weights, loss, steps, outcome, {n: np.full(count, np.nan) for n in records})

    def put(self, chosen: Indices, ends: CellResults) -> None:
        """Writes the ends of some cells."""
        for column, values in zip(self.weights.T, ends.weights.T, strict=True):
            column[chosen] = values  # many times faster than rows
        for name in ("loss", "steps", "outcome"):
            getattr(self, name)[chosen] = getattr(ends, name)
        for name in self.records.keys() & ends.records.keys():
            self.records[name][chosen] = ends.records[name]

    def part(self, chosen: Indices | npt.NDArray[np.bool_]) -> CellResults:
        """The ends of some cells."""
        records = {name: values[chosen] for name, values in self.records.items()}
        arrays = self.weights[chosen], self.loss[chosen], self.steps[chosen]
        return CellResults(*arrays, self.outcome[chosen], records)


STEP_SECONDS = 1.3e-9
"""A step of scalar code on one core, where many runs go side by side."""
_STEPPER_SECONDS, _ARRAY_SECONDS, _ROW_SECONDS = 4e-5, 1e-6, 4e-9


def step_seconds(spec: RunSpec) -> float:
    """About how long a step of a run takes on one core: in scalar code, in Python (rules without
    equations), or over arrays, which grows with rows times weights."""
    if has_scalar_code(spec):
        return STEP_SECONDS
    leg, problem = spec.legs[0], spec.problem
    if getattr(program_of(leg), "stepper", None):
        return _STEPPER_SECONDS
    rows = max(1, leg.spec.sampling.batch or problem.rows)
    return _ARRAY_SECONDS + _ROW_SECONDS * rows * problem.dimension


def cell_spec(cells: Cells, index: int) -> RunSpec:
    """The single run that a cell stands for. Raises SettingError outside a range."""
    spec = cells.spec
    parameters = dict(spec.parameters)
    treatment, schedule = spec.treatment, spec.schedule
    seed = spec.seed
    for name, values in cells.varying.items():
        value = float(values[index])
        kind, _, rest = name.partition("_")
        if name == RUN_SEED:
            seed = int(value)
        elif kind == "p":
            parameters[rest] = value
        elif kind == "c":
            treatment = replace(treatment, **{rest: value})
        else:
            schedule = schedule.with_constant(int(kind[1:]), rest, value)
    start = tuple(float(value) for value in cells.starts[index])
    return replace(
        spec,
        parameters=parameters,
        treatment=treatment,
        schedule=schedule,
        start=start,
        seed=seed,
    )


Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Axis:
    """``count`` values of a setting from ``low`` to ``high``, evenly or by equal factors.

    Raises ValueError where that is not possible.
    """

    name: str
    low: float
    high: float
    count: int
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.name}: needs a low end below its high end")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"{self.name}: a logarithmic axis begins above 0")
        if not 2 <= self.count <= 4096:
            raise ValueError(f"{self.name}: needs 2 to 4096 values, not {self.count}")

    def values(self) -> Array:
        """The values, shape (count,), both ends included."""
        if self.scale == "log":
            return np.geomspace(self.low, self.high, self.count)
        return np.linspace(self.low, self.high, self.count)


def window_axes(window: MapWindow, resolution: int) -> tuple[Axis, Axis]:
    """The start points of a window as axes w1 and w2."""
    (w1, w2) = window
    return Axis("w1", *w1, resolution), Axis("w2", *w2, resolution)


@lru_cache(maxsize=4)
def refinement_passes(
    rows: int, columns: int, coarsest: int = 8
) -> tuple[tuple[int, Indices], ...]:
    """The cells (row by row indices) of each pass and how wide a computed cell is drawn then.

    The first pass takes every ``coarsest``-th cell along both axes, each further pass halves
    that; together they take every cell once.
    """
    passes = []
    taken = np.zeros((rows, columns), dtype=bool)
    width = coarsest
    while width >= 1:
        chosen = np.zeros((rows, columns), dtype=bool)
        chosen[::width, ::width] = True
        chosen &= ~taken
        taken |= chosen
        indices = np.flatnonzero(chosen.ravel())
        indices.flags.writeable = False
        if indices.size:
            passes.append((width, indices))
        width //= 2
    return tuple(passes)
