"""Networks: derivatives against finite differences, all forms alike to the bit, wrong input."""

from __future__ import annotations

import ctypes
import math
from itertools import product

import numpy as np
import pytest

from optlab.core.data import Batches, Table
from optlab.core.formula.emit import Array
from optlab.core.native import NO_STORE
from optlab.core.parameters import SettingError
from optlab.core.problems import Network, NetworkProblem, network_problem, network_sizes, usual_loss
from optlab.core.problems import network as network_module
from optlab.core.problems.compiled_calls import QUESTIONS
from optlab.core.problems.network import INITS, LOSSES
from optlab.core.problems.network_arrays import log_1_more, negative_exp, sigmoid, tanh
from optlab.core.problems.network_kernel import ACTIVATIONS
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, compiled_kernel, run
from optlab.core.run.kernels.problem_calls import ANSWER, ProblemCalls

SIZES = ((3, 1), (2, 16, 1), (4, 10, 3), (2, 5, 6, 4, 2))
KINDS = list(product(SIZES, ACTIVATIONS, LOSSES))
_POINTER = ctypes.POINTER(ctypes.c_double)


def a_problem(
    sizes: tuple[int, ...], activation: str = "tanh", loss: str = "squared", rows: int = 32
) -> NetworkProblem:
    """A network on random numbers."""
    source = np.random.default_rng(5)
    columns = {f"x{i}": source.normal(size=rows) for i in range(sizes[0])}
    if loss == "squared":
        columns |= {f"y{i}": source.normal(size=rows) for i in range(sizes[-1])}
    else:
        columns["label"] = source.integers(0, max(2, sizes[-1]), rows).astype(np.float64)
    return network_problem(Network(sizes, activation, loss), Table(columns), seed=3)


def two_points(problem: NetworkProblem) -> tuple[Array, Array]:
    """Weights near the start, and a direction."""
    source = np.random.default_rng(1)
    weights = np.array(problem.start) + 0.3 * source.normal(size=problem.dimension)
    return weights, source.normal(size=problem.dimension)


