"""The picture of an experiment: title, map, loss and a table of the runs, or one pane of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import msgspec
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase
from matplotlib.patches import Rectangle

from optlab.core.analysis.curvature import curvature_at
from optlab.figures import setting
from optlab.figures.layout import (
    CONTOUR,
    LAYERS,
    MODEL,
    SHEET,
    SURFACE,
    Box,
    Layout,
    edge_of,
    layout_of,
    sheet_of,
    table_room,
    width_of,
)
from optlab.figures.options import PictureOptions
from optlab.figures.painting import UNITS, measure_with
from optlab.figures.panes.curves_pane import CurvesPane
from optlab.figures.panes.geometry import shown_window, starts_of
from optlab.figures.panes.head import Head
from optlab.figures.panes.map_pane import MapPane, draw_color_bar, picture_of
from optlab.figures.panes.model_pane import (
    LayersPane,
    ModelPane,
    layer_boxes,
    memories_of,
    model_boxes,
    rows_of,
    shown_models,
    units,
)
from optlab.figures.panes.pane_title import PaneTitle
from optlab.figures.panes.runs_list import (
    Row,
    RunsTable,
    draw_legend,
    least_table,
    legend_rows,
    table_height,
    table_lines,
)
from optlab.figures.setting import drawing, theme
from optlab.figures.texts import Ruler, Texts
from optlab.pictures.charts.curves import PaneSpec, pane_spec
from optlab.pictures.contour import contour_picture
from optlab.pictures.legend import legend_of
from optlab.pictures.overlays import (
    ArrowDrawing,
    StepOverlays,
    arrows_of_updates,
    step_overlays,
)
from optlab.pictures.places import Places, Window
from optlab.pictures.training import layers_drawing
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.planes import Flat, flat
from optlab.session.study import Study

WIDTH, HEIGHT = 12.8, 7.2
"""Inches of a sheet on a slide: at 100 dots an inch 1280 x 720."""


class ExperimentFigure:
    """A figure whose paths and curves can be drawn up to any step."""

    def __init__(
        self, study: Study, options: PictureOptions, onto: FigureBase | None = None
    ) -> None:
        """Draws a figure of its own, or into a part of one that has the picture's size.

        Must be called within :func:`~optlab.figures.setting.drawing`.
        """
        self.study = study
        self.options = options
        self.runs = legend_of(study.visible, options.theme)
        self.last = max((run.trajectory.steps for run in self.runs), default=0)
        if options.span is not None:
            self.last = min(self.last, options.span[1])
        with drawing(options.scale, options.theme):
            self._draw(onto)

    @staticmethod
    def inches(study: Study, options: PictureOptions) -> tuple[float, float]:
        """Width and height of the picture. Called within ``drawing()``."""
        with drawing(options.scale):
            return _plan(study, options, Ruler(options.scale)).layout.inches

    @cached_property
    def flat(self) -> Flat:
        """What the map shows: the surface, or the loss on a plane."""
        study = self.study
        return flat(study.experiment, study.resolved, study.trajectories, kernel_store())

    @property
    def canvas(self) -> Any:  # matplotlib declares no types for what its canvases do
        """The canvas of a figure of its own."""
        return self._canvas

    def _draw(self, onto: FigureBase | None) -> None:
        options = self.options
        ruler = Ruler(options.scale)
        plan = _plan(self.study, options, ruler)
        self._layout = layout = plan.layout
        if onto is None:
            self.whole = Figure(figsize=layout.inches, dpi=100)
            self.figure: FigureBase = self.whole
            self._canvas = FigureCanvasAgg(self.whole)
        else:
            self.figure = onto
        self._texts = texts = Texts(self.figure, ruler, layout.width, layout.height)
        self._growing: list[MapPane | CurvesPane | ModelPane | LayersPane | RunsTable] = []
        if plan.head is not None:
            plan.head.draw(self.figure, texts)
        if layout.map is not None and layout.bar is not None:
            self._draw_map(layout.map, layout.bar)
        if layout.surface is not None:
            self._draw_surface_pane(layout.surface)
        if layout.models is not None:
            self._draw_models(layout.models)
        for index, (title, box) in enumerate(zip(plan.titles, layout.panes, strict=True)):
            self._draw_pane(title.spec, box, index in layout.lowest)
            at = None if layout.legend is None else layout.legend - 0.1
            title.draw(self.figure, texts, ruler, box, at)
        if layout.table is not None and options.listed:
            table = RunsTable(self.figure, texts, self.runs, plan.lines, layout.table)
            self._growing.append(table)
        if layout.legend is not None:
            extent = layout.width, layout.height
            draw_legend(self.figure, texts, plan.legend, layout.legend, extent)
        of_models = layout.models is not None and options.step is not None
        self.show(min(options.step or 0, self.last) if of_models else self.last)

    @property
    def growing(self) -> tuple[Artist, ...]:
        """What :meth:`show` changes, in drawing order."""
        layers: list[Artist] = [layer for pane in self._growing for layer in pane.layers]
        return tuple(sorted(layers, key=lambda layer: layer.get_zorder()))

    def show(self, step: int) -> None:
        """Draws every run up to a step, or to its own end where that comes first."""
        with drawing(self.options.scale, self.options.theme):
            for pane in self._growing:
                pane.show(step)

    def _axes(self, box: Box) -> Axes:
        left, bottom, width, height = box
        w, h = self._layout.width, self._layout.height
        return self.figure.add_axes((left / w, bottom / h, width / w, height / h))

    def _draw_map(self, box: Box, bar: Box) -> None:
        experiment, shown = self.study.experiment, self.flat
        if shown.why_not:
            self._draw_no_map(box, shown.why_not)
            return
        window = shown_window(Study(experiment, shown.resolved, shown.trajectories))
        view = experiment.shown
        if view.equal_scale:
            box = _of_equal_scale(box, window)
        surface = picture_of(shown.resolved.problem, window, view)
        levels = surface.contours.levels.tolist()
        picture = contour_picture(
            shown.resolved,
            experiment,
            shown.trajectories,
            surface,
            starts_of(shown.resolved),
            self.options.theme,
            shown.names,
            self.options.of,
            shown.nearness,
        )
        arrows, named = self._arrows(window)
        places = Places(window, UNITS * box[2], UNITS * box[3])
        measure = measure_with(Ruler(self.options.scale))
        pane = MapPane(
            self._axes(box),
            picture,
            places,
            measure,
            arrows,
            named,
            partial(self._overlays, window, levels),
        )
        self._growing.append(pane)
        draw_color_bar(self._axes((bar[0], box[1], bar[2], box[3])), picture, box[3])
        self._caption(box, shown.caption)

    def _caption(self, box: Box, text: str) -> None:
        """What plane is shown, in its upper left corner."""
        if text:
            font = setting.font(setting.TEXT, 9)
            left, bottom, width, height = box
            lines = Ruler(self.options.scale).wrap(text, font, width - 0.2, 3, between=" ")
            for index, line in enumerate(lines):
                y = bottom + height - 0.19 - 0.16 * index
                self._texts.put(left + 0.1, y, line, font, theme().text)
                ground = {"facecolor": theme().window, "alpha": 0.6, "linewidth": 0, "pad": 1.5}
                self.figure.texts[-1].set_bbox(ground)

    def _overlays(self, window: Window, levels: Sequence[float], step: int) -> StepOverlays:
        """What the view has on at a step of the chosen run: sizes, curvature, and the arrows of
        the update that follows, where none were asked for."""
        study, run = self.study, self.study.chosen(self.options.of)
        on = set(study.experiment.shown.overlays)
        if run is None or run.spec is None or not run.run.visible:
            return StepOverlays()
        path = self.flat.trajectories[run.run.id]
        if self.flat.on_plane:
            on -= {"sizes", "curvature", "look_ahead"}  # what is no vector has no projection
        if step >= path.steps or self.options.arrows is not None:
            on -= {"arrows"}
        step, curvature = min(step, path.steps), None
        if "curvature" in on:
            curvature = curvature_at(study.resolved.problem, path.weights[step].tolist())
        colors = self.options.theme
        color = colors.run(run.run.color)
        return step_overlays(run.spec, path, step, on, window, colors, color, levels, curvature)

    def _arrows(
        self, window: Window
    ) -> tuple[list[ArrowDrawing], list[tuple[tuple[float, float], str]]]:
        """The arrows of the updates that were asked for, and the names of their places."""
        arrows: list[ArrowDrawing] = []
        named: list[tuple[tuple[float, float], str]] = []
        if self.options.arrows is None:
            return arrows, named
        first, last = self.options.arrows
        for run in self.runs:
            if run.spec is not None:
                updates, theme = range(first, last + 1), self.options.theme
                path = self.flat.trajectories[run.run.id]
                found = arrows_of_updates(run.spec, path, updates, window, theme, run.color)
                arrows += found[0]
                named += found[1]
        return arrows, named

    def _draw_no_map(self, box: Box, sentence: str) -> None:
        """The sentence in the place of the map."""
        left, bottom, width, height = box
        w, h = self._layout.width, self._layout.height
        ground = Rectangle(
            (left / w, bottom / h), width / w, height / h, color=theme().panel, linewidth=0
        )
        self.figure.add_artist(ground)
        font = setting.font(setting.TEXT, 12)
        lines = Ruler(self.options.scale).wrap(sentence, font, width - 0.6, 3, between=" ")
        y = bottom + height / 2 + 0.13 * (len(lines) - 1)
        for index, line in enumerate(lines):
            self._texts.put(left + 0.3, y - 0.26 * index, line, font, theme().muted)

    def _draw_surface_pane(self, box: Box) -> None:
        from optlab.figures.panes.surface_pane import draw_surface_pane

        experiment, shown = self.study.experiment, self.flat
        if shown.why_not:
            self._draw_no_map(box, shown.why_not)
            return
        window = shown_window(Study(experiment, shown.resolved, shown.trajectories))
        left, bottom, width, height = box
        w, h = self._layout.width, self._layout.height
        place = (left / w, bottom / h, width / w, height / h)
        draw_surface_pane(
            self.figure, place, (width, height), shown, experiment, window, self.options.of
        )
        self._caption(box, shown.caption)

    def _draw_models(self, box: Box) -> None:
        """The model of each run over the rows, or the weights of the chosen run by layers."""
        problem = self.study.resolved.problem
        runs = [run for run in self.study.visible if run.trajectory.rows]
        if self.options.view == MODEL and runs:
            rows = rows_of(problem)
            parts = shown_models(runs, rows)
            for shown, part in zip(parts, model_boxes(box, len(parts)), strict=True):
                wide, high = units(part)
                pane = ModelPane(self._axes(part), problem, rows, shown, wide, high)
                self._growing.append(pane)
        run = self.study.chosen(self.options.of)
        if self.options.view == LAYERS and run is not None:
            names = memories_of(run)
            first = layers_drawing(problem, run.trajectory, names[0], 0, 1.0, theme())
            shapes = [layer.values.shape for layer in first.layers]
            for name, boxes in zip(names, layer_boxes(box, shapes, len(names)), strict=True):
                axes = [self._axes(part) for part in boxes]
                self._growing.append(LayersPane(axes, problem, run, name))

    def _draw_pane(self, spec: PaneSpec, box: Box, lowest: bool) -> None:
        """``lowest`` has the name of the axis below it."""
        axes, (_, _, width, height) = self._axes(box), box
        lengths = [len(curve.values) - 1 for curve in spec.curves]
        last = self.last if self.options.view == SHEET else max(lengths, default=0)
        first, end = self.options.span or (0, last)
        span = min(first, end - 1), max(min(last, end), 1)
        pane = CurvesPane(axes, spec, span, UNITS * width, UNITS * height)
        if not lowest:
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        self._growing.append(pane)


def _of_equal_scale(box: Box, window: Window) -> Box:
    """The part of a box in which both axes have the same scale."""
    left, bottom, width, height = box
    ratio = (window[0][1] - window[0][0]) / (window[1][1] - window[1][0])
    wide = min(width, height * ratio)
    high = wide / ratio
    return left + (width - wide) / 2, bottom + (height - high) / 2, wide, high


@dataclass(frozen=True)
class _Plan:
    """Where things stand: the layout, the head of a sheet, the legend in its rows, the settings of
    the table in lines, and the titles of the panes."""

    layout: Layout
    head: Head | None = None
    legend: Sequence[Row] = ()
    lines: Sequence[list[str]] = ()
    titles: Sequence[PaneTitle] = ()


def _plan(study: Study, options: PictureOptions, ruler: Ruler) -> _Plan:
    """What is drawn, measured within ``drawing()``."""
    size, width = options.size, width_of(options.size)
    runs = study.visible
    if options.view in (MODEL, LAYERS):
        alone: list[Row] = legend_rows(legend_of(runs, options.theme), ruler, 0.92, width - 0.3)
        alone = alone if options.listed and options.view == MODEL else []
        return _Plan(layout_of(options.view, options.size, len(alone)), legend=alone)
    if options.view not in (SHEET, CONTOUR, SURFACE):
        quantity, runs = study.quantity(options.view, options.of)
        if not quantity.of_all:
            # The title says whose curves they are, the legend which component is which.
            return _Plan(layout_of(options.view, size, 1), titles=_titles(study, options))
    listed = legend_of(study.visible, options.theme) if options.listed else ()
    if options.view != SHEET:
        entries = legend_of(runs, options.theme)
        legend = legend_rows(entries, ruler, 0.92, width - 0.3) if listed else []
        layout = layout_of(options.view, size, len(legend))
        return _Plan(layout, legend=legend, titles=_titles(study, options))
    head = Head(study, ruler, edge_of(width, options.scale), options.titled)
    titles = _titles(study, options)
    room = table_room(size, len(titles), least_table(listed), head.height)
    lines = table_lines(listed, ruler, *room)
    table = table_height(listed, lines, room[0])
    layout = sheet_of(
        size, table, head.height, lambda wide: [title.rows(ruler, wide) for title in titles]
    )
    return _Plan(layout, head, (), lines, titles)


def _titles(study: Study, options: PictureOptions) -> list[PaneTitle]:
    """The panes with what stands above them."""
    view, found = study.experiment.shown, []
    for key in options.keys:
        quantity, runs = study.quantity(key, options.of)
        named = [(msgspec.structs.replace(run.run, name=run.name), run.trajectory) for run in runs]
        chosen = None if quantity.of_all or not runs else runs[0]
        log = view.is_log(quantity.key, quantity.log)
        spec = pane_spec(quantity, log, named, chosen.run.id if chosen else "", options.theme)
        found.append(PaneTitle(spec, chosen.name if chosen else ""))
    return found
