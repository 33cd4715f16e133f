"""Arrows of single updates on the contour map: against the gradient, memory, the update itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke

from optlab.core.problems.problem import MapWindow
from optlab.figures import palette, setting
from optlab.figures.marked import MarkedRun
from optlab.figures.setting import pt
from optlab.session.overlays import Arrow, step_arrows

MOST = 12
"""Updates whose arrows one map can have."""
_APART = 0.03
"""Shares of the map that two labels are apart at least."""
_WIDTHS = {"gradient": 1.3, "memory": 1.3, "update": 1.9}


def draw_arrows(axes: Axes, runs: Sequence[MarkedRun], updates: range, window: MapWindow) -> None:
    """The arrows of some updates (counted from 1) of each run, and the names of their places.

    Arrows of one kind are equally long, as in the window: they show directions.
    """
    labels = _Labels(axes)
    for run in runs:
        for update in updates:
            if run.spec is None or not 1 <= update <= run.trajectory.steps:
                continue
            variant = run.spec.leg_at(update).spec.variant
            arrows = step_arrows(variant, run.trajectory, update - 1, window)
            for arrow in arrows:
                _draw(axes, arrow, run.color, labels)
            # The first place has a name already: the start.
            if arrows and update > 1 and labels.has_room(arrows[-1].at):
                _name(axes, arrows[-1].at, f"w({update - 1})")


class _Labels:
    """Where labels stand already: one more would be unreadable beside a near one."""

    def __init__(self, axes: Axes) -> None:
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        self._spans = abs(right - left), abs(top - bottom)
        self._taken: list[tuple[float, float]] = []

    def has_room(self, at: tuple[float, float]) -> bool:
        """Whether a label at a point of the map has room; if so, it is taken."""
        here = at[0] / self._spans[0], at[1] / self._spans[1]
        near = any(math.hypot(here[0] - x, here[1] - y) < _APART for x, y in self._taken)
        if not near:
            self._taken.append(here)
        return not near


def _draw(axes: Axes, arrow: Arrow, color: str, labels: _Labels) -> None:
    colors = {"gradient": palette.WARNING, "memory": color, "update": palette.TEXT}
    ink = colors[arrow.role]
    begin = arrow.at
    end = begin[0] + arrow.change[0], begin[1] + arrow.change[1]
    halo = withStroke(linewidth=pt(_WIDTHS[arrow.role] + 2), foreground=palette.GROUND, alpha=0.7)
    patch = FancyArrowPatch(
        begin,
        end,
        arrowstyle="-|>",
        color=ink,
        linewidth=pt(_WIDTHS[arrow.role]),
        mutation_scale=pt(9),
        shrinkA=0,
        shrinkB=0,
        zorder=8,
        path_effects=[halo],
    )
    axes.add_patch(patch)
    if not labels.has_room(end):
        return
    right, up = arrow.change[0] >= 0, arrow.change[1] >= 0
    axes.annotate(
        arrow.label,
        end,
        xytext=(pt(3 if right else -3), pt(3 if up else -3)),
        textcoords="offset points",
        ha="left" if right else "right",
        va="bottom" if up else "top",
        color=ink,
        fontproperties=setting.font(setting.MATH, 11, italic=True),
        path_effects=[withStroke(linewidth=pt(2), foreground=palette.GROUND)],
        zorder=8.1,
    )


def _name(axes: Axes, at: tuple[float, float], text: str) -> None:
    axes.annotate(
        text,
        at,
        xytext=(pt(-5), pt(-5)),
        textcoords="offset points",
        ha="right",
        va="top",
        color=palette.MUTED,
        fontproperties=setting.font(setting.MATH, 9.5, italic=True),
        path_effects=[withStroke(linewidth=pt(2), foreground=palette.GROUND)],
        zorder=8.1,
    )
