"""A measure of a map is a row of a table; its record is kept by both kernels."""

from __future__ import annotations

import numpy as np

from optlab.core.formula.algebra import call
from optlab.core.maps import Axis, Cells, PythonCells, StepRecord, cell_spec, run_cells, sweep_cells
from optlab.core.maps.map_measures import MEASURES, RECORDED, MapMeasure, StepNames
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run


def _highest(step: StepNames) -> object:
    return call("max", step.value, step.loss)


HIGHEST = StepRecord("highest", lambda loss, target: loss, _highest)  # type: ignore[arg-type]


def some_cells() -> Cells:
    spec = RunSpec(load_problem("himmelblau"), load_rule("momentum"), steps=40)
    return sweep_cells(spec, Axis("eta", 1e-3, 0.1, 6, "log"), Axis("w1", -4.0, 4.0, 5))


def test_a_new_record_is_kept_by_both_kernels() -> None:
    cells = some_cells()
    measure = MapMeasure("highest loss", lambda ends: ends.records["highest"], HIGHEST)
    values = measure.values(run_cells(cells, records=[HIGHEST]))
    chosen = np.arange(len(cells.starts))
    plain = measure.values(PythonCells(cells, records=[HIGHEST]).ends(chosen))
    np.testing.assert_array_equal(values, plain)
    for index in chosen[::7].tolist():
        losses = run(cell_spec(cells, index)).loss
        largest = losses.max() if np.isfinite(losses).all() else values[index]
        assert values[index] == largest
    assert measure.column == "highest_loss"


def test_every_record_belongs_to_a_measure() -> None:
    assert [measure.column for measure in RECORDED] == ["steps_to_target", "path_length"]
    assert len({measure.title for measure in MEASURES.values()}) == len(MEASURES)
