"""What a model has learned at a step: class probabilities or a fitted curve over the rows of the
data, and the weights layer by layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optlab.core.data import Table
from optlab.core.display import display_symbol, short
from optlab.core.formula.emit import Array
from optlab.core.problems import DataProblem, NetworkProblem, Problem
from optlab.core.run import Trajectory
from optlab.pictures.color_tables import diverging_table, ramp
from optlab.pictures.items import Item, Shape, marker
from optlab.pictures.places import Places, Window
from optlab.pictures.theme import Theme, mix

Colors = NDArray[np.uint8]
"""Red, green, blue: shape (rows, columns, 3), row 0 at the bottom."""

CELLS, CELLS_OF_LARGE = 72, 40
"""Cells along each side of the picture of a model, and of one of more than so many weights:"""
_LARGE = 2000
_ALONG = 160
"""Inputs along a fitted curve."""
_TARGETS = 200
"""Targets among which the one with the least loss is looked for."""
MOST_MODELS = 6
"""Models that are shown beside each other."""
_BORDER = 0.12
"""How far beyond the rows a picture reaches, as a share of their range."""
_DOT, _FEW = 3.2, 300


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of the data: where they stand (n, 2), the colour of each, those of the test last.

    ``window`` is around them, with a border; ``names`` are the columns of its sides.
    """

    points: Array
    colors: tuple[str, ...]
    trained: int
    window: Window
    names: tuple[str, str]
    has_curve: bool


@dataclass(frozen=True, eq=False)
class ModelDrawing:
    """A run's model at a step: ``colors`` over the window of its inputs, or a ``curve`` (n, 2);
    ``facts`` are losses and accuracy in a few words."""

    run_id: str
    name: str
    color: str
    style: int
    facts: str
    colors: Colors | None = None
    curve: Array | None = None


@dataclass(frozen=True, eq=False)
class MatrixDrawing:
    """A layer: its numbers (outputs, inputs + 1), the bias last, and their colours."""

    name: str
    values: Array
    colors: Colors


@dataclass(frozen=True, eq=False)
class LayersDrawing:
    """One recorded quantity (weights, or memory of their shape) layer by layer; the strongest
    colour stands for ±``limit``."""

    symbol: str
    limit: float
    layers: tuple[MatrixDrawing, ...]


def no_model(problem: Problem) -> str:
    """Why no picture shows the model of a problem, as a sentence; empty where one does."""
    if not isinstance(problem, (NetworkProblem, DataProblem)):
        return "This surface has no data: choose “Network on data” or “Formula over data”."
    if isinstance(problem, DataProblem) and problem.row_loss is None:
        return "The loss is not one sum over the rows, so there is no model to draw."
    count = len(problem.table.names) - _targets(problem)
    if count > 2 or (count == 2 and _targets(problem) > 1):
        return f"Models of one or two inputs are drawn; these data have {count}."
    if count < 1 or _targets(problem) > 1:
        return "Models of one or two inputs and one target are drawn."
    return ""


def _targets(problem: NetworkProblem | DataProblem) -> int:
    return problem.network.targets if isinstance(problem, NetworkProblem) else 1


def data_rows(
    train: Table, test: Table | None, theme: Theme, sides: tuple[str, str] | None = None
) -> Rows:
    """Where the rows of two tables stand, in colours by their target.

    ``sides`` are the columns across and upwards: by default the first two inputs, or the one
    input and the target.
    """
    tables = [train] if test is None else [train, test]
    sides = sides or (train.names[0], train.names[min(1, len(train.names) - 1)])
    flat = train.target not in sides or bool(train.labels)
    parts = [np.stack([table.columns[name] for name in sides], axis=1) for table in tables]
    targets = np.concatenate([table.columns[train.target] for table in tables])
    points = np.concatenate(parts)
    colors = target_colors(targets, train, theme) if flat else (theme.muted,) * len(points)
    window = _window(points)
    return Rows(points, colors, train.rows, window, sides, len(train.names) == 2)


def _window(points: Array) -> Window:
    low, high = points.min(axis=0), points.max(axis=0)
    border = np.where(high > low, (high - low) * _BORDER, 1.0)
    (left, bottom), (right, top) = (low - border).tolist(), (high + border).tolist()
    return (left, right), (bottom, top)


