"""What CONTRIBUTING says of changes: each new thing here is the one file that it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import add, mul, sub, truediv
from types import MappingProxyType

import numpy as np
import pytest

from optlab.core.analysis.worksheet import worksheet
from optlab.core.export.csv import csv_blocks
from optlab.core.formula import evaluate, parse
from optlab.core.formula.emit import Dialect, straight_lines
from optlab.core.maps import MEASURES, map_measures
from optlab.core.maps.cells import Axis
from optlab.core.maps.sweep import sweep_cells
from optlab.core.problems import Problem
from optlab.core.problems.problem import Array
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, compiled_kernel, run

# -- an objective --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Spring(Problem):
    """A chain of masses between two walls."""

    stiffness: float = 2.0

    def loss(self, w: Sequence[float] | Array, rows: Array | None = None) -> float:
        return self.loss_and_gradient(w)[0]

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Array | None = None
    ) -> tuple[float, Array]:
        stretched = np.diff(np.array(w), prepend=0.0, append=1.0)
        pull = self.stiffness * stretched
        return float(pull @ stretched) / 2, pull[:-1] - pull[1:]


def test_an_objective_is_one_file() -> None:
    names = tuple(f"w{i}" for i in range(1, 13))
    problem = Spring(weights=names, start=(0.0,) * 12, window=((0.0, 1.0),) * 12, name="Spring")
    spec = RunSpec(problem, load_rule("adam"), {"eta": 0.05}, steps=300)
    path = run(spec)
    assert path.outcome.kind == "finished" and path.final_loss < 0.2 * path.loss[0]
    np.testing.assert_array_equal(path.data, run(spec, kernels=compiled_kernel).data)
    assert b"".join(csv_blocks(path)).startswith(b"t,w1,w2,w3")
    for row in worksheet(spec, path, 7).rows:
        assert row.computed == row.result


# -- a dialect -----------------------------------------------------------------------------------

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}
STACK = Dialect(
    MappingProxyType({name: f"{{0}} {{1}} {sign}" for name, sign in _SIGNS.items()}),
    MappingProxyType({}),
    1000,
    share=False,
)
"""Reverse Polish notation."""


def calculated(text: str, known: Mapping[str, float]) -> float:
    stack: list[float] = []
    work = {"+": add, "-": sub, "*": mul, "/": truediv, "^": pow}
    for word in text.split():
        if word in work:
            second, first = stack.pop(), stack.pop()
            stack.append(work[word](first, second))
        else:
            stack.append(known[word] if word in known else float(word))
    (value,) = stack
    return value


def test_a_dialect_is_one_file() -> None:
    tree = parse("(w1 + 1)^2/(w2 - 3) - w1*w2")
    ((_, text),) = straight_lines([("value", tree)], STACK)
    known = {"w1": 0.25, "w2": 5.0}
    assert calculated(text, known) == evaluate(tree, known)


# -- a measure of maps ---------------------------------------------------------------------------


def test_a_measure_of_maps_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from optlab.core.maps import run_cells
    from optlab.core.problems import load_problem

    far = map_measures.MapMeasure("distance of the end", lambda ends: np.hypot(*ends.weights.T))
    monkeypatch.setattr(map_measures, "MEASURES", MappingProxyType({**MEASURES, "far": far}))
    spec = RunSpec(load_problem("quadratic"), load_rule("gd"), steps=20)
    axes = Axis("eta", 0.001, 0.05, 4), Axis("w1", -2.0, 2.0, 3)
    ends = run_cells(sweep_cells(spec, *axes))
    values = map_measures.sweep_values(ends, "far")
    np.testing.assert_array_equal(values, np.hypot(*ends.weights.T))
