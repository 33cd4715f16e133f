"""A map over two settings of a run: its outcome for each pair of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.maps.cells import RUN_SEED, Axis, Cells
from optlab.core.parameters import SettingError
from optlab.core.planes import Plane
from optlab.core.problems import MapWindow
from optlab.core.run import RunSpec, program_of


@dataclass(frozen=True, eq=False)
class SweepMap:
    """A map of one measure: ``values`` has a row for each value of ``rows`` (the second axis)."""

    columns: Axis
    rows: Axis
    measure: str
    values: Array


COORDINATES = ("c1", "c2")
"""What the coordinates of a plane of starts are called."""
SEED = "seed"


@dataclass(frozen=True, eq=False)
class StartPlane:
    """A plane on which runs start, and the window of it that maps show."""

    plane: Plane
    window: MapWindow

    @property
    def extent(self) -> MapWindow:
        """The window in lengths of the space of the weights."""
        lengths = np.linalg.norm(self.plane.directions, axis=1).tolist()
        sides = [
            (low * length, high * length)
            for (low, high), length in zip(self.window, lengths, strict=True)
        ]
        return sides[0], sides[1]


def sweep_names(spec: RunSpec, starts: StartPlane | None = None) -> dict[str, str]:
    """The settings that a map can vary, as a person calls them, and their names in a run.

    Parameters by their name, schedule constants as ``schedule.T_max`` (``schedule2.`` for the
    second piece), treatments as ``clip_norm``, the start as ``w1`` and ``w2`` and, on a plane of
    ``starts``, as ``c1`` and ``c2``; ``seed`` where anything depends on it.
    """
    used = set(program_of(spec).values)
    names = {name: f"p_{name}" for name in spec.parameters if f"p_{name}" in used}
    for index, piece in enumerate(spec.schedule.pieces):
        prefix = "schedule." if index == 0 else f"schedule{index + 1}."
        for constant in piece.kind.parameters:
            if f"s{index}_{constant}" in used:
                names[prefix + constant] = f"s{index}_{constant}"
    names |= {name: f"c_{name}" for name in spec.treatment.active()}
    if starts is not None:
        names |= {name: f"coordinate{i}" for i, name in enumerate(COORDINATES)}
    if spec.problem.rows or program_of(spec).noise:
        names[SEED] = RUN_SEED
    return names | {f"w{i + 1}": f"w{i + 1}" for i in range(spec.problem.dimension)}


def sweep_cells(
    spec: RunSpec, columns: Axis, rows: Axis, starts: StartPlane | None = None
) -> Cells:
    """All cells of a map, row by row. Raises SettingError for a setting that is not there.

    Values outside a setting's range are refused as well: a map shows runs that can be run.  A run
    begins on the plane of ``starts`` where a coordinate of it is varied; with another seed it
    begins with the initial weights of that seed, unless it has a start of its own.
    """
    known = sweep_names(spec, starts)
    for axis in (columns, rows):
        if axis.name not in known:
            reason = f"cannot be varied here; known are {', '.join(known)}"
            raise SettingError(axis.name, reason)
    if columns.name == rows.name:
        raise SettingError(rows.name, "is on both axes")
    across, upwards = np.meshgrid(columns.values(), rows.values())
    chosen = {known[columns.name]: across.ravel(), known[rows.name]: upwards.ravel()}
    for axis in (columns, rows):
        _check_range(spec, known[axis.name], axis)
    points = np.tile(np.array(spec.start), (across.size, 1))
    if RUN_SEED in chosen:
        chosen[RUN_SEED] = seeds = np.rint(chosen[RUN_SEED])
        if spec.start == spec.problem.start_of(spec.seed):
            found = {seed: spec.problem.start_of(int(seed)) for seed in np.unique(seeds).tolist()}
            points = np.array([found[seed] for seed in seeds.tolist()])
    if starts is not None and any(own.startswith("coordinate") for own in chosen):
        places = starts.plane.coordinates(points)
        for i in range(2):
            places[:, i] = chosen.pop(f"coordinate{i}", places[:, i])
        points = starts.plane.points(places)
    for own in [own for own in chosen if own.startswith("w")]:
        points[:, int(own[1:]) - 1] = chosen.pop(own)
    return Cells(spec, points, chosen)


def _check_range(spec: RunSpec, own: str, axis: Axis) -> None:
    name = own[2:]
    if own.startswith("p_"):
        for end in (axis.low, axis.high):
            spec.rule.parameters[name].check(end)
    elif own == RUN_SEED and (axis.low < 0 or axis.low % 1 or axis.high % 1):
        raise SettingError(axis.name, "goes over whole numbers from 0")
    elif own.startswith(("w", "coordinate")):
        return
    elif axis.low < 0 or (own.startswith("c_clip") and axis.low == 0):
        raise SettingError(axis.name, f"cannot be {axis.low:g}")
