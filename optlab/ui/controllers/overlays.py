"""Connects what is drawn at the current step (arrows, sizes, curvature) with the session."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QObject, Signal

from optlab.core.analysis.curvature import Curvature, curvature_at, curvature_text
from optlab.core.analysis.stability import stability_at
from optlab.core.analysis.worksheet import gradient_points
from optlab.core.contours import SurfacePicture
from optlab.core.problems import pair
from optlab.core.rules import LEARNING_RATE, Variant
from optlab.core.run import RunSpec, Trajectory
from optlab.pictures.overlays import (
    ArrowDrawing,
    LineDrawing,
    Sizes,
    arrow_colors,
    model_lines,
    ring,
    step_arrows,
    step_sizes,
)
from optlab.session.session import Session
from optlab.ui.shell.redraw import Change, Redraw
from optlab.ui.style.themes import theme_of
from optlab.ui.views.contour import ContourView

Place = tuple[float, float]

ARROWS = (
    ("gradient", "−g, against the gradient"),
    ("memory", "Memory of the directions"),
    ("update", "Δw, the update itself"),
    ("look_ahead", "Where the gradient is taken"),
)
"""What the switch of the arrows shows, each with its key."""


class OverlaysController(QObject):
    """Draws the switched-on overlays of the selected run; says when η is above the limit."""

    warned = Signal(str)

    def __init__(self, session: Session, view: ContourView, redraw: Redraw) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        redraw.add(
            self._show,
            Change.PLAYBACK
            | Change.TRAJECTORIES
            | Change.SELECTION
            | Change.DOCUMENT
            | Change.WORK
            | Change.VIEW
            | Change.THEME,
        )

    def is_on(self, key: str) -> bool:
        """Whether an overlay is drawn."""
        return key in self._session.view.overlays

    def switch(self, key: str, on: bool) -> None:
        """Draws an overlay or leaves it out."""
        others = [known for known in self._session.view.overlays if known != key]
        self._session.show(overlays=[*others, key] if on else others)

    @property
    def _on(self) -> frozenset[str]:
        return frozenset(self._session.view.overlays)

    def _show(self, _changed: Change) -> None:
        """Gives the view what belongs to the current step."""
        session = self._session
        run = session.document.run(session.selected)
        # What the numbers were computed from: the document may be ahead of them.
        spec = session.computed.get(session.selected)
        trajectory = session.trajectories.get(session.selected)
        if run is None or spec is None or trajectory is None or not run.visible:
            self._view.set_arrows([])
            self._view.set_lines([])
            self._view.set_note("")
            self.warned.emit("")
            return
        step = min(session.playback.step, trajectory.steps)
        # On a new surface the second derivatives take some milliseconds to be made. While newer
        # numbers are on their way, only who looks at the curvature waits for them.
        wanted = session.work is None or "curvature" in self._on
        curvature = (
            curvature_at(spec.problem, trajectory.weights[step].tolist()) if wanted else None
        )
        if session.resolved.no_map:
            self._view.set_arrows([])
            self._view.set_lines([])
        else:
            self._draw(spec, trajectory, step, run.color, curvature)
        about = curvature if "curvature" in self._on else None
        stable = None
        if curvature is not None:
            stable = stability_at(
                spec.leg_at(min(step + 1, trajectory.steps)).spec,
                trajectory,
                step,
                curvature,
                if_unstable="curvature" not in self._on,
            )
        rule = "" if stable is None else stable.text
        self._view.set_note("" if about is None else curvature_text(about, rule))
        if wanted:
            rate = float(trajectory[LEARNING_RATE][max(step, min(1, trajectory.steps))])
            self.warned.emit("" if stable is None else stable.sentence(rate))

    def _draw(
        self,
        spec: RunSpec,
        trajectory: Trajectory,
        step: int,
        color: int,
        curvature: Curvature | None,
    ) -> None:
        """Draws arrows and lines of a step on the map of two weights."""
        elsewhere = self._look_ahead(spec, trajectory, step)
        slope_at = elsewhere[0] if elsewhere else None
        self._view.set_arrows(self._arrows(spec, trajectory, step, color, slope_at))
        lines = self._places(trajectory, step, elsewhere)
        if "sizes" in self._on:
            sizes = step_sizes(_variant(spec, step), trajectory, step, self._view.window_shown())
            lines += [] if sizes is None else _cross(sizes, theme_of(self._view).run(color))
        if "curvature" in self._on and curvature is not None:
            lines += self._model(curvature)
        self._view.set_lines(lines)

    def _look_ahead(self, spec: RunSpec, trajectory: Trajectory, step: int) -> list[Place]:
        """Where else than at w the coming update takes its gradients."""
        if not {"arrows", "look_ahead"} <= self._on or step >= trajectory.steps:
            return []
        points = gradient_points(spec, trajectory, step + 1)
        return [pair(at) for at in points if all(map(math.isfinite, at))]

    def _arrows(
        self,
        spec: RunSpec,
        trajectory: Trajectory,
        step: int,
        color: int,
        slope_at: Place | None,
    ) -> list[ArrowDrawing]:
        if "arrows" not in self._on:
            return []
        theme = theme_of(self._view)
        colors = arrow_colors(theme, theme.run(color))
        window = self._view.window_shown()
        arrows = step_arrows(_variant(spec, step + 1), trajectory, step, window, slope_at)
        return [
            ArrowDrawing(arrow.at, arrow.change, colors[arrow.role], arrow.label)
            for arrow in arrows
            if arrow.role in self._on
        ]

    def _places(
        self, trajectory: Trajectory, step: int, elsewhere: list[Place]
    ) -> list[LineDrawing]:
        """A ring at each place where a gradient is taken, and a thread to it."""
        color, window = theme_of(self._view).warning, self._view.window_shown()
        here = trajectory.weights[step]
        lines = []
        for at in elsewhere:
            lines.append(LineDrawing(np.array([here, at]), color, 1.0, dashed=True))
            lines.append(LineDrawing(ring(at, window), color, 1.6))
        return lines

    def _model(self, curvature: Curvature) -> list[LineDrawing]:
        window = self._view.window_shown()
        picture: SurfacePicture | None = self._session.picture
        levels = [] if picture is None else picture.contours.levels.tolist()
        color = theme_of(self._view).text
        lines = [
            LineDrawing(line, color, 1.0, dashed=True)
            for line in model_lines(curvature, window, levels)
        ]
        spans = np.array([high - low for low, high in window])
        at = np.array(curvature.at)
        for index, value in enumerate(curvature.eigenvalues.tolist()):
            direction = curvature.directions[:, index]
            reach = 0.09 / float(np.hypot(*(direction / spans)))
            ends = np.array([at - reach * direction, at + reach * direction])
            lines.append(LineDrawing(ends, color, 1.4, label=f"λ = {value:.3g}"))
        return lines


def _variant(spec: RunSpec, update: int) -> Variant:
    """The rule that takes an update."""
    return spec.leg_at(update).spec.variant


def _cross(sizes: Sizes, color: str) -> list[LineDrawing]:
    (w1, w2), (half1, half2) = sizes.at, sizes.half
    across = np.array([[w1 - half1, w2], [w1 + half1, w2]])
    upwards = np.array([[w1, w2 - half2], [w1, w2 + half2]])
    return [
        LineDrawing(across, color, 3.0),
        LineDrawing(upwards, color, 3.0, label=sizes.label),
    ]
