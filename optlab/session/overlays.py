"""What is drawn at the current step on top of the map: arrows, sizes along the axes, curvature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.contours import contour_lines
from optlab.core.curvature import Curvature
from optlab.core.formula.compiled import Array
from optlab.core.names import display_symbol
from optlab.core.problems import MapWindow, pair
from optlab.core.rules import Variant
from optlab.core.rules.parity import meanings
from optlab.core.run import Trajectory

REACH = 0.13
"""How long an arrow is, as a share of the window: arrows show directions, not lengths."""

UPDATE_REACH = 0.08
"""The update's arrow is shorter, since it often lies on the memory's."""

_RING = 0.008


@dataclass(frozen=True)
class Arrow:
    """From ``at`` by ``change``, both in w1, w2; ``role`` is gradient, memory or update."""

    at: tuple[float, float]
    change: tuple[float, float]
    label: str
    role: str


@dataclass(frozen=True)
class Sizes:
    """A non-negative pair (s1, s2): the half-axes of a cross at ``at``, scaled to the window."""

    at: tuple[float, float]
    half: tuple[float, float]
    label: str


def step_arrows(
    variant: Variant,
    trajectory: Trajectory,
    step: int,
    window: MapWindow,
    slope_at: tuple[float, float] | None = None,
) -> list[Arrow]:
    """The directions of the update after ``step``: −g, the memory's and the update itself.

    Each is drawn from w(step) with a length of its own kind, because a gradient of 10³ and a
    step of 10⁻³ cannot share a scale.  ``slope_at`` is where −g begins when the gradient was
    taken elsewhere.
    """
    following = step + 1
    if not 0 <= step < trajectory.steps:
        return []
    at = _pair(trajectory, "w", step)
    update = pair(trajectory.updates[following].tolist())
    g = _pair(trajectory, "g", following)
    candidates = [((-g[0], -g[1]), "−g", "gradient")]
    for name, meaning in meanings(variant).items():
        if meaning == "direction" and name in trajectory.state:
            memory = _pair(trajectory, name, following)
            sign = -1.0 if memory[0] * update[0] + memory[1] * update[1] < 0 else 1.0
            label = display_symbol(name) if sign > 0 else f"−{display_symbol(name)}"
            candidates.append(((sign * memory[0], sign * memory[1]), label, "memory"))
    candidates.append((update, "Δw", "update"))
    arrows = []
    for change, label, role in candidates:
        fitted = _fitted(change, window, UPDATE_REACH if role == "update" else REACH)
        if fitted is not None:
            begin = slope_at if role == "gradient" and slope_at is not None else at
            arrows.append(Arrow(begin, fitted, label, role))
    return arrows


def ring(at: tuple[float, float], window: MapWindow) -> Array:
    """A small circle (n, 2) around a place, round where both sides of the window are as long."""
    turn = np.linspace(0.0, 2 * math.pi, 25)
    spans = [high - low for low, high in window]
    return np.column_stack(
        (at[0] + _RING * spans[0] * np.cos(turn), at[1] + _RING * spans[1] * np.sin(turn))
    )


def step_sizes(
    variant: Variant, trajectory: Trajectory, step: int, window: MapWindow
) -> Sizes | None:
    """The first memory that is a size, as half-axes proportional to its square root."""
    if not 0 < step <= trajectory.steps:
        return None
    for name, meaning in meanings(variant).items():
        if meaning == "size" and name in trajectory.state:
            values = _pair(trajectory, name, step)
            roots = [math.sqrt(value) if value > 0 else 0.0 for value in values]
            most = max(roots)
            if not (most > 0 and math.isfinite(most)):
                return None
            spans = [high - low for low, high in window]
            half = [REACH / 2 * root / most * span for root, span in zip(roots, spans, strict=True)]
            at = _pair(trajectory, "w", step)
            return Sizes(at, (half[0], half[1]), f"√{display_symbol(name)}")
    return None


def model_lines(
    curvature: Curvature, window: MapWindow, levels: Sequence[float]
) -> tuple[Array, ...]:
    """Contour lines (n, 2) of the quadratic model on a window, at levels of the loss."""
    (left, right), (bottom, top) = window
    w1, w2 = np.linspace(left, right, 121), np.linspace(bottom, top, 121)
    grid = curvature.model(*np.meshgrid(w1, w2))
    return contour_lines(w1, w2, grid, np.array(sorted(set(levels)))).lines


def _pair(trajectory: Trajectory, name: str, step: int) -> tuple[float, float]:
    return pair(trajectory.vector(name)[step].tolist())


def _fitted(
    change: tuple[float, float], window: MapWindow, reach: float
) -> tuple[float, float] | None:
    """The direction of a change, as long as an arrow is in this window."""
    spans = [high - low for low, high in window]
    size = math.hypot(change[0] / spans[0], change[1] / spans[1])
    if not (size > 0 and math.isfinite(size)):
        return None
    return change[0] * reach / size, change[1] * reach / size
