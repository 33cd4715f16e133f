"""A map over two settings of a run: its outcome for each pair of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.maps.cells import Axis, Cells
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec, program_of


@dataclass(frozen=True, eq=False)
class SweepMap:
    """A map of one measure: ``values`` has a row for each value of ``rows`` (the second axis)."""

    columns: Axis
    rows: Axis
    measure: str
    values: Array


def sweep_names(spec: RunSpec) -> dict[str, str]:
    """The settings that a map can vary, as a person calls them, and their names in a run.

    Parameters by their name, schedule constants as ``schedule.T_max`` (``schedule2.`` for the
    second piece), treatments as ``clip_norm``, the start as ``w1`` and ``w2``.
    """
    used = set(program_of(spec).values)
    names = {name: f"p_{name}" for name in spec.parameters if f"p_{name}" in used}
    for index, piece in enumerate(spec.schedule.pieces):
        prefix = "schedule." if index == 0 else f"schedule{index + 1}."
        for constant in piece.kind.parameters:
            if f"s{index}_{constant}" in used:
                names[prefix + constant] = f"s{index}_{constant}"
    names |= {name: f"c_{name}" for name in spec.treatment.active()}
    return names | {f"w{i + 1}": f"w{i + 1}" for i in range(spec.problem.dimension)}


def sweep_cells(spec: RunSpec, columns: Axis, rows: Axis) -> Cells:
    """All cells of a map, row by row. Raises SettingError for a setting that is not there.

    Values outside a setting's range are refused as well: a map shows runs that can be run.
    """
    known = sweep_names(spec)
    for axis in (columns, rows):
        if axis.name not in known:
            reason = f"cannot be varied here; known are {', '.join(known)}"
            raise SettingError(axis.name, reason)
    if columns.name == rows.name:
        raise SettingError(rows.name, "is on both axes")
    across, upwards = np.meshgrid(columns.values(), rows.values())
    starts = np.tile(np.array(spec.start), (across.size, 1))
    varying: dict[str, Array] = {}
    for axis, values in ((columns, across.ravel()), (rows, upwards.ravel())):
        own = known[axis.name]
        if own.startswith("w"):
            starts[:, int(own[1:]) - 1] = values
        else:
            varying[own] = values
            _check_range(spec, own, axis)
    return Cells(spec, starts, varying)


def _check_range(spec: RunSpec, own: str, axis: Axis) -> None:
    name = own[2:]
    if own.startswith("p_"):
        for end in (axis.low, axis.high):
            spec.rule.parameters[name].check(end)
    elif axis.low < 0 or (own.startswith("c_clip") and axis.low == 0):
        raise SettingError(axis.name, f"cannot be {axis.low:g}")