def target_colors(targets: Array, train: Table, theme: Theme) -> tuple[str, ...]:
    """A colour for each target: that of its class, or from low to high."""
    labels = train.labels
    if labels:
        known = class_colors(len(labels), theme)
        return tuple(known[labels.index(t)] if t in labels else theme.muted for t in targets)
    low, high = _range(train)
    places = np.clip((targets - low) / (high - low) * 255.0, 0, 255).astype(int)
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in diverging_table(theme)[places].tolist())


def class_colors(count: int, theme: Theme) -> tuple[str, ...]:
    """The colours of classes: of two the warm and the cold one, else those of runs."""
    if count == 2:
        return theme.diverging[1], theme.diverging[-2]
    return tuple(theme.run(index) for index in range(count))


def _range(table: Table) -> tuple[float, float]:
    values = table.columns[table.target]
    low, high = float(values.min()), float(values.max())
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def row_items(rows: Rows, places: Places, theme: Theme) -> list[Item]:
    """The rows as dots: full ones to train on, rings for those of the test."""
    items: list[Item] = []
    radius = _DOT if len(rows.points) <= _FEW else max(1.4, _DOT * (_FEW / len(rows.points)) ** 0.5)
    outline = mix(theme.window, theme.text, 0.06)
    for index, (point, color) in enumerate(zip(rows.points.tolist(), rows.colors, strict=True)):
        at = places.place((point[0], point[1]))
        circle = marker(theme, "", at, radius)
        if index < rows.trained:
            items.append(Shape(circle, color, edge=outline, width=1.0, edge_alpha=0.8))
        else:
            items.append(Shape(circle, outline, 0.75, edge=color, width=1.4))
    return items


# -- models -------------------------------------------------------------------------------------


def model_drawing(
    problem: Problem, w: Array, window: Window, theme: Theme, drawing: ModelDrawing
) -> ModelDrawing:
    """The drawing with what the model answers at weights ``w``, where :func:`no_model` is empty."""
    assert isinstance(problem, (NetworkProblem, DataProblem))
    if len(problem.table.names) == 2:
        x = np.linspace(*window[0], _ALONG)
        values = _answers(problem, w, (x,), window[1])
        values = values[:, -1] if values.ndim == 2 else values
        return replace(drawing, curve=np.column_stack((x, values)))
    count = CELLS if problem.dimension <= _LARGE else CELLS_OF_LARGE
    grid = np.meshgrid(*(np.linspace(*side, count) for side in window))
    answers = _answers(problem, w, tuple(axis.ravel() for axis in grid), _range(problem.table))
    colors = _colors(problem, answers, theme)
    return replace(drawing, colors=colors.reshape(count, count, 3))


def _answers(
    problem: NetworkProblem | DataProblem,
    w: Array,
    inputs: tuple[Array, ...],
    targets: tuple[float, float],
) -> Array:
    """What a model answers to columns of inputs: numbers (n,), or a probability for each label
    (n, labels)."""
    with np.errstate(all="ignore"):
        if isinstance(problem, NetworkProblem):
            z = problem.outputs(w, np.stack(inputs, axis=1).astype(np.float32)).astype(np.float64)
            if problem.network.loss != "cross_entropy":
                return z[:, 0]
            return _softmax(np.column_stack((np.zeros(len(z)), z)) if z.shape[1] == 1 else z)
        if problem.labels:
            losses = [problem.row_losses(w, (*inputs, np.array(label))) for label in problem.labels]
            return _softmax(-np.stack(losses, axis=1))
        # The target with the least loss is what the formula takes for right.
        y = np.linspace(*targets, _TARGETS)
        known = tuple(column[:, None] for column in inputs)
        losses_at = problem.row_losses(w, (*known, y[None, :]))
        return _lowest(losses_at, y)


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _lowest(losses: Array, y: Array) -> Array:
    """For each row the y of its least loss, by the parabola through it and its neighbours; nan
    where the least is at the border."""
    at = np.argmin(np.where(np.isnan(losses), np.inf, losses), axis=1)
    inside = (at > 0) & (at < len(y) - 1)
    middle = np.where(inside, at, 1)
    rows = np.arange(len(losses))
    before, here, after = (losses[rows, middle + k] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend > 0, (before - after) / (2 * np.where(bend > 0, bend, 1.0)), 0.0)
    return np.where(inside, y[middle] + shift * (y[1] - y[0]), np.nan)


