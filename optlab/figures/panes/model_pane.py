"""What a run has learned: its model over the rows of the data, its weights layer by layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from optlab.core.display import display_symbol, short
from optlab.core.problems import DataProblem, NetworkProblem, Problem
from optlab.figures import setting
from optlab.figures.layout import Box
from optlab.figures.painting import UNIT, UNITS, draw_items, units_of
from optlab.figures.panes.map_pane import set_ticks
from optlab.figures.setting import pt, theme
from optlab.pictures.items import Line
from optlab.pictures.legend import line_style
from optlab.pictures.places import Places
from optlab.pictures.ticks import round_ticks, wanted_ticks
from optlab.pictures.training import (
    MOST_MODELS,
    LayersDrawing,
    ModelDrawing,
    Rows,
    data_rows,
    facts,
    largest,
    layers_drawing,
    model_drawing,
    recorded_of_weights,
    row_items,
)
from optlab.session.study import StudyRun

_GAP, _FOOT, _SIDE, _HEAD = 0.3, 0.56, 0.62, 0.3
"""Inches between models, below one for its numbers, beside it, and above it for its name."""
_EACH, _MOST = 44.0, 6
_CELL, _WIDER = 0.6, 5.0
"""Inches that a number of a matrix takes at most, and how many times wider than high it may be."""
MOST_MEMORIES = 3
"""Quantities of the weights that are drawn: w and its memory."""


class ModelPane:
    """The models of runs over the rows: one run's class probabilities, or the fitted curves of
    all, in axes of ``width`` x ``height`` units; :meth:`show` draws them at a step."""

    def __init__(
        self,
        axes: Axes,
        problem: Problem,
        rows: Rows,
        runs: Sequence[StudyRun],
        width: float,
        height: float,
    ) -> None:
        self._problem, self._rows, self._runs = problem, rows, tuple(runs)
        self._places = Places(rows.window, width, height)
        units = units_of(axes, width, height)
        (left, right), (bottom, top) = rows.window
        blank = np.zeros((1, 1, 3), dtype=np.uint8) + 255
        self._image = axes.imshow(
            blank,
            origin="lower",
            extent=(left, right, bottom, top),
            aspect="auto",
            interpolation="bilinear",
            zorder=1.0,
        )
        self._curves = draw_items(axes, (), units, 3.0)
        dots = draw_items(axes, row_items(rows, self._places, theme()), units, 2.0)
        font = setting.font(setting.TEXT, 11)
        self._title = axes.text(0.0, 1.0, "", fontproperties=font, color=theme().text)
        self._title.set(transform=axes.transAxes, va="bottom", zorder=5.0)
        self.layers: tuple[Artist, ...] = (self._image, dots, self._curves, self._title)
        if rows.has_curve:
            self._image.set_visible(False)
            self.layers = self.layers[1:]
        self._dress(axes)

    def show(self, step: int) -> None:
        """The models at a step, or at the end of a run where that comes first."""
        lines, told = [], []
        for run in self._runs:
            at = min(step, run.trajectory.steps)
            color = theme().run(run.run.color)
            words = facts(run.trajectory, at)
            bare = ModelDrawing(run.run.id, run.name, color, run.run.style, words)
            weights = run.trajectory.weights[at]
            made = model_drawing(self._problem, weights, self._rows.window, theme(), bare)
            told.append(f"{run.name}  {words}")
            if made.colors is not None:
                self._image.set_data(made.colors)
            if made.curve is not None:
                points = [self._places.place((x, y)) for x, y in made.curve.tolist()]
                known = groupby(points, key=lambda place: all(map(math.isfinite, place)))
                pieces = tuple(np.array(list(piece)) for finite, piece in known if finite)
                lines.append(Line(pieces, color, 1.8, style=line_style(run.run)))
        self._curves.items = lines
        self._title.set_text(told[0] if len(told) == 1 else "")

    def _dress(self, axes: Axes) -> None:
        places = self._places
        axes.set_xlim(*places.window[0])
        axes.set_ylim(*places.window[1])
        for axis, length, side in (
            (axes.xaxis, places.width, places.window[0]),
            (axes.yaxis, places.height, places.window[1]),
        ):
            set_ticks(axis, round_ticks(*side, wanted_ticks(length, _EACH, _MOST)))
        font = setting.font(setting.MATH, 12 * UNIT, italic=True)
        across, upwards = map(display_symbol, self._rows.names)
        axes.set_xlabel(across, fontproperties=font, labelpad=pt(3))
        axes.set_ylabel(upwards, fontproperties=font, labelpad=pt(3), rotation=0)
        for spine in axes.spines.values():
            spine.set(color=theme().border, linewidth=pt(UNIT))


class LayersPane:
    """Heat maps of the weights of a run and of its memory, layer by layer, one row for each."""

    def __init__(self, axes: Sequence[Axes], problem: Problem, run: StudyRun, name: str) -> None:
        self._problem, self._run, self._name = problem, run, name
        self._limit = largest(run.trajectory, name)
        drawing = self._drawing(0)
        self._images = []
        for place, layer in zip(axes, drawing.layers, strict=True):
            image = place.imshow(layer.colors, interpolation="nearest", aspect="auto")
            place.set(xticks=[], yticks=[])
            font = setting.font(setting.MATH, 11)
            place.set_xlabel(layer.name, fontproperties=font, labelpad=pt(3))
            for spine in place.spines.values():
                spine.set(color=theme().border, linewidth=pt(UNIT))
            self._images.append(image)
        scale = f"{drawing.symbol}   ±{short(self._limit, 2)}"
        axes[0].set_title(scale, fontproperties=setting.font(setting.MATH, 13), loc="left")
        self.layers: tuple[Artist, ...] = tuple(self._images)

    def show(self, step: int) -> None:
        """The numbers at a step, or at the end of the run where that comes first."""
        drawing = self._drawing(min(step, self._run.trajectory.steps))
        for image, layer in zip(self._images, drawing.layers, strict=True):
            image.set_data(layer.colors)

    def _drawing(self, step: int) -> LayersDrawing:
        path = self._run.trajectory
        return layers_drawing(self._problem, path, self._name, step, self._limit, theme())


def shown_models(runs: Sequence[StudyRun], rows: Rows) -> list[list[StudyRun]]:
    """The runs of each picture: one for each, or all in one where they are curves."""
    first = list(runs[:MOST_MODELS])
    return [first] if rows.has_curve else [[run] for run in first]


def rows_of(problem: Problem) -> Rows:
    """The rows of a problem with data, in the colours of the theme."""
    assert isinstance(problem, (NetworkProblem, DataProblem))
    return data_rows(problem.table, problem.test_table, theme())


def memories_of(run: StudyRun) -> tuple[str, ...]:
    """The quantities of a run that heat maps are drawn of."""
    return recorded_of_weights(run.trajectory)[:MOST_MEMORIES]


def model_boxes(whole: Box, count: int) -> list[Box]:
    """So many boxes for models side by side, in rows where that makes them larger."""
    left, bottom, width, height = whole

    def size(columns: int) -> tuple[float, float]:
        rows = math.ceil(count / columns)
        wide = width / columns - _SIDE - _GAP
        return wide, height / rows - _FOOT - _HEAD

    columns = max(range(1, count + 1), key=lambda columns: min(size(columns)))
    wide, high = size(columns)
    rows = math.ceil(count / columns)
    return [
        (
            left + (index % columns) * (width / columns) + _SIDE,
            bottom + (rows - 1 - index // columns) * (height / rows) + _FOOT,
            wide,
            high,
        )
        for index in range(count)
    ]


def layer_boxes(whole: Box, shapes: Sequence[tuple[int, int]], rows: int) -> list[list[Box]]:
    """For each of so many quantities a box for each layer, as large as its matrix needs."""
    left, bottom, width, height = whole
    high = height / rows - 2 * _HEAD
    room = width - _GAP * (len(shapes) - 1)
    uprights = [min(_CELL, high / count) for count, _ in shapes]
    across = min(_CELL, room / sum(columns for _, columns in shapes), _WIDER * min(uprights))
    found = []
    for row in range(rows):
        top = bottom + (rows - row) * height / rows - _HEAD
        at, boxes = left, []
        for (count, columns), upright in zip(shapes, uprights, strict=True):
            size = columns * across, count * upright
            boxes.append((at, top - size[1], *size))
            at += max(size[0], 2 * _GAP) + _GAP
        found.append(boxes)
    return found


def units(box: Box) -> tuple[float, float]:
    """Width and height of a box in units."""
    return UNITS * box[2], UNITS * box[3]
