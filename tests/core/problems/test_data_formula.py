"""Formulas over data: values, exact derivatives, all forms with the same bits, what is refused."""

import numpy as np
import pytest

from optlab.core.data import Batches, Table, load_table
from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems import data_problem
from optlab.core.problems.compiled_calls import QUESTIONS
from optlab.core.run.kernels.problem_calls import ANSWER

SETS = {"line": load_table("line:n=23,seed=3"), "moons": load_table("moons:n=30,seed=2")}
POINTS = [(0.3, -0.7), (-1.1, 0.4)]
LOSSES = [
    ("line", "mean((w1*x + w2 - y)^2)"),
    ("moons", "mean(log(1 + exp(-(2*y - 1)*(w1*x1 + w2*x2)))) + 0.01*(w1^2 + w2^2)"),
    (
        "line",
        "mean(where(abs(w1*x + w2 - y) < 0.2, (w1*x + w2 - y)^2/2, 0.2*abs(w1*x + w2 - y) - 0.02))",
    ),
    ("line", "mean(max(0.9*(y - w1*x - w2), 0.1*(w1*x + w2 - y)))"),
    ("line", "mean((y - tanh(w2*tanh(w1*x)))^2)"),
    ("line", "sqrt(sum((w1*x - y)^2)) + mean(abs(y - w2)) - sum(cbrt(w1*w2) + 1)/100"),
    ("moons", "log(mean(exp(w1*x1))*sum(exp(w2*x2)^2)) + w1/mean(x1^2)"),
]


@pytest.fixture(params=LOSSES, ids=[text for _, text in LOSSES])
def problem(request):
    name, text = request.param
    return data_problem(text, SETS[name])


def test_gradient_and_hessian_are_exact(problem):
    step = 1e-6
    for point in POINTS:
        w = np.array(point)
        loss, slope = problem.loss_and_gradient(w)
        assert loss == problem.loss(w) and tuple(slope) == problem.gradient(w)
        matrix = problem.hessian(w)
        for axis in np.eye(2):
            up, down = w + step * axis, w - step * axis
            along = (problem.loss(up) - problem.loss(down)) / (2 * step)
            assert slope @ axis == pytest.approx(along, rel=1e-5, abs=1e-8)
            turn = (np.array(problem.gradient(up)) - problem.gradient(down)) / (2 * step)
            assert matrix @ axis == pytest.approx(turn, rel=1e-5, abs=1e-7)
        assert problem.hessian_diagonal(w) == pytest.approx(np.diag(matrix), rel=1e-12)
        v = np.array([0.4, -2.0])
        assert problem.hessian_product(w, v) == pytest.approx(matrix @ v, rel=1e-9, abs=1e-12)


def test_compiled_code_gives_the_same_bits_on_any_rows(problem):
    pointer = problem.pointer(QUESTIONS)
    answer, context = ANSWER(pointer.address), pointer.rows.copy()
    batches = Batches(problem.rows, 7, seed=1)
    context.take(batches.block(1, 6))
    double = ANSWER.__dict__["_argtypes_"][3]

    def asked(question, step, w, v):
        out = np.full(2, np.nan)
        arrays = [np.array(array, dtype=float).ctypes.data_as(double) for array in (w, v)]
        found = answer(
            context.address, QUESTIONS[question], step, *arrays, out.ctypes.data_as(double)
        )
        return found, out

    for point in POINTS:
        for step in range(7):
            rows = batches.rows_of(step) if step else None
            loss, slope = problem.loss_and_gradient(point, rows)
            assert asked("loss", step, point, point)[0] == loss == problem.loss(point, rows)
            found, out = asked("gradient", step, point, point)
            assert found == loss and np.array_equal(out, slope)
            diagonal = problem.hessian_diagonal(point, rows)
            assert np.array_equal(asked("curvature", step, point, point)[1], diagonal)
            product = problem.hessian_product(point, (0.5, 2.0), rows)
            assert np.array_equal(asked("hessian_product", step, point, (0.5, 2.0))[1], product)


def test_the_grid_is_the_loss_to_the_bit(problem):
    axis = np.linspace(-1.3, 1.4, 9)
    grid = problem.grid(axis[None, :], axis[:, None])
    assert grid.shape == (9, 9)
    for i, w2 in enumerate(axis):
        assert grid[i].tolist() == [problem.loss((w1, w2)) for w1 in axis]


