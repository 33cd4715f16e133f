"""Maps as files and text: rows as CSV, arrays as NPZ, a summary, lines to print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

import optlab
from optlab.core.analysis.worksheet.number_text import MOST
from optlab.core.export.csv import BLOCK, ExportCancelledError, csv_rows, number_cells
from optlab.core.formula.emit import Array
from optlab.core.maps import (
    LOST,
    RECORDED,
    UNDER_WAY,
    UNKNOWN,
    Axis,
    BasinMap,
    BasinPicture,
    CellResults,
)
from optlab.core.run.outcome import OUTCOMES
from optlab.core.text_table import aligned
from optlab.session.experiment import Experiment, Run
from optlab.session.jobs import JobControl
from optlab.session.maps.map_compute import basins
from optlab.session.maps.map_request import BasinRequest, MapWork

Summary = dict[str, object]


def map_table(work: MapWork) -> dict[str, npt.NDArray[np.generic]]:
    """The columns of a complete map, an entry for each run, the first side running fastest.

    ``attractor`` counts from 1; 0 is none of them.  ``steps_to_target`` is inf where the target
    was never reached.
    """
    request, ends = work.request, work.buffer.ends
    across, upwards = np.meshgrid(request.columns.values(), request.rows.values())
    table: dict[str, npt.NDArray[np.generic]] = {
        request.columns.name: across.ravel(),
        request.rows.name: upwards.ravel(),
    }
    if isinstance(request, BasinRequest):
        labels = _basins(work).labels
        table["attractor"] = np.where(labels >= 0, labels + 1, 0).astype(np.int8)
    outcome = np.where(work.buffer.known, np.array(OUTCOMES)[ends.outcome], "unknown")
    table |= {"outcome": outcome, "steps": ends.steps, "loss": ends.loss}
    if not isinstance(request, BasinRequest):
        table |= {measure.column: measure.values(ends) for measure in RECORDED}
    return table | {f"end_w{i + 1}": column for i, column in enumerate(ends.weights.T)}


def map_csv(work: MapWork, control: JobControl | None = None) -> Iterator[bytes]:
    """A complete map as CSV, block by block; what is not finite stays empty.

    Raises ExportCancelledError once ``control`` asks to stop.
    """
    control = control or JobControl()
    table = map_table(work)
    count = work.request.columns.count * work.request.rows.count
    yield ",".join(table).encode() + b"\n"
    for first in range(0, count, BLOCK):
        if control.cancelled():
            raise ExportCancelledError
        last = min(first + BLOCK, count)
        yield csv_rows([_cells(name, column[first:last]) for name, column in table.items()])
        control.progress(last, count)


def _cells(name: str, column: npt.NDArray[np.generic]) -> list[object]:
    if column.dtype.kind != "f":
        return list(column.tolist())
    if name.startswith("steps"):
        return [int(value) if math.isfinite(value) else "" for value in column.tolist()]
    return list(number_cells(np.asarray(column, dtype=np.float64)))


def map_arrays(work: MapWork) -> dict[str, npt.NDArray[np.generic]]:
    """A complete map as arrays: both sides, and (rows, columns) for each measure."""
    request, ends = work.request, work.buffer.ends
    shape = work.buffer.shape
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "x": request.columns.values(),
        "y": request.rows.values(),
        "outcome": ends.outcome.reshape(shape),
        "steps": ends.steps.reshape(shape),
        "loss": ends.loss.reshape(shape),
        "w": ends.weights.reshape(*shape, -1),
    }
    if isinstance(request, BasinRequest):
        found = _basins(work)
        return arrays | {"attractors": found.attractors, "labels": found.labels.reshape(shape)}
    return arrays | {measure.column: measure.values(ends).reshape(shape) for measure in RECORDED}


def map_summary(work: MapWork, experiment: Experiment, run: Run) -> Summary:
    """What a complete map says, with the settings it was made from; nothing in it is infinite."""
    request = work.request
    spec, surface = request.spec, experiment.surface
    varied = [] if isinstance(request, BasinRequest) else [request.columns.name, request.rows.name]
    summary: Summary = {
        "version": optlab.__version__,
        "map": "basin" if isinstance(request, BasinRequest) else "sweep",
        "problem": None if surface.formula else surface.problem,
        "formula": spec.problem.formula,
        "run": run.title,
        "optimizer": run.optimizers,
        "parameters": {n: v for n, v in spec.parameters.items() if n not in varied},
        "options": dict(spec.options),
        "schedule": spec.schedule.text,
        "treatment": {n: v for n, v in spec.treatment.active().items() if n not in varied},
        "steps": spec.steps,
        "seed": spec.seed,
        "stop_gradient": spec.stop_gradient,
        "x": _side(request.columns),
        "y": _side(request.rows),
    }
    if request.starts is not None:
        plane = request.starts.plane
        summary["plane"] = {
            "text": plane.text,
            "origin": plane.origin.tolist(),
            "directions": plane.directions.tolist(),
        }
    if isinstance(request, BasinRequest):
        return summary | _basin_summary(work)
    fixed = [None if f"w{i + 1}" in varied else w for i, w in enumerate(spec.start)]
    target = request.target if math.isfinite(request.target) else None
    return summary | {"start": fixed, "target": target} | _sweep_summary(work)


def _basins(work: MapWork) -> BasinMap:
    assert isinstance(work.request, BasinRequest)
    found = basins(work.request.spec, work.request.extent, work.buffer)
    labels = np.full(len(work.buffer.known), UNKNOWN, dtype=found.labels.dtype)
    labels[work.buffer.known] = found.labels
    return replace(found, labels=labels)


def _side(axis: Axis) -> Summary:
    return {
        "name": axis.name,
        "low": axis.low,
        "high": axis.high,
        "count": axis.count,
        "scale": axis.scale,
    }


def _basin_summary(work: MapWork) -> Summary:
    picture, ends = work.picture, work.buffer.ends
    assert isinstance(picture, BasinPicture)
    places = [
        {
            "at": place.at,
            "share": place.share,
            "known_minimum": place.known,
            "median_steps": place.steps if math.isfinite(place.steps) else None,
        }
        for place in picture.places
    ]
    return {
        "attractors": places,
        "under_way": picture.under_way,
        "lost": picture.lost,
        "outcomes": _outcomes(ends),
        "labels": {"under_way": UNDER_WAY, "lost": LOST},
    }


def _sweep_summary(work: MapWork) -> Summary:
    ends, request = work.buffer.ends, work.request
    shape = work.buffer.shape
    names = (request.columns.name, request.rows.name)
    values = (request.columns.values(), request.rows.values())

    def best(measure: Array) -> Summary | None:
        """The cell with the least of a measure."""
        usable = np.where(np.isfinite(measure), measure, np.inf)
        index = int(usable.argmin())
        if not math.isfinite(usable[index]):
            return None
        row, column = divmod(index, shape[1])
        at: Mapping[str, float] = dict(
            zip(names, (float(values[0][column]), float(values[1][row])), strict=True)
        )
        return {"value": float(measure[index]), "at": at}

    return {
        "lowest_loss": best(ends.loss),
        "fewest_steps_to_target": best(ends.records["reached"]),
        "not_reached": 1.0 - float(np.isfinite(ends.records["reached"]).mean()),
        "outcomes": _outcomes(ends),
    }


def _outcomes(ends: CellResults) -> dict[str, float]:
    """The share of all runs that ended in each way."""
    return {name: float(np.mean(ends.outcome == index)) for index, name in enumerate(OUTCOMES)}


def map_lines(work: MapWork) -> list[str]:
    """The lines of a map of either kind."""
    basin = isinstance(work.request, BasinRequest)
    return _basin_lines(work) if basin else _sweep_lines(work)


def _basin_lines(work: MapWork) -> list[str]:
    """One line for each attractor, and for the runs that end at none."""
    picture = work.picture
    assert isinstance(picture, BasinPicture)
    rows = []
    for place in picture.places:
        # Without digits that only say how fine the grid is.
        at = ", ".join(f"{round(value, 9) + 0.0:.6g}" for value in place.at[:MOST])
        at += ", …" * (len(place.at) > MOST)
        steps = "" if math.isnan(place.steps) else f"median {place.steps:g} steps"
        what = "known minimum" if place.known else "minimum"
        rows.append((f"({at})", what, f"{place.share:.2%}", steps))
    if picture.under_way:
        rows.append(("under way", "", f"{picture.under_way:.2%}", ""))
    if picture.lost:
        rows.append(("diverged", "", f"{picture.lost:.2%}", ""))
    return aligned(rows)


def _sweep_lines(work: MapWork) -> list[str]:
    """The best pairs, and the share of each outcome."""
    request, ends = work.request, work.buffer.ends
    columns, rows = request.columns, request.rows
    found = []
    for words, values in (
        ("lowest loss", ends.loss),
        ("fewest steps to target", ends.records["reached"]),
    ):
        usable = np.where(np.isfinite(values), values, np.inf)
        index = int(usable.argmin())
        if math.isfinite(usable[index]):
            row, column = divmod(index, columns.count)
            pair = f"{columns.name}={columns.values()[column]:.6g}"
            pair += f" {rows.name}={rows.values()[row]:.6g}"
            found.append((words, f"{values[index]:.6g}", f"at {pair}"))
    for index, name in enumerate(OUTCOMES):
        share = float(np.mean(ends.outcome == index))
        if share:
            found.append((name.replace("_", " the "), f"{share:.2%}", ""))
    return aligned(found)
