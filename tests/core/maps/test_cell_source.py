"""Quotients and blocks of lanes change no number, whatever happens."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.maps import (
    RECORDS,
    CellResults,
    Cells,
    CompiledCells,
    PythonCells,
    run_cells,
    window_axes,
)
from optlab.core.maps import batch as batch_module
from optlab.core.maps.batch import TILE
from optlab.core.maps.cell_source import CellCode
from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, program_of
from optlab.core.run.outcome import OUTCOMES
from optlab.core.schedules import parse_schedule

WINDOW = ((-5.0, 5.0), (-5.0, 5.0))


def starts(count: int, scale: float = 1.0) -> np.ndarray:
    across, upwards = (axis.values() * scale for axis in window_axes(WINDOW, count))
    w1, w2 = np.meshgrid(across, upwards)
    return np.column_stack((w1.ravel(), w2.ravel()))


def same(one: CellResults, other: CellResults) -> None:
    for name in ("weights", "loss", "steps", "outcome"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert one.records.keys() == other.records.keys()
    for name, values in one.records.items():
        np.testing.assert_array_equal(values, other.records[name], name)


def without_quotients(cells: Cells, target: float, monkeypatch: pytest.MonkeyPatch) -> CellResults:
    with monkeypatch.context() as patch:
        patch.setattr(batch_module, "has_quotients", lambda: False)
        return run_cells(cells, target, records=RECORDS)


def in_python(cells: Cells, target: float, chosen: np.ndarray) -> CellResults:
    return PythonCells(cells, target, RECORDS).ends(chosen)


@pytest.mark.parametrize(
    ("key", "scale"),
    [*(("adam", scale) for scale in (1e-320, 1e-160, 1.0, 1e140, 1e200)), ("nadam", 1e-160)],
)
def test_numbers_at_the_ends_of_the_range(
    key: str, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = formula_problem(f"{scale!r} * (w1^2 + 3 w2^2)")
    spec = RunSpec(problem, load_rule(key), steps=70)
    cells = Cells(spec, starts(15))
    found = run_cells(cells, 0.05, records=RECORDS)
    same(found, without_quotients(cells, 0.05, monkeypatch))
    chosen = np.arange(0, len(cells.starts), 37)
    same(found.part(chosen), in_python(cells, 0.05, chosen))


def test_runs_that_end_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """More runs than a tile holds, converging, diverging and lost at many different steps."""
    problem = formula_problem("(w1^2 - 4)^2 + log(w2 + 4.9) w2 - 0.1 w1^3 w2")
    spec = RunSpec(problem, load_rule("adam"), {"eta": 0.2}, steps=400, stop_gradient=1e-2)
    cells = Cells(spec, starts(100))
    assert len(cells.starts) > TILE
    found = run_cells(cells, 1.0, records=RECORDS)
    assert set(found.outcome.tolist()) > {OUTCOMES.index("converged")}
    assert len(np.unique(found.steps)) > 50
    same(found, without_quotients(cells, 1.0, monkeypatch))
    chosen = np.arange(0, len(cells.starts), 631)
    same(found.part(chosen), in_python(cells, 1.0, chosen))


EXACT = '''
name = "Exact"
summary = "Goes on only where a quotient is exact"
update = """
w = w - where(delta/1.2330844502575726 == limit, eta*g, 0)
"""
'''


def test_a_quotient_that_all_runs_share(tmp_path: Path) -> None:
    """The compiler computes it once, before the flags are cleared that tell of its underflow."""
    values = {"eta": 0.001, "delta": 4.38203034383042e-307, "limit": 3.553714705359459e-307}
    parameter = '[parameters.{}]\ndefault = {!r}\nrange = "(0, inf)"\nslider = [1e-5, 1.0]\n'
    parameters = [parameter.format(*pair) + 'help = "a number"\n' for pair in values.items()]
    (tmp_path / "exact.toml").write_text(EXACT + "\n".join(parameters), "utf-8")
    spec = RunSpec(load_problem("himmelblau"), load_rule("exact", tmp_path), steps=20)
    cells = Cells(spec, starts(15))
    found = run_cells(cells, 0.05, records=RECORDS)
    same(found, in_python(cells, 0.05, np.arange(len(cells.starts))))
    assert (found.weights != cells.starts).any()


def test_some_cells_into_the_ends_of_all() -> None:
    spec = RunSpec(load_problem("himmelblau"), load_rule("momentum"), steps=50)
    cells = Cells(spec, starts(20))
    whole = run_cells(cells)
    ends = CellResults.unknown(400, 2)
    compiled = CompiledCells(cells)
    order = np.random.default_rng(1).permutation(400)
    for chosen in np.array_split(order, 7):
        assert compiled.fill(chosen, ends)
    same(ends, whole)
    assert compiled.fill(order[:0], ends)


def test_what_all_runs_share_is_found_in_the_trees() -> None:
    treatment = GradientTransforms(noise=0.1)
    schedule = parse_schedule("cosine:T_max=60")
    spec = RunSpec(
        load_problem("rosenbrock"), load_rule("adam"), schedule=schedule, treatment=treatment
    )
    program = program_of(spec)
    alone = CellCode(program)
    assert len(alone.quotients.divisors) == 2  # 1 - beta1^t and 1 - beta2^t, for all components
    one = CellCode(program, ("p_beta1",))
    assert len(one.quotients.divisors) == 1
    both = CellCode(program, ("p_beta1", "p_beta2"))
    assert not both.quotients.divisors and not both.has_quotients
    assert "quotient(" in alone.source()
    assert "quotient(" not in dataclasses.replace(alone, exact=True).source()
