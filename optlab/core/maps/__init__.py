"""Many runs at once: basins of attraction and maps over two settings.

A batch is a RunSpec with some of its numbers replaced by arrays, one entry per cell.  A cell has
the same numbers, to the bit, as the single run with its settings.
"""

from optlab.core.maps.basin import LOST, UNDER_WAY, BasinMap, attractors, basin_map
from optlab.core.maps.batch import CompiledCells, cell_kernel, is_cell, run_cells
from optlab.core.maps.cells import (
    STEP_SECONDS,
    Axis,
    CellResults,
    Cells,
    cell_spec,
    refinement_passes,
    step_seconds,
    window_axes,
)
from optlab.core.maps.map_measures import MEASURES, RECORDED, RECORDS, StepRecord, sweep_values
from optlab.core.maps.map_values import (
    CATEGORIES,
    NUMBER,
    UNKNOWN,
    Attractor,
    BasinPicture,
    SweepPicture,
    ValueScale,
    basin_picture,
    measure_picture,
)
from optlab.core.maps.python_cells import PythonCells
from optlab.core.maps.sweep import COORDINATES, SEED, StartPlane, SweepMap, sweep_cells, sweep_names

__all__ = [
    "CATEGORIES",
    "COORDINATES",
    "LOST",
    "MEASURES",
    "NUMBER",
    "RECORDED",
    "RECORDS",
    "SEED",
    "STEP_SECONDS",
    "UNDER_WAY",
    "UNKNOWN",
    "Attractor",
    "Axis",
    "BasinMap",
    "BasinPicture",
    "CellResults",
    "Cells",
    "CompiledCells",
    "PythonCells",
    "StartPlane",
    "StepRecord",
    "SweepMap",
    "SweepPicture",
    "ValueScale",
    "attractors",
    "basin_map",
    "basin_picture",
    "cell_kernel",
    "cell_spec",
    "is_cell",
    "measure_picture",
    "refinement_passes",
    "run_cells",
    "step_seconds",
    "sweep_cells",
    "sweep_names",
    "sweep_values",
    "window_axes",
]
