"""Which columns the records of a step make for a given number of weights."""

from __future__ import annotations

from collections.abc import Sequence

from optlab.core.rules import StateVariable
from optlab.core.run.columns import Columns, Quantity, scalar
from optlab.core.run.equations import Record, StepEquations


def columns_of(equations: StepEquations, weights: Sequence[str]) -> Columns:
    """The columns of a run of so many weights, which have these names."""
    return Columns(_quantity(record, tuple(weights)) for record in equations.records)


def _quantity(record: Record, weights: tuple[str, ...]) -> Quantity:
    if record.name == "w":
        numbered = tuple(f"w{i}" for i in range(1, len(weights) + 1))
        return Quantity("w", len(weights), None if weights == numbered else weights)
    if not record.vector:
        return scalar(record.name)
    if record.state is not None and record.state.rows is not None:
        titles = record.state.titles(len(weights))
        return Quantity(record.name, len(titles), titles)
    return Quantity(record.name, len(weights))


def value_count(variable: StateVariable, dimension: int) -> int:
    """How many numbers a memory holds for so many weights."""
    if variable.scalar:
        return 1
    rows = dimension if variable.rows == "n" else variable.rows or 1
    return rows * dimension
