"""Where plain Python would raise, a run gets inf and nan instead: the same ones on every path."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.formula.emit import TOTAL, TOTAL_NAMES, define
from optlab.core.problems import formula_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, compiled_kernel, program_of, run
from optlab.core.run.kernels.block_kernel import PlainKernel
from optlab.core.run.kernels.scalar_source import KERNEL, plain_source

BREAKING = {
    # formula: (start, eta); the numbers break after some steps, or in a part that does not matter
    "w2^2 + where(w1 > 0, w1, log(-w1))": ((2.0, 1.0), 0.3),
    "log(w1) + w2": ((1.0, 1.0), 0.1),
    "sqrt(w1)*w2 + w1": ((1.0, 1.0), 0.1),
    "1/(w1 - 1) + w2^2": ((0.0, 1.0), 0.1),
    "where(w1 > 0.5, w1, 1/w1) + 0*w2": ((1.0, 1.0), 0.25),
    "where(w1 == 0, 7, sin(w1)/w1) + w1^2 + w2^2": ((0.5, 0.5), 0.5),
    "exp(w1^3) + w2": ((1.2, 1.0), 0.05),
    "-exp(w1)*w2": ((1.0, 1.0), 0.2),
    "where(w1 < 9, 1, exp(1000*w1)) - w1": ((1.0, 1.0), 1.5),
    "w1^w2 + w2": ((0.5, 0.1), 0.1),
    "w1^-3 + (-w1)^0.5": ((1.0, 1.0), 0.1),
    "acos(w1) + asin(w2)": ((0.5, 0.5), 0.1),
    "tan(w1)*cosh(300*w2)": ((1.0, 1.0), 1e-3),
    "mod(w1, w2) + floor(w1/w2)*w1": ((1.0, 0.2), 0.1),
    "cbrt(w1) + w2^2": ((0.1, 1.0), 0.3),
    "w1^4 - w2^4": ((5.0, 5.0), 1.0),
    "sin(w1*1e308*10^w2)": ((1.0, 1.0), 0.1),
    "log10(abs(w1)) + log2(abs(w2))": ((0.5, 0.5), 0.4),
    "max(w1, 1/w2) + min(w2, log(w1))": ((1.0, 0.3), 0.3),
    "atan2(w1, w2) + sign(w1)/w1": ((1.0, 0.3), 0.3),
}


def spec(formula: str, rule: str = "momentum") -> RunSpec:
    start, eta = BREAKING[formula]
    return RunSpec(
        formula_problem(formula), load_rule(rule), {"eta": eta}, start=start, steps=60, seed=2
    )


class TotalKernel(PlainKernel):
    """The plain kernel with nothing but functions that never raise."""

    def __init__(self, given: RunSpec) -> None:
        program = program_of(given)
        super().__init__(program)
        self._fast = define(plain_source(program, TOTAL), KERNEL, TOTAL_NAMES)


def assert_same(a: Trajectory, b: Trajectory) -> None:
    assert a.outcome == b.outcome
    assert np.array_equal(a.data, b.data, equal_nan=True)


@pytest.mark.parametrize("formula", BREAKING)
@pytest.mark.parametrize("rule", ["gd", "momentum", "adam"])
def test_redone_steps_are_those_of_the_functions_that_never_raise(rule: str, formula: str) -> None:
    given = spec(formula, rule)
    assert_same(run(given), run(given, kernels=lambda _program: TotalKernel(given)))


def test_numbers_do_break_in_these_runs() -> None:
    kinds = [run(spec(formula)).outcome.kind for formula in BREAKING]
    assert {"diverged", "left_domain", "finished"} <= set(kinds)
    raised = 0
    for formula in BREAKING:
        kernel = PlainKernel(program_of(spec(formula)))
        run(spec(formula), kernels=lambda _program, kernel=kernel: kernel)
        raised += kernel._total is not None
    assert raised >= 5


@pytest.mark.parametrize("formula", list(BREAKING)[::2])
def test_compiled_steps_break_in_the_same_way(formula: str) -> None:
    given = spec(formula)
    assert_same(run(given, kernels=compiled_kernel), run(given))