def test_a_large_grid_goes_over_the_rows_in_blocks(monkeypatch):
    problem = data_problem("mean((w1*x + w2 - y)^2)", SETS["line"])
    axis = np.linspace(-1, 1, 5)
    whole = problem.grid(axis[None, :], axis[:, None])
    monkeypatch.setattr("optlab.core.formula.over_rows._GRID_NUMBERS", 100)
    assert np.array_equal(problem.grid(axis[None, :], axis[:, None]), whole)


def test_a_grid_that_is_not_wanted_any_more_is_left() -> None:
    problem = data_problem("mean((w1*x + w2 - y)^2)", SETS["line"])
    axis = np.linspace(-1, 1, 5)
    assert np.isnan(problem.grid(axis[None, :], axis[:, None], cancelled=lambda: True)).all()


def test_accuracy_is_the_share_of_labels_with_the_least_loss():
    table = load_table("gauss:n=60,noise=1.5,seed=4")
    x1, x2, y = table.columns.values()
    logistic = data_problem("mean(log(1 + exp(-(2*y - 1)*(w1*x1 + w2*x2))))", table)
    for w in [(1.0, 0.2), (-0.5, 0.9)]:
        right = (w[0] * x1 + w[1] * x2 > 0) == (y == 1)
        assert logistic.accuracy(w) == pytest.approx(right.mean(), rel=1e-12)
    assert logistic.accuracy((0.0, 0.0)) == 0.5
    classes = load_table("blobs:n=90,centers=3,noise=1,seed=1")
    squares = data_problem("mean((w1*x1 + w2*x2 + w3 - y)^2)", classes)
    x1, x2, y = classes.columns.values()
    guess = np.clip(np.round(0.2 * x1 - 0.3 * x2 + 1), 0, 2)
    assert squares.accuracy((0.2, -0.3, 1.0)) == pytest.approx((guess == y).mean(), rel=1e-12)
    assert not data_problem("mean((w1*x - y)^2)", SETS["line"]).has_accuracy
    assert not data_problem("mean(w1*x1) + w2^2", table).has_accuracy


def test_the_test_rows_have_the_same_loss_on_other_numbers():
    train, test = SETS["line"].take(range(15)), SETS["line"].take(range(15, 23))
    both = data_problem("mean((w1*x + w2 - y)^2)", train, test=test)
    alone = data_problem("mean((w1*x + w2 - y)^2)", test)
    assert both.rows == 15 and both.test.rows == 8 and both.test.test is None
    assert both.test.loss((1, 2)) == alone.loss((1, 2)) != both.loss((1, 2))


def test_weights_are_numbered_or_named_and_columns_are_no_weights():
    assert data_problem("mean((w1*x - y)^2)", SETS["line"]).weights == ("w1",)
    named = data_problem("mean((slope*x + rise - y)^2)", SETS["line"], ("slope", "rise"))
    assert named.loss((2.0, 1.0)) == data_problem("mean((w1*x + w2 - y)^2)", SETS["line"]).loss(
        (2, 1)
    )
    odd = Table(
        {"w1": np.arange(3.0), "out": np.arange(3.0), "lambda": np.ones(3), "a b": np.ones(3)}
    )
    assert data_problem("mean((u*w1 + out - lambda)^2)", odd, ("u",)).loss((2.0,)) == 10.0
    with pytest.raises(SettingError, match="'w1' is a column"):
        data_problem("mean(w1*out)", odd, ("w1",))


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("mean((w1*x - mean(y))^2)", 14, "mean cannot stand inside mean"),
        ("sum(w1*x - mean(y))", 12, "mean cannot stand inside sum"),
        ("w1*x + mean(y)", 4, "x is a column; it stands inside mean or sum"),
        ("mean(w1*z)", 9, "unknown name 'z'"),
        ("mean(w1*x", 5, "this bracket is never closed"),
        ("mean(w1, x)", 1, "mean takes 1 argument, not 2"),
        ("mean + x", 1, "mean is a function"),
        ("w1^2 + mean(3)", 1, "uses no column of the data; known are x, y"),
        ("mean(x > y)", 1, "a comparison answers yes or no"),
    ],
)
def test_what_is_no_formula_over_data(text, column, reason):
    with pytest.raises(FormulaError) as caught:
        data_problem(text, SETS["line"])
    assert reason in str(caught.value) and caught.value.column == column


def test_outside_the_domain_and_a_single_row():
    table = Table({"x": np.array([2.0]), "y": np.array([-1.0])})
    problem = data_problem("mean(log(w1*x))", table)
    assert np.isnan(problem.loss((-1.0,))) and problem.loss((0.0,)) == -np.inf
    assert problem.loss((0.5,)) == 0.0 and problem.gradient((0.5,)) == (2.0,)