@pytest.fixture(autouse=True)
def without_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy answers, whatever the process has compiled."""
    monkeypatch.setattr(network_module, "_LOADED", [])


def asked(calls: ProblemCalls, question: str, step: int, w: Array, v: Array) -> tuple[float, Array]:
    """What the compiled function answers."""
    out = np.empty_like(w)
    places = [array.ctypes.data_as(_POINTER) for array in (w, v, out)]
    answer = ANSWER(calls.pointer.address)
    return answer(calls.context, QUESTIONS[question], step, *places), out


@pytest.mark.parametrize(("sizes", "activation", "loss"), KINDS)
def test_derivatives_are_those_of_differences(
    sizes: tuple[int, ...], activation: str, loss: str
) -> None:
    problem = a_problem(sizes, activation, loss)
    w, v = two_points(problem)
    h = 1e-6
    _, gradient = problem.loss_and_gradient(w)
    units = h * np.eye(problem.dimension)
    slopes = [(problem.loss(w + unit) - problem.loss(w - unit)) / (2 * h) for unit in units]
    assert gradient == pytest.approx(np.array(slopes), abs=2e-8)
    ends = [problem.loss_and_gradient(w + sign * h * v)[1] for sign in (1, -1)]
    change = (ends[0] - ends[1]) / (2 * h)
    assert problem.hessian_product(w, v) == pytest.approx(change, abs=1e-6)


@pytest.mark.parametrize(("sizes", "activation", "loss"), KINDS)
def test_compiled_code_and_arrays_give_the_same_bits(
    sizes: tuple[int, ...], activation: str, loss: str
) -> None:
    for rows in (1, 130, 300):
        problem = a_problem(sizes, activation, loss, rows)
        w, v = two_points(problem)
        calls = ProblemCalls(problem, QUESTIONS)
        network_module._LOADED.clear()
        batches = Batches(rows, 7)
        calls.take(batches.block(1, 3))
        for step, chosen in ((0, None), (1, batches.rows_of(1))):
            loss_there, gradient = problem.loss_and_gradient(w, chosen)
            assert asked(calls, "loss", step, w, v)[0] == problem.loss(w, chosen) == loss_there
            found = asked(calls, "gradient", step, w, v)
            assert found[0] == loss_there
            assert np.array_equal(found[1], gradient)
            if problem.has_accuracy:
                share, out = asked(calls, "accuracy", step, w, v)
                assert (out[0], share) == problem.loss_and_accuracy(w, chosen)
                assert out[0] == loss_there
        moved = problem.hessian_product(w, v)
        assert np.array_equal(asked(calls, "hessian_product", 0, w, v)[1], moved)
    diagonal = problem.hessian_diagonal(w)
    assert np.array_equal(asked(calls, "curvature", 0, w, v)[1], diagonal)


def single_answers(problem: NetworkProblem) -> list[float]:
    """All that a problem answers at a point, on all rows and on some."""
    (w, v), rows = two_points(problem), np.array([3, 4, 17])
    found = [problem.loss(w), problem.loss(w, rows), *problem.loss_and_gradient(w, rows)[1]]
    found += [*problem.hessian_product(w, v), *problem.hessian(w)[2]]
    found += problem.hessian_diagonal(w, rows).tolist()
    return found + ([problem.accuracy(w, rows)] if problem.has_accuracy else [])


def test_compiled_code_answers_for_single_points_too_once_it_is_there() -> None:
    for sizes, loss in (((2, 5, 1), "cross_entropy"), ((3, 4, 2), "squared")):
        problem = a_problem(sizes, "tanh", loss, 40)
        before = single_answers(problem)
        problem.pointer(("loss",))
        assert network_module._LOADED and single_answers(problem) == before
        network_module._LOADED.clear()


def test_every_rule_runs_on_a_network() -> None:
    problem = a_problem((2, 4, 1), "tanh", "cross_entropy")
    for rule in rule_names():
        path = run(RunSpec(problem, load_rule(rule), steps=5))
        assert path.steps >= 1 and path.dimension == problem.dimension, rule


@pytest.mark.parametrize("rule", ["adam", "sam", "adahessian"])
def test_compiled_runs_give_the_bits_of_plain_ones(rule: str) -> None:
    problem = a_problem((2, 4, 1), "tanh", "cross_entropy")
    spec = RunSpec(problem, load_rule(rule), steps=40)
    plain = run(spec)
    compiled = run(spec, kernels=lambda program: compiled_kernel(program, NO_STORE))
    assert plain.outcome == compiled.outcome
    assert np.array_equal(plain.data, compiled.data, equal_nan=True)


def test_a_diverged_network_ends_as_any_run() -> None:
    problem = a_problem((2, 4, 1), "relu")
    path = run(RunSpec(problem, load_rule("gd"), {"eta": 1e6}, steps=50))
    assert path.outcome.kind == "diverged"
    assert math.isnan(problem.loss(np.full(problem.dimension, math.inf)))
    labelled = a_problem((2, 4, 1), "relu", "cross_entropy")
    assert labelled.accuracy(np.full(problem.dimension, math.inf)) == 0.0


@pytest.mark.parametrize(
    ("function", "exact", "low", "high"),
    [
        (tanh, np.tanh, -30.0, 30.0),
        (sigmoid, lambda x: 1 / (1 + np.exp(-x)), -300.0, 300.0),
        (negative_exp, np.exp, -690.0, 0.0),
        (log_1_more, np.log1p, 0.0, 1.0),
    ],
)
def test_own_functions_are_within_units_in_the_last_place(function, exact, low, high) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, 50_000) ** 5 * max(high, -low)
    x = np.clip(x, low, high)
    wanted = exact(x.astype(np.longdouble))
    units = np.spacing(np.abs(wanted).astype(np.float64))
    assert float(np.max(np.abs(function(x) - wanted) / units)) < 3.5
    if low < 0:
        ends = function(np.array([low * 1e9, math.nan]))
        assert ends[0] == pytest.approx(float(exact(-np.inf)), abs=1e-300) and math.isnan(ends[1])


def test_losses_are_stable_far_out() -> None:
    table = Table({"x": np.array([1.0, -1.0]), "label": np.array([1.0, 0.0])})
    problem = network_problem(Network((1, 1), "tanh", "cross_entropy"), table)
    assert problem.loss([800.0, 0.0]) == pytest.approx(math.exp(-700), rel=1e-9)
    assert problem.loss([-800.0, 0.0]) == 800.0
    assert problem.loss([30.0, 0.0]) == pytest.approx(math.log1p(math.exp(-30)), rel=1e-14)
    three = network_problem(Network((1, 3), "tanh", "cross_entropy"), table)
    assert three.loss([1000.0, 0.0, 0.0, 0.0, 0.0, 0.0]) == pytest.approx(1000 + math.log(2) / 2)


def test_initial_weights_are_as_their_formulas_say() -> None:
    spreads = {"xavier": math.sqrt(2 / 400), "he": math.sqrt(2 / 300), "normal": math.sqrt(1 / 300)}
    spreads |= {"uniform": math.sqrt(1 / 900), "zeros": 0.0}
    for init in INITS:
        network = Network((300, 100, 1), init=init)
        first = network.initial(1)[: 300 * 100]
        assert np.std(first) == pytest.approx(spreads[init], rel=0.02)
        assert not network.initial(1)[300 * 100 : 300 * 100 + 100].any()
        assert np.array_equal(first, network.initial(1)[: 300 * 100])
        assert init == "zeros" or not np.array_equal(first, network.initial(2)[: 300 * 100])


def test_accuracy_counts_the_rows_that_get_their_label() -> None:
    table = Table({"x": np.arange(-2.0, 3.0), "label": np.array([0.0, 0.0, 1.0, 1.0, 1.0])})
    problem = network_problem(Network((1, 1), loss="cross_entropy"), table)
    assert problem.accuracy([1.0, 0.5]) == 1.0
    assert problem.accuracy([1.0, 1.5]) == 0.8
    three = network_problem(Network((1, 3), loss="cross_entropy"), table)
    assert three.accuracy([0.0, 0.0, 0.0, 0.0, 1.0, 0.0]) == 0.6
    assert three.accuracy([0.0] * 6, np.array([1, 3])) == 0.5
    assert three.has_accuracy and not a_problem((2, 3, 1)).has_accuracy


def test_the_test_loss_is_that_of_the_other_rows() -> None:
    table = a_problem((2, 3, 1), rows=20).table
    train, test = table.take(range(12)), table.take(range(12, 20))
    network = Network((2, 3, 1))
    problem = network_problem(network, train, test)
    w = network.initial(0)
    assert problem.test is not None
    assert problem.test.loss(w) == network_problem(network, test).loss(w)
    assert problem.test.loss(w) == network_problem(network, table).loss(w, np.arange(12, 20))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2", "must be sizes of layers such as 2-8-1"),
        ("2-0-1", "must be sizes of layers such as 2-8-1"),
        ("2-x-1", "not '2-x-1'"),
        ("500-500-500", "at most 200000 weights, not 501000"),
        ("-".join(["2"] * 30), "at most 20 layers"),
        ("3-1", "3-1 needs 3 inputs and 1 target; the data has 3 columns (x1, x2, label)"),
        ("2-4-1", "cross_entropy needs 0 or 1 in column label, row 2, not 2"),
    ],
)
def test_wrong_networks_are_refused(text: str, reason: str) -> None:
    table = Table({"x1": np.ones(2), "x2": np.ones(2), "label": np.array([0.0, 2.0])})
    with pytest.raises(SettingError, match=r"^(network|train_loss):? ") as refused:
        network_problem(Network(network_sizes(text), loss="cross_entropy"), table)
    assert reason in str(refused.value)


def test_what_cannot_be_chosen_is_named() -> None:
    for name, kind in (("activation", "sine"), ("train_loss", "hinge"), ("init", "ones")):
        given = {"loss" if name == "train_loss" else name: kind}
        with pytest.raises(SettingError, match=f"not '{kind}'"):
            Network((2, 1), **given)


def test_the_usual_loss_follows_the_target() -> None:
    labels, numbers = np.array([0.0, 1.0, 2.0]), np.array([0.5, 1.0, 2.0])
    assert usual_loss(Table({"x": numbers, "y": labels})) == "cross_entropy"
    assert usual_loss(Table({"x": labels, "y": numbers})) == "squared"