def _colors(problem: NetworkProblem | DataProblem, answers: Array, theme: Theme) -> Colors:
    """The colours (n, 3) of answers: strong where a class is certain, or from low to high."""
    if answers.ndim == 1:
        low, high = _range(problem.table)
        shares = (answers - low) / (high - low)
        return np.asarray(_faded(theme)[_index(shares)])
    if answers.shape[1] == 2:
        return np.asarray(_faded(theme)[_index(answers[:, 1])])
    known = class_colors(answers.shape[1], theme)
    best = np.nan_to_num(answers).argmax(axis=1)
    least = 1.0 / answers.shape[1]
    strength = (np.nan_to_num(answers.max(axis=1), nan=least) - least) / (1.0 - least)
    ramps = np.stack([ramp((theme.window, mix(theme.window, color, 0.6))) for color in known])
    return np.asarray(ramps[best, _index(strength)])


def _index(shares: Array) -> NDArray[np.int64]:
    return np.clip(np.nan_to_num(shares, nan=0.5) * 255.0, 0, 255).astype(np.int64)


@lru_cache(maxsize=4)
def _faded(theme: Theme) -> Colors:
    """The diverging colours, mixed with the ground so that rows stand out on them."""
    table = diverging_table(theme).astype(np.float64)
    ground = np.array([int(theme.window[i : i + 2], 16) for i in (1, 3, 5)])
    return np.asarray(np.rint(ground + (table - ground) * 0.55), dtype=np.uint8)


def facts(trajectory: Trajectory, step: int) -> str:
    """Loss, test loss and accuracy at a step, as far as they were recorded."""
    parts = [short(float(trajectory.loss[step]), 3)]
    if "test_loss" in trajectory.vectors:
        parts.append(f"test {short(float(trajectory['test_loss'][step]), 3)}")
    for name in ("accuracy", "test_accuracy"):
        if name in trajectory.vectors and np.isfinite(trajectory[name][step]):
            parts.append(f"{trajectory[name][step]:.0%}")
    return " · ".join(part for part in parts if "not a number" not in part)


def answer_text(problem: Problem, w: Array, at: Sequence[float]) -> str:
    """What the model answers at one place of its picture, as a line."""
    assert isinstance(problem, (NetworkProblem, DataProblem))
    inputs = problem.table.names[: len(problem.table.names) - 1]
    spots = tuple(np.array([value]) for value in at[: len(inputs)])
    answers = _answers(problem, w, spots, _range(problem.table))
    named = ", ".join(
        f"{display_symbol(name)} = {short(float(value), 3)}"
        for name, value in zip(inputs, at, strict=False)
    )
    target = display_symbol(problem.table.target)
    if answers.ndim == 1:
        return f"{named}: {target} = {short(float(answers[0]), 3)}"
    best = int(np.nan_to_num(answers[0]).argmax())
    labels = problem.table.labels
    label = labels[best] if best < len(labels) else float(best)
    return f"{named}: {target} = {label:g} with {answers[0, best]:.0%}"


# -- weights ------------------------------------------------------------------------------------


def recorded_of_weights(trajectory: Trajectory) -> tuple[str, ...]:
    """The quantities that have a number for each weight: w, g and the memory of that shape."""
    vectors = trajectory.vectors
    return tuple(
        name
        for name in ("w", *trajectory.state, "g")
        if name in vectors and vectors.size(name) == trajectory.dimension
    )


def layers_drawing(
    problem: Problem, trajectory: Trajectory, name: str, step: int, limit: float, theme: Theme
) -> LayersDrawing:
    """A recorded quantity at a step, layer by layer; ``limit`` has the strongest colour."""
    numbers = trajectory.vector(name)
    table = diverging_table(theme)
    layers, first = [], 0
    shapes = list(problem.shapes)
    while shapes:
        title, shape = shapes.pop(0)
        rows, columns = shape if len(shape) == 2 else (1, shape[0])
        matrix = numbers[step, first : first + rows * columns].reshape(rows, columns)
        first += rows * columns
        if len(shape) == 2 and shapes and shapes[0][1] == (rows,):
            shapes.pop(0)
            matrix = np.column_stack((matrix, numbers[step, first : first + rows]))
            first += rows
        # By the square root, so that small numbers are seen beside the largest of all steps.
        with np.errstate(all="ignore"):
            shares = np.sign(matrix) * np.sqrt(np.abs(matrix) / limit) / 2.0 + 0.5
        layers.append(MatrixDrawing(title, matrix, table[_index(shares)]))
    return LayersDrawing(display_symbol(name), limit, tuple(layers))


def largest(trajectory: Trajectory, name: str) -> float:
    """The largest finite size of a quantity over all steps; 1 where all are 0."""
    values = np.abs(trajectory.vector(name))
    return float(values[np.isfinite(values)].max(initial=0.0)) or 1.0
