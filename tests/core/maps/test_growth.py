"""Cells that end far above their start and still grow have diverged, as single runs have."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps.batch import TILE, CompiledCells, run_cells
from optlab.core.maps.cells import CellResults, Cells, cell_spec
from optlab.core.maps.python_cells import PythonCells
from optlab.core.problems import formula_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.run.outcome import OUTCOMES

BOWL = formula_problem("w1^2 + 3w2^2 - 40")


def cells(steps: int, count: int = 60, noise: float | None = None) -> Cells:
    """Runs of descent at rates below and above the limit 1/3, from two starts in turn."""
    spec = RunSpec(BOWL, load_rule("gd"), treatment=GradientTransforms(noise=noise), steps=steps)
    starts = np.tile([[1.0, 2.0], [30.0, 1e-9]], (count // 2, 1))
    return Cells(spec, starts, {"p_eta": np.geomspace(0.1, 4.0, count)})


@pytest.mark.parametrize("steps", [3, 4, 7, 50, 200])
@pytest.mark.parametrize("noise", [None, 0.5])
def test_outcomes_of_cells_are_those_of_runs(steps: int, noise: float | None) -> None:
    given = cells(steps, noise=noise)
    expected = [run(cell_spec(given, index)).outcome.kind for index in range(len(given.starts))]
    chosen = np.arange(len(given.starts))
    for ends in (run_cells(given), PythonCells(given).ends(chosen)):
        assert [OUTCOMES[code] for code in ends.outcome] == expected
    sentences = [run(cell_spec(given, index)).outcome.sentence for index in range(60)]
    grown = [sentence for sentence in sentences if "still grows" in sentence]
    assert bool(grown) == (steps > 3)
    assert "finished" in expected


def test_more_cells_than_one_tile_holds() -> None:
    given = cells(40, 2 * TILE + 10)
    outcome = run_cells(given).outcome
    for index in range(0, len(given.starts), 977):
        assert OUTCOMES[outcome[index]] == run(cell_spec(given, index)).outcome.kind
    assert (outcome == OUTCOMES.index("diverged")).any()


def test_a_cancellation_is_heard_while_growth_is_judged() -> None:
    given = cells(40)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    ends = CellResults.unknown(len(given.starts), 2, [])
    assert not CompiledCells(given).fill(np.arange(len(given.starts)), ends, stop)
    assert asked == 3
