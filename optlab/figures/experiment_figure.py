"""The picture of an experiment: title, map, loss and a table of the runs, or one pane of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optlab.core.gradient import NOISE_STAGES
from optlab.core.run import Trajectory
from optlab.figures import palette, setting, words
from optlab.figures.geometry import shown_window
from optlab.figures.layout import MARGIN, Box, Size, View, layout_of, scale_of
from optlab.figures.loss_pane import LossPane
from optlab.figures.map_pane import (
    PathMarks,
    draw_color_bar,
    draw_minima,
    draw_starts,
    draw_surface,
    picture_of,
)
from optlab.figures.marked import marked_runs
from optlab.figures.runs_list import draw_legend, draw_table, legend_rows, table_height
from optlab.figures.setting import drawing
from optlab.figures.texts import Ruler, Texts
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

WIDTH, HEIGHT = 12.8, 7.2
"""Inches of a sheet on a slide: at 100 dots an inch 1280 x 720."""


class ExperimentFigure:
    """A figure whose paths and curves can be drawn up to any step."""

    def __init__(
        self,
        resolved: Resolved,
        experiment: Experiment,
        trajectories: Mapping[str, Trajectory],
        view: View = "sheet",
        size: Size = "slide",
    ) -> None:
        """Must be called within :func:`~optlab.figures.setting.drawing`."""
        self.runs = marked_runs(experiment, resolved, dict(trajectories))
        self.last = max((run.trajectory.steps for run in self.runs), default=0)
        self.title = experiment.title or resolved.problem.name or resolved.problem.formula
        with drawing(scale_of(size)):
            self._draw(resolved, experiment, trajectories, view, size)

    def _draw(
        self,
        resolved: Resolved,
        experiment: Experiment,
        trajectories: Mapping[str, Trajectory],
        view: View,
        size: Size,
    ) -> None:
        ruler = Ruler(scale_of(size))
        width = layout_of(view, size, 0.0, 0).width
        legend = legend_rows(self.runs, ruler, 0.92, width - 0.3)
        self._layout = layout = layout_of(view, size, table_height(self.runs), len(legend))
        self.figure = Figure(figsize=layout.inches, dpi=100)
        # matplotlib declares no types for what its canvases do.
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self._texts = Texts(self.figure, ruler, layout.width, layout.height)
        self._paths: list[PathMarks] = []
        self._starts: tuple[Artist, ...] = ()
        self._loss: LossPane | None = None
        extent = layout.width, layout.height
        if layout.head:
            self._draw_head(resolved, experiment)
        if layout.map is not None and layout.bar is not None:
            self._draw_map(resolved, experiment, trajectories, layout.map, layout.bar)
        if layout.loss is not None:
            self._draw_loss(resolved, layout.loss)
        if layout.table is not None:
            draw_table(self.figure, self._texts, self.runs, layout.table, extent)
        if layout.legend is not None:
            draw_legend(self.figure, self._texts, legend, layout.legend, extent)
        self.show(self.last)

    @property
    def growing(self) -> tuple[Artist, ...]:
        """The artists that :meth:`show` changes, in drawing order."""
        marks = tuple(artist for path in self._paths for artist in path.artists)
        return marks if self._loss is None else (*marks, *self._loss.artists)

    @property
    def on_top(self) -> tuple[Artist, ...]:
        """What lies above the paths and does not change."""
        return self._starts

    def show(self, step: int) -> None:
        """Draws every run up to a step, or to its own end where that comes first."""
        for path in self._paths:
            path.show(step)
        if self._loss is not None:
            self._loss.show(step)

    def _draw_head(self, resolved: Resolved, experiment: Experiment) -> None:
        layout = self._layout
        edge, high, low = layout.edge, layout.height - 0.48, layout.height - 0.78
        starts = {spec.start for spec in resolved.specs.values()} or {resolved.start}
        facts = [f"start {words.point(next(iter(starts)))}"] if len(starts) == 1 else []
        facts.append(f"{experiment.steps} step{'s' * (experiment.steps != 1)}")
        if any(spec.treatment.active().keys() & _NOISY for spec in resolved.specs.values()):
            facts.append(f"seed {experiment.seed}")
        right = self._texts.put(
            edge, low, "   ".join(facts), setting.font(setting.TEXT, 10), palette.MUTED, "right"
        )
        named = bool(self.title != resolved.problem.formula)
        family, size = (setting.TEXT, 18.0) if named else (setting.CODE, 15.0)
        title = setting.font(family, size, "semibold" if named else "normal")
        text = self.title if named else f"E = {self.title}"
        self._texts.put(MARGIN, high, text, title, palette.TEXT, room=edge - MARGIN)
        if named:
            formula = f"E = {resolved.problem.formula}"
            code, room = setting.font(setting.CODE, 9.5), edge - MARGIN - right - 0.3
            self._texts.put(MARGIN, low, formula, code, palette.MUTED, room=room)

    def _axes(self, box: Box) -> Axes:
        left, bottom, width, height = box
        w, h = self._layout.width, self._layout.height
        return self.figure.add_axes((left / w, bottom / h, width / w, height / h))

    def _draw_map(
        self,
        resolved: Resolved,
        experiment: Experiment,
        trajectories: Mapping[str, Trajectory],
        box: Box,
        bar: Box,
    ) -> None:
        window = shown_window(resolved, experiment, trajectories)
        picture = picture_of(resolved.problem, window)
        axes = self._axes(box)
        draw_surface(axes, picture)
        draw_color_bar(self._axes(bar), picture)
        draw_minima(axes, resolved.problem)
        self._paths = [PathMarks(axes, run, window) for run in self.runs]
        self._starts = draw_starts(
            axes, [spec.start for spec in resolved.specs.values()] or [resolved.start]
        )

    def _draw_loss(self, resolved: Resolved, box: Box) -> None:
        left, bottom, _, height = box
        self._loss = LossPane(self._axes(box), self.runs, resolved.problem.lowest_value)
        words_font = setting.font(setting.TEXT, 11.5)
        y = bottom + height + 0.12
        width = self._texts.put(left, y, self._loss.title, words_font, palette.TEXT)
        symbol = setting.font(setting.MATH, 12, italic=True)
        self._texts.put(left + width + 0.1, y, self._loss.symbol, symbol, palette.TEXT)


_NOISY = frozenset(NOISE_STAGES)
