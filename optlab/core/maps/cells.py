"""The cells of a map, and how their runs ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.maps.grids import Indices
from optlab.core.run import RunSpec

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Cells:
    """Runs that differ in numbers only.

    ``starts``: float64, shape (cells, weights); ``varying``: for some of the names of
    :meth:`RunSpec.values`, such as ``p_eta``, the value of each cell, shape (cells,).
    """

    spec: RunSpec
    starts: Array
    varying: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ends:
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
    def unknown(cls, count: int, size: int, records: Sequence[str] = ()) -> Ends:
        """Room for the ends of so many cells with ``size`` weights, nan where nothing is known."""
        loss, steps = np.full((2, count), np.nan)
        weights, outcome = np.full((count, size), np.nan), np.zeros(count, dtype=np.int8)
        return cls(weights, loss, steps, outcome, {n: np.full(count, np.nan) for n in records})

    def put(self, chosen: Indices, ends: Ends) -> None:
        """Writes the ends of some cells."""
        for column, values in zip(self.weights.T, ends.weights.T, strict=True):
            column[chosen] = values  # many times faster than rows
        for name in ("loss", "steps", "outcome"):
            getattr(self, name)[chosen] = getattr(ends, name)
        for name in self.records.keys() & ends.records.keys():
            self.records[name][chosen] = ends.records[name]

    def part(self, chosen: Indices | npt.NDArray[np.bool_]) -> Ends:
        """The ends of some cells."""
        records = {name: values[chosen] for name, values in self.records.items()}
        arrays = self.weights[chosen], self.loss[chosen], self.steps[chosen]
        return Ends(*arrays, self.outcome[chosen], records)


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
