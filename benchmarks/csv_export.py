"""A long trajectory as CSV: OptLab's writer beside that of pandas.

Both write the same columns of one run, every number in the shortest form that reads back exactly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Row, Table, in_turns
from optlab.core.export import csv_blocks, csv_header
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, compiled_kernel, run

ROWS = 1_000_000
_OURS, _PANDAS = "OptLab", "pandas"


def tables(rounds: int = 3, scale: float = 1.0) -> list[Table]:
    """Rows per second of each writer."""
    count = max(10, round(ROWS * scale))
    spec = RunSpec(
        load_problem("rosenbrock"), load_rule("adam"), {"eta": 1e-3}, steps=count - 1, seed=1
    )
    trajectory = run(spec, kernels=compiled_kernel)
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as folder:
        works: dict[str, Callable[[], object]] = {}
        works[_OURS] = lambda: _write(trajectory, Path(folder, "optlab.csv"))
        missing = ()
        try:
            works[_PANDAS] = _with_pandas(trajectory, Path(folder, "pandas.csv"))
        except ImportError:
            missing = (Row(_PANDAS, missing="pandas is not installed"),)
        rows = in_turns(works, dict.fromkeys(works, float(count)), max(1, min(rounds, 3)))
    columns = len(csv_header(trajectory))
    title = f"CSV of {count:,} rows, {columns} columns"
    baseline = _OURS if missing else _PANDAS
    return [Table(title, "rows/s", baseline, (*rows, *missing))]


def _write(trajectory: Trajectory, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(csv_blocks(trajectory, progress=lambda done, total: None))


def _with_pandas(trajectory: Trajectory, path: Path) -> Callable[[], object]:
    import pandas as pd

    frame = pd.DataFrame({name: trajectory[name] for name in csv_header(trajectory)})
    frame["t"] = frame["t"].astype(int)
    return lambda: frame.to_csv(path, index=False)
