"""The whole picture: title, map, loss, and a table of the runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from optlab.core.run import Trajectory
from optlab.figures import palette, setting, words
from optlab.figures.geometry import shown_window
from optlab.figures.loss_pane import LossPane
from optlab.figures.map_pane import (
    PathMarks,
    draw_color_bar,
    draw_minima,
    draw_starts,
    draw_surface,
    picture_of,
)
from optlab.figures.marked import MarkedRun, marked_runs
from optlab.session.experiment import Experiment
from optlab.session.resolve import Resolved

WIDTH, HEIGHT = 12.8, 7.2
"""Inches: at 100 dots an inch 1280 x 720."""
_RIGHT = 8.86
_EDGE = 12.36
_DETAILED = 4
"""Up to so many runs each one has a line for its settings."""
_MOST_LISTED = 10


class ExperimentFigure:
    """A figure whose paths and curves can be drawn up to any step."""

    def __init__(
        self, resolved: Resolved, experiment: Experiment, trajectories: Mapping[str, Trajectory]
    ) -> None:
        """Must be called within :func:`~optlab.figures.setting.drawing`."""
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=100)
        # matplotlib declares no types for what its canvases do.
        self.canvas: Any = FigureCanvasAgg(self.figure)
        self._texts = _Texts(self.figure, self.canvas)
        self.runs = marked_runs(experiment, resolved, dict(trajectories))
        self.last = max((run.trajectory.steps for run in self.runs), default=0)
        self.title = experiment.title or resolved.problem.name or resolved.problem.formula
        self._draw_head(resolved, experiment)
        self._draw_map(resolved, experiment, trajectories)
        table = self._table_height()
        self._draw_loss(resolved, bottom=0.62 + table + 0.62)
        self._draw_table(top=0.62 + table)
        self.show(self.last)

    @property
    def growing(self) -> tuple[Artist, ...]:
        """The artists that :meth:`show` changes, in drawing order."""
        marks = tuple(artist for path in self._paths for artist in path.artists)
        return (*marks, *self._loss.artists)

    @property
    def on_top(self) -> tuple[Artist, ...]:
        """What lies above the paths and does not change."""
        return self._starts

    def show(self, step: int) -> None:
        """Draws every run up to a step, or to its own end where that comes first."""
        for path in self._paths:
            path.show(step)
        self._loss.show(step)

    def _draw_head(self, resolved: Resolved, experiment: Experiment) -> None:
        starts = {spec.start for spec in resolved.specs.values()} or {resolved.start}
        facts = [f"start {words.point(next(iter(starts)))}"] if len(starts) == 1 else []
        facts.append(f"{experiment.steps} step{'s' * (experiment.steps != 1)}")
        if any(spec.treatment.active().keys() & _NOISY for spec in resolved.specs.values()):
            facts.append(f"seed {experiment.seed}")
        right = self._texts.put(
            _EDGE, 6.42, "   ".join(facts), setting.font(setting.TEXT, 10), palette.MUTED, "right"
        )
        named = bool(self.title != resolved.problem.formula)
        family, size = (setting.TEXT, 18.0) if named else (setting.CODE, 15.0)
        title = setting.font(family, size, "semibold" if named else "normal")
        text = self.title if named else f"E = {self.title}"
        self._texts.put(0.42, 6.72, text, title, palette.TEXT, room=_EDGE - 0.42)
        if named:
            formula = f"E = {resolved.problem.formula}"
            code, room = setting.font(setting.CODE, 9.5), _EDGE - 0.42 - right - 0.3
            self._texts.put(0.42, 6.42, formula, code, palette.MUTED, room=room)

    def _axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        return self.figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))

    def _draw_map(
        self, resolved: Resolved, experiment: Experiment, trajectories: Mapping[str, Trajectory]
    ) -> None:
        window = shown_window(resolved, experiment, trajectories)
        picture = picture_of(resolved.problem, window)
        axes = self._axes(0.92, 0.72, 6.28, 5.42)
        draw_surface(axes, picture)
        draw_color_bar(self._axes(7.36, 0.72, 0.11, 5.42), picture)
        draw_minima(axes, resolved.problem)
        self._paths = [PathMarks(axes, run, window) for run in self.runs]
        self._starts = draw_starts(
            axes, [spec.start for spec in resolved.specs.values()] or [resolved.start]
        )

    def _draw_loss(self, resolved: Resolved, bottom: float) -> None:
        axes = self._axes(_RIGHT, bottom, _EDGE - _RIGHT, 5.86 - bottom)
        self._loss = LossPane(axes, self.runs, resolved.problem.lowest_value)
        words_font = setting.font(setting.TEXT, 11.5)
        width = self._texts.put(_RIGHT, 5.98, self._loss.title, words_font, palette.TEXT)
        symbol = setting.font(setting.MATH, 12, italic=True)
        self._texts.put(_RIGHT + width + 0.1, 5.98, self._loss.symbol, symbol, palette.TEXT)

    def _table_height(self) -> float:
        listed = min(len(self.runs), _MOST_LISTED)
        more = len(self.runs) > _MOST_LISTED
        return (listed + more) * (0.56 if len(self.runs) <= _DETAILED else 0.25)

    def _draw_table(self, top: float) -> None:
        detailed = len(self.runs) <= _DETAILED
        step = 0.56 if detailed else 0.25
        muted = setting.font(setting.TEXT, 9.5)
        for index, run in enumerate(self.runs[:_MOST_LISTED]):
            y = top - index * step - 0.16
            self._draw_row(run, y)
            if detailed:
                text, room = words.settings(run.spec), _EDGE - _RIGHT - 0.45
                self._texts.put(_RIGHT + 0.45, y - 0.21, text, muted, palette.MUTED, room=room)
        if len(self.runs) > _MOST_LISTED:
            text = f"and {len(self.runs) - _MOST_LISTED} more"
            y = top - _MOST_LISTED * step - 0.16
            self._texts.put(_RIGHT + 0.45, y, text, muted, palette.MUTED)

    def _draw_row(self, run: MarkedRun, y: float) -> None:
        """The line, the name, and how it ended."""
        sample = Line2D(
            [_RIGHT / WIDTH, (_RIGHT + 0.32) / WIDTH],
            [(y + 0.05) / HEIGHT] * 2,
            color=run.color,
            linewidth=2.2,
        )
        if run.dashes:
            sample.set_dashes(run.dashes)
        self.figure.add_artist(sample)
        color = palette.MUTED if run.went_well else palette.WARNING
        small = setting.font(setting.TEXT, 9.5)
        right = self._texts.put(_EDGE, y, words.outcome(run.trajectory), small, color, "right")
        bold = setting.font(setting.TEXT, 11, "semibold")
        room = _EDGE - _RIGHT - 0.45 - right - 0.15
        self._texts.put(_RIGHT + 0.45, y, run.name, bold, palette.TEXT, room=room)


_NOISY = frozenset({"noise", "noise_relative"})


class _Texts:
    """Puts text at places in inches, cut to the room there is."""

    def __init__(self, figure: Figure, canvas: Any) -> None:
        self._figure = figure
        self._renderer = canvas.get_renderer()

    def put(
        self,
        x: float,
        y: float,
        text: str,
        font: FontProperties,
        color: str,
        align: str = "left",
        room: float | None = None,
    ) -> float:
        """Writes a line with its baseline at ``y`` and returns its width in inches."""
        line = " ".join(text.split())
        if text.count("   "):
            line = "   ".join(" ".join(part.split()) for part in text.split("   "))
        if room is not None:
            line = self._cut(line, font, room)
        self._figure.text(
            x / WIDTH, y / HEIGHT, line, fontproperties=font, color=color, ha=align, va="baseline"
        )
        return self._width(line, font)

    def _width(self, text: str, font: FontProperties) -> float:
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, False)
        return float(width) / self._figure.dpi

    def _cut(self, text: str, font: FontProperties, room: float) -> str:
        text = text[:400]
        if self._width(text, font) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self._width(text[:middle].rstrip() + "…", font) <= room:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…"
