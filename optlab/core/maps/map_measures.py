"""What a map of two settings can show, and what runs keep for it step by step.

A measure that needs more than how a run ended brings a :class:`StepRecord`; the compiled and the
Python kernel keep it from the same formula.  A new measure is a row of :data:`MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from optlab.core.formula.algebra import call
from optlab.core.formula.emit import Array
from optlab.core.formula.nodes import Node
from optlab.core.maps.cells import CellResults
from optlab.core.parameters import SettingError


class StepNames(NamedTuple):
    """The quantities of a step that a record may use.

    ``value``: the record before the step; ``before`` and ``after``: the weights; ``loss``: at the
    weights after it; ``target``: of the map, -inf without one; ``t``: the number of the step.
    """

    value: Node
    before: tuple[Node, ...]
    after: tuple[Node, ...]
    loss: Node
    target: Node
    t: Node


@dataclass(frozen=True)
class StepRecord:
    """A number that each run keeps: ``begin`` gives its values at the starts from their losses
    and the target, ``step`` the formula of its value after a step."""

    name: str
    begin: Callable[[Array, float], Array]
    step: Callable[[StepNames], Node]


class MapMeasure(NamedTuple):
    """Its title, its value per cell, and what runs keep for it."""

    title: str
    values: Callable[[CellResults], Array]
    record: StepRecord | None = None

    @property
    def column(self) -> str:
        """Its name in files: ``path_length``."""
        return self.title.replace(" ", "_")


def _way(step: StepNames) -> Node:
    moved = [call("sub", new, old) for new, old in zip(step.after, step.before, strict=True)]
    square = reduce(lambda a, b: call("add", a, b), [call("mul", part, part) for part in moved])
    return call("add", step.value, call("sqrt", square))


def _first_hit(step: StepNames) -> Node:
    below = call("le", step.loss, step.target)
    first = call("and", below, call("gt", step.value, step.t))
    return call("where", first, step.t, step.value)


LENGTH = StepRecord("length", lambda loss, target: np.zeros(len(loss)), _way)
"""The length of the path: ‖Δw‖ of all steps, added in their order."""
REACHED = StepRecord(
    "reached", lambda loss, target: np.where(loss <= target, 0.0, np.inf), _first_hit
)
"""The first step at which the loss was not above the target, inf for never; 0 for the start."""

MEASURES: Mapping[str, MapMeasure] = MappingProxyType(
    {
        "loss": MapMeasure("final loss", lambda ends: ends.loss),
        "steps": MapMeasure("steps to target", lambda ends: ends.records["reached"], REACHED),
        "outcome": MapMeasure("outcome", lambda ends: ends.outcome.astype(np.float64)),
        "length": MapMeasure("path length", lambda ends: ends.records["length"], LENGTH),
    }
)
"""What a map can show, by the name that the command line uses."""

RECORDED = tuple(measure for measure in MEASURES.values() if measure.record is not None)
"""The measures that take more than how a run ended."""
RECORDS = tuple(measure.record for measure in RECORDED if measure.record is not None)
"""What a map of two settings keeps, so that every measure can be shown."""


def sweep_values(ends: CellResults, measure: str) -> Array:
    """The values of a measure. Raises SettingError for an unknown one."""
    if measure not in MEASURES:
        raise SettingError("measure", f"must be one of {', '.join(MEASURES)}, not {measure}")
    return MEASURES[measure].values(ends)
