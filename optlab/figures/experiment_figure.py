"""The picture of an experiment: title, map, loss and a table of the runs, or one pane of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import msgspec
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from optlab.core.analysis.curvature import curvature_at
from optlab.core.gradient_transforms import NOISE_STAGES
from optlab.figures import setting, words
from optlab.figures.layout import (
    CONTOUR,
    HEAD_ROW,
    MARGIN,
    SHEET,
    SURFACE,
    Box,
    Layout,
    layout_of,
    table_room,
    width_of,
    with_two_lines,
)
from optlab.figures.options import PictureOptions
from optlab.figures.painting import UNITS, Layer, measure_with
from optlab.figures.panes.curves_pane import CurvesPane
from optlab.figures.panes.geometry import shown_window, starts_of
from optlab.figures.panes.map_pane import MapPane, draw_color_bar, picture_of
from optlab.figures.panes.runs_list import (
    Lines,
    Row,
    draw_components,
    draw_legend,
    draw_table,
    legend_rows,
    table_height,
    table_lines,
)
from optlab.figures.setting import drawing, theme
from optlab.figures.texts import BETWEEN, Ruler, Texts
from optlab.pictures.charts.curves import pane_spec
from optlab.pictures.contour import contour_picture
from optlab.pictures.legend import legend_of
from optlab.pictures.overlays import (
    ArrowDrawing,
    StepOverlays,
    arrows_of_updates,
    step_overlays,
)
from optlab.pictures.places import Places, Window
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.planes import Flat, flat
from optlab.session.resolve import Resolved
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
        with drawing(options.scale, options.theme):
            self._draw(onto)

    @staticmethod
    def inches(study: Study, options: PictureOptions) -> tuple[float, float]:
        """Width and height of the picture. Called within ``drawing()``."""
        with drawing(options.scale):
            return _layout(study, options, Ruler(options.scale))[0].inches

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
        self._layout, legend, lines = _layout(self.study, options, ruler)
        layout = self._layout
        if onto is None:
            self.whole = Figure(figsize=layout.inches, dpi=100)
            self.figure: FigureBase = self.whole
            self._canvas = FigureCanvasAgg(self.whole)
        else:
            self.figure = onto
        self._texts = Texts(self.figure, ruler, layout.width, layout.height)
        self._growing: list[MapPane | CurvesPane] = []
        extent = layout.width, layout.height
        if layout.head:
            self._draw_head(self.study)
        if layout.map is not None and layout.bar is not None:
            self._draw_map(layout.map, layout.bar)
        if layout.surface is not None:
            self._draw_surface_pane(layout.surface)
        for index, (key, box) in enumerate(zip(options.keys, layout.panes, strict=False)):
            self._draw_pane(key, box, index == len(layout.panes) - 1)
        if layout.table is not None:
            listed = self.runs if options.listed else ()
            draw_table(self.figure, self._texts, listed, lines, layout.table, extent)
        if layout.legend is not None:
            draw_legend(self.figure, self._texts, legend, layout.legend, extent)
        self.show(self.last)

    @property
    def growing(self) -> tuple[Layer, ...]:
        """What :meth:`show` changes, in drawing order."""
        layers = [layer for pane in self._growing for layer in pane.layers]
        return tuple(sorted(layers, key=lambda layer: layer.get_zorder()))

    def show(self, step: int) -> None:
        """Draws every run up to a step, or to its own end where that comes first."""
        with drawing(self.options.scale, self.options.theme):
            for pane in self._growing:
                pane.show(step)

    def _draw_head(self, study: Study) -> None:
        layout = self._layout
        edge, high, low = layout.edge, layout.height - 0.48, layout.height - 0.78
        facts, font = _facts(study), _facts_font()
        if layout.head == 1:
            right = self._texts.put(edge, low, facts, font, theme().muted, "right") + 0.3
        else:
            right = 0.0
            self._texts.put(MARGIN, low - HEAD_ROW, facts, font, theme().muted)
        named = study.is_titled
        family, sizes = (setting.TEXT, _TITLES) if named else (setting.CODE, _FORMULAS)
        text = study.title if named else f"E = {study.title}"
        for size in sizes:
            title = setting.font(family, size, "semibold" if named else "normal")
            if self._texts.width(text, title) <= edge - MARGIN:
                break
        self._texts.put(MARGIN, high, text, title, theme().text, room=edge - MARGIN)
        if named:
            formula, room = _formula(study.resolved), edge - MARGIN - right
            formula = "" if formula == text else formula
            self._texts.put(MARGIN, low, formula, _formula_font(), theme().muted, room=room)

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
                self._texts.put(left + 0.1, y, line, font, theme().muted)

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

    def _draw_pane(self, key: str, box: Box, lowest: bool) -> None:
        """``lowest`` has the name of the axis below it."""
        left, bottom, width, height = box
        quantity, runs = self.study.quantity(key, self.options.of)
        axes = self._axes(box)
        view, colors = self.study.experiment.shown, self.options.theme
        named = [(msgspec.structs.replace(run.run, name=run.name), run.trajectory) for run in runs]
        selected = "" if quantity.of_all or not runs else runs[0].run.id
        log = view.is_log(quantity.key, quantity.log)
        spec = pane_spec(quantity, log, named, selected, colors)
        last = max((run.trajectory.steps for run in runs), default=0)
        pane = CurvesPane(axes, spec, last, UNITS * width, UNITS * height)
        if not lowest:
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        self._growing.append(pane)
        words_font = setting.font(setting.TEXT, 11.5)
        y, room = bottom + height + 0.12, width
        title = spec.title if quantity.of_all else f"{spec.title}, {runs[0].name}" if runs else ""
        components = spec.curves if not quantity.of_all and len(spec.curves) > 1 else ()
        if components:
            extent = self._layout.width, self._layout.height
            legend = self._layout.legend
            corner = (left + width, y if legend is None else legend - 0.1)
            taken = draw_components(self.figure, self._texts, components, corner, extent)
            room -= taken if legend is None else 0.0
        symbol = setting.font(setting.MATH, 12, italic=True)
        taken = 0.1 + self._texts.width(spec.symbol, symbol)
        used = self._texts.put(left, y, title, words_font, theme().text, room=room - taken)
        self._texts.put(left + used + 0.1, y, spec.symbol, symbol, theme().text)


def _of_equal_scale(box: Box, window: Window) -> Box:
    """The part of a box in which both axes have the same scale."""
    left, bottom, width, height = box
    ratio = (window[0][1] - window[0][0]) / (window[1][1] - window[1][0])
    wide = min(width, height * ratio)
    high = wide / ratio
    return left + (width - wide) / 2, bottom + (height - high) / 2, wide, high


def _layout(study: Study, options: PictureOptions, ruler: Ruler) -> tuple[Layout, list[Row], Lines]:
    """Where things stand, the legend in its rows, and the settings of the table in lines."""
    width = width_of(options.size)
    runs = study.visible
    if options.view not in (SHEET, CONTOUR, SURFACE):
        quantity, runs = study.quantity(options.view, options.of)
        if not quantity.of_all:
            # The title says whose curves they are, the legend which component is which.
            rows: list[Row] = [[]]
            return layout_of(options.view, options.size, 0.0, 1), rows, []
    listed = legend_of(study.visible, options.theme) if options.listed else ()
    legend = legend_rows(legend_of(runs, options.theme), ruler, 0.92, width - 0.3) if listed else []
    panes = len(options.panes)
    lines = table_lines(listed, ruler, *table_room(options.size, panes))
    table = table_height(listed, lines)
    layout = layout_of(options.view, options.size, table, len(legend), panes, options.titled)
    if layout.head and _head_lines(study, ruler, layout.edge - MARGIN) > 1:
        layout = with_two_lines(layout, options.size)
    return layout, legend, lines


def _facts(study: Study) -> str:
    """What stands beside the formula: where all runs begin, how far they go."""
    experiment, resolved = study.experiment, study.resolved
    starts = {spec.start for spec in resolved.specs.values()}
    starts |= {tuple(walk.weights[0].tolist()) for walk in resolved.recordings.values()}
    starts = starts or {resolved.start}
    facts = [f"start {words.point(next(iter(starts)))}"] if len(starts) == 1 else []
    facts.append(f"{experiment.steps} step{'s' * (experiment.steps != 1)}")
    specs = resolved.specs.values()
    if any(spec.treatment.active().keys() & _NOISY or spec.sampling.words for spec in specs):
        facts.append(f"seed {experiment.seed}")
    return BETWEEN.join(facts)


def _formula(resolved: Resolved) -> str:
    formula = " ".join(resolved.problem.formula.split())
    return f"E = {formula}" if formula else resolved.problem.name


def _facts_font() -> FontProperties:
    return setting.font(setting.TEXT, 10)


def _formula_font() -> FontProperties:
    return setting.font(setting.CODE, 9.5)


def _head_lines(study: Study, ruler: Ruler, room: float) -> int:
    """Lines under the title: two where formula and facts have no room beside each other."""
    if not study.is_titled:
        return 1
    facts = ruler.width(_facts(study), _facts_font())
    formula = ruler.width(_formula(study.resolved), _formula_font())
    return 1 if formula + 0.3 + facts <= room else 2


_TITLES, _FORMULAS = (18.0, 15.0, 12.5), (15.0, 12.0, 10.0)
"""Points of a title, smaller where there is no room, and of a formula in its place."""
_NOISY = frozenset(NOISE_STAGES)
