"""What models answer in their pictures, and the weights layer by layer."""

import numpy as np
import pytest

from optlab.core.data import Table, load_table
from optlab.core.problems import Network, data_problem, network_problem
from optlab.core.run import recorded_trajectory
from optlab.pictures.places import Places
from optlab.pictures.theme import DARK, LIGHT
from optlab.pictures.training import (
    ModelDrawing,
    answer_text,
    data_rows,
    facts,
    largest,
    layers_drawing,
    model_drawing,
    no_model,
    recorded_of_weights,
    row_items,
)

BARE = ModelDrawing("1", "a", "#ffffff", 0, "")


def network(sizes, data, activation="tanh", loss="cross_entropy", seed=0):
    return network_problem(Network(sizes, activation, loss), load_table(data), seed=seed)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_single_precision_answers_are_those_of_the_exact_network(activation):
    problem = network((2, 5, 3, 1), "moons:n=40", activation)
    w = np.random.default_rng(1).normal(size=problem.dimension)
    inputs = problem.table.inputs
    z = problem.outputs(w, inputs)[:, 0]
    single = problem.outputs(w, inputs.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single[:, 0], z, rtol=0, atol=1e-4)
    y = problem.table.columns["y"]
    loss = np.mean(np.logaddexp(0.0, z) - y * z)
    assert problem.loss(w) == pytest.approx(loss, rel=1e-12)


def test_the_boundary_has_the_colour_of_the_class_on_each_side():
    problem = network((2, 1), "blobs:n=40,centers=2")
    rows = data_rows(problem.table, None, DARK)
    drawing = model_drawing(problem, np.array([50.0, 0.0, 0.0]), rows.window, DARK, BARE)
    (left, right), _ = rows.window
    columns = np.linspace(left, right, drawing.colors.shape[1])
    blue, orange = columns > 0.2, columns < -0.2
    assert (drawing.colors[:, blue, 2] > drawing.colors[:, blue, 0]).all()
    assert (drawing.colors[:, orange, 2] < drawing.colors[:, orange, 0]).all()


def test_classes_of_a_softmax_have_their_colours_and_are_told():
    problem = network((2, 3), "blobs:n=60,centers=3,noise=0.1")
    w = np.array([0.0, 0, 0, 0, 0, 0, 0.0, 30.0, 0.0])
    rows = data_rows(problem.table, None, LIGHT)
    drawing = model_drawing(problem, w, rows.window, LIGHT, BARE)
    assert len(np.unique(drawing.colors.reshape(-1, 3), axis=0)) == 1
    assert answer_text(problem, w, (0.5, -0.25)) == "x₁ = 0.5, x₂ = −0.25: y = 1 with 100%"


@pytest.mark.parametrize(
    "loss", ["mean((w1*x + w2 - y)^2)", "mean(abs(w1*x + w2 - y))", "sum((w1*x + w2 - y)^2) + w1^2"]
)
def test_the_curve_of_a_formula_is_the_target_with_the_least_loss(loss):
    problem = data_problem(loss, load_table("line:n=50,noise=0.3"))
    rows = data_rows(problem.table, None, DARK)
    curve = model_drawing(problem, np.array([0.5, 0.25]), rows.window, DARK, BARE).curve
    known = np.isfinite(curve[:, 1])
    assert known.sum() > 100
    step = (rows.window[1][1] - rows.window[1][0]) / 199
    np.testing.assert_allclose(curve[known, 1], 0.5 * curve[known, 0] + 0.25, atol=step)


def test_the_curve_of_a_network_is_what_it_answers():
    problem = network((1, 4, 1), "line:n=50", loss="squared")
    rows = data_rows(problem.table, None, DARK)
    w = np.array(problem.start)
    curve = model_drawing(problem, w, rows.window, DARK, BARE).curve
    np.testing.assert_allclose(curve[:, 1], problem.outputs(w, curve[:, :1])[:, 0], atol=1e-5)


def test_logistic_formulas_give_probabilities():
    table = load_table("gauss:n=40")
    problem = data_problem("mean(log(1 + exp(-(2*y - 1)*(w1*x1 + w2*x2))))", table)
    z = 1.5 * 0.5 + 0.5 * 1.0
    told = answer_text(problem, np.array([1.5, 0.5]), (0.5, 1.0))
    assert told.endswith(f"y = 1 with {1 / (1 + np.exp(-z)):.0%}")


def test_what_cannot_be_drawn_says_why():
    wide = Table({name: np.arange(4.0) for name in ("a", "b", "c", "y")})
    assert "these data have 3" in no_model(data_problem("mean((w1*a - y)^2)", wide))
    assert "not one sum" in no_model(
        data_problem("mean(w1*x - y)^2 + mean(w2*y)", load_table("line:n=20"))
    )
    assert no_model(network((2, 3, 1), "moons")) == ""


def test_rows_of_the_test_are_rings():
    train, test = load_table("moons:n=20"), load_table("moons:n=10,seed=3")
    rows = data_rows(train, test, DARK)
    items = row_items(rows, Places(rows.window, 200.0, 100.0), DARK)
    assert len(items) == 30 and rows.trained == 20
    full = set(rows.colors)
    assert {item.color in full for item in items[:20]} == {True}
    assert {item.color in full for item in items[20:]} == {False}


def test_layers_are_matrices_with_their_biases():
    problem = network((2, 3, 1), "moons:n=20")
    w = np.arange(13.0)
    trajectory = recorded_trajectory(
        {"w": np.stack([w, -w]), "loss": [1.0, 0.5], "m": np.zeros((2, 13)), "k": [0.0, 1.0]},
        state=("m", "k"),
    )
    assert recorded_of_weights(trajectory) == ("w", "m")
    assert largest(trajectory, "w") == 12.0 and largest(trajectory, "m") == 1.0
    drawing = layers_drawing(problem, trajectory, "w", 0, 12.0, DARK)
    first, second = drawing.layers
    np.testing.assert_array_equal(first.values, [[0, 1, 6], [2, 3, 7], [4, 5, 8]])
    np.testing.assert_array_equal(second.values, [[9, 10, 11, 12]])
    assert first.colors.shape == (3, 3, 3)
    assert facts(trajectory, 1) == "0.5"
