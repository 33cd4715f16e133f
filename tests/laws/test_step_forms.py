"""A step in scalar code, over NumPy arrays and in compiled loops over arrays: the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import FormulaProblem, formula_problem, function_problem, load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, Trajectory, compiled_kernel, run
from optlab.core.run.kernels.array_kernel import CompiledArrayKernel, VectorKernel
from optlab.core.run.kernels.array_program import array_program
from optlab.core.run.kernels.block_kernel import BlockKernel, Program
from optlab.core.run.spec import equations_of
from optlab.core.schedules import parse_schedule

TREATMENTS = {
    "plain": GradientTransforms(),
    "treated": GradientTransforms(l2=0.1, noise=0.1, noise_relative=0.05, clip_norm=5.0),
}
EIGHT = (0.9, -0.8, 0.7, -0.6, 0.5, -0.4, 0.3, -0.2)


def chain(size: int) -> FormulaProblem:
    """Rosenbrock's function of more weights."""
    terms = (f"(1-w{i})^2 + 100*(w{i + 1} - w{i}^2)^2" for i in range(1, size))
    return formula_problem(" + ".join(terms))


def same(one: Trajectory, other: Trajectory) -> bool:
    return (
        one.outcome == other.outcome
        and one.names == other.names
        and np.array_equal(one.data, other.data, equal_nan=True)
    )


def over_arrays(spec: RunSpec) -> Trajectory:
    """The run with NumPy, whatever its number of weights."""
    program = array_program(equations_of(spec.legs[0]), spec.problem)
    return run(spec, kernels=lambda _program: VectorKernel(program))


def compiled_over_arrays(spec: RunSpec) -> Trajectory:
    """The run in compiled loops over arrays, whatever its number of weights."""
    from optlab.core.native import NO_STORE

    program = array_program(equations_of(spec.legs[0]), spec.problem)
    return run(spec, kernels=lambda _program: CompiledArrayKernel(program, NO_STORE))


@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize("name", rule_names())
def test_arrays_give_the_bits_of_scalar_code(name: str, treatment: str) -> None:
    for size in (2, 5, 8):
        spec = RunSpec(
            problem=chain(size),
            rule=load_rule(name),
            treatment=TREATMENTS[treatment],
            start=EIGHT[:size],
            steps=1000 if size == 5 else 60,
        )
        assert same(run(spec), over_arrays(spec)), size


@pytest.mark.parametrize("name", ["adam", "conjugate_gradient", "adahessian", "sam", "lookahead"])
def test_compiled_arrays_give_the_bits_of_scalar_code(name: str) -> None:
    spec = RunSpec(
        problem=chain(6),
        rule=load_rule(name),
        treatment=TREATMENTS["treated"],
        schedule=parse_schedule("warmup:steps=20+cosine:T_max=500"),
        start=EIGHT[:6],
        steps=1000,
    )
    assert same(run(spec), compiled_over_arrays(spec))


def test_options_that_change_the_equations_change_both_forms_alike() -> None:
    rule = load_rule("adam")
    for option, found in rule.options.items():
        for choice in found.choices:
            spec = RunSpec(chain(3), rule, options={option: choice}, start=EIGHT[:3], steps=80)
            assert same(run(spec), over_arrays(spec)), (option, choice)


def test_a_run_that_watches_its_gradient_stops_at_the_same_step() -> None:
    problem = formula_problem("w1^2 + 2 w2^2 + 3 w3^2")
    spec = RunSpec(problem, load_rule("momentum"), {"eta": 0.02}, steps=2000, stop_gradient=1e-6)
    one = run(spec)
    assert one.outcome.kind == "converged"
    assert same(one, over_arrays(spec)) and same(one, compiled_over_arrays(spec))


def test_a_run_that_breaks_breaks_at_the_same_step() -> None:
    spec = RunSpec(
        load_problem("rosenbrock"), load_rule("gd"), {"eta": 0.5}, start=(-1.2, 1.0), steps=100
    )
    one = run(spec)
    assert one.outcome.kind == "diverged"
    assert same(one, over_arrays(spec)) and same(one, compiled_over_arrays(spec))


def test_many_weights_run_over_arrays_in_blocks() -> None:
    problem = formula_problem(" + ".join(f"{i}*w{i}^2" for i in range(1, 41)))
    spec = RunSpec(problem, load_rule("adam"), start=(1.0,) * 40, steps=120)
    whole = run(spec)
    assert whole.names[:3] == ("w1", "w2", "w3") and whole.weights.shape == (121, 40)
    assert same(whole, run(spec, kernels=compiled_kernel))
    half = run(RunSpec(problem, load_rule("adam"), start=(1.0,) * 40, steps=50))
    assert same(whole, run(spec, resume=half))


def test_a_function_of_python_runs_as_its_formula_does() -> None:
    formula = formula_problem("w1^2 + 3 w2^2 + w3^4")

    def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
        return formula.loss_and_gradient(w)

    given = function_problem(bowl, (1.0, -2.0, 0.5))
    assert given.title == "bowl" and given.dimension == 3
    for name in ("adam", "polyak", "nesterov", "bfgs"):
        rule = load_rule(name)
        expected = run(RunSpec(formula, rule, start=(1.0, -2.0, 0.5), steps=100))
        spec = RunSpec(given, rule, steps=100)
        assert same(expected, run(spec)), name
        assert same(expected, run(spec, kernels=compiled_kernel)), name


def test_an_error_in_a_function_of_python_is_raised_by_every_kernel() -> None:
    def broken(w: np.ndarray) -> tuple[float, np.ndarray]:
        if w[0] < 0.9:
            raise KeyError("no such row")
        return float(w @ w), 2 * w

    spec = RunSpec(function_problem(broken, (1.0, 1.0)), load_rule("gd"), {"eta": 0.1}, steps=9)

    def compiled(program: Program) -> BlockKernel:
        return compiled_kernel(program)

    with pytest.raises(KeyError, match="no such row"):
        run(spec)
    with pytest.raises(KeyError, match="no such row"):
        run(spec, kernels=compiled)


def test_a_function_is_called_once_for_a_step() -> None:
    calls: list[float] = []

    def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(float(w[0]))
        return float(w @ w), 2 * w

    run(RunSpec(function_problem(bowl, (1.0, 1.0)), load_rule("gd"), {"eta": 0.1}, steps=10))
    assert len(calls) <= 12
