"""The shape of a surface around a point: Hessian, its directions, and what η it allows.

For a quadratic with largest eigenvalue λ of the Hessian, gradient descent is stable for
η < 2/λ and heavy-ball momentum (m ← αm + g, w ← w − ηm) for η < 2(1 + α)/λ; Polyak 1964.
On other surfaces both hold for the quadratic model at the point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.numbers_text import short
from optlab.core.problems import Problem


@dataclass(frozen=True, eq=False)
class Curvature:
    """The quadratic model of a surface at ``at``.

    ``eigenvalues`` (n,) in increasing order, ``directions`` (n, n) with the unit eigenvector of
    eigenvalue i in column i; ``gradient`` (n,), ``hessian`` (n, n), ``loss`` at the point.
    """

    at: tuple[float, ...]
    loss: float
    gradient: Array
    hessian: Array
    eigenvalues: Array
    directions: Array

    @property
    def largest(self) -> float:
        """λmax, the largest eigenvalue; it may be negative."""
        return float(self.eigenvalues[-1])

    @property
    def condition_number(self) -> float:
        """Largest over smallest size of an eigenvalue; inf where one is 0."""
        sizes = np.abs(self.eigenvalues)
        smallest = float(sizes.min())
        return float(sizes.max()) / smallest if smallest > 0 else math.inf

    @property
    def kind(self) -> str:
        """What the surface looks like here, in a word."""
        if (self.eigenvalues > 0).all():
            return "valley"
        if (self.eigenvalues < 0).all():
            return "hill"
        return "saddle" if (self.eigenvalues != 0).all() else "flat in a direction"

    def limit(self, alpha: float = 0.0) -> float:
        """The learning rate at which descent with momentum ``alpha`` turns unstable here.

        inf where the surface bends downwards in every direction.
        """
        return 2 * (1 + alpha) / self.largest if self.largest > 0 else math.inf

    def model(self, w1: Array, w2: Array) -> Array:
        """The quadratic Taylor model of a surface of two weights, over arrays."""
        d1, d2 = w1 - self.at[0], w2 - self.at[1]
        h = self.hessian
        linear = self.gradient[0] * d1 + self.gradient[1] * d2
        square = h[0, 0] * d1 * d1 + 2 * h[0, 1] * d1 * d2 + h[1, 1] * d2 * d2
        result: Array = self.loss + linear + square / 2
        return result


def curvature_at(problem: Problem, weights: Sequence[float]) -> Curvature | None:
    """The quadratic model at a point, or None where the formula has no finite one."""
    loss = problem.loss(weights)
    gradient = np.array(problem.gradient(weights))
    hessian = np.array(problem.hessian(weights))
    finite = math.isfinite(loss) and np.isfinite(gradient).all() and np.isfinite(hessian).all()
    if not finite:
        return None
    eigenvalues, directions = np.linalg.eigh(hessian)
    at = tuple(float(value) for value in weights)
    return Curvature(at, loss, gradient, hessian, eigenvalues, directions)


def curvature_text(curvature: Curvature, alpha: float | None) -> str:
    """Eigenvalues, condition number and what η they allow, in two lines.

    ``alpha`` is the momentum of the rule, None where it has none.
    """
    values = ", ".join(short(value, 3) for value in curvature.eigenvalues.tolist())
    condition = short(curvature.condition_number, 3)
    first = f"{curvature.kind}:  λ {values},  condition {condition}"
    if math.isinf(curvature.limit()):
        return f"{first}\nno limit on η: it bends upwards nowhere"
    second = f"stable for η < 2/λmax = {short(curvature.limit(), 3)}"
    if alpha:
        second += f",  with momentum < {short(curvature.limit(alpha), 3)}"
    return f"{first}\n{second}"


def stability_sentence(curvature: Curvature, eta: float, alpha: float | None) -> str:
    """What to say where η is above what the curvature here allows, or nothing.

    ``alpha`` is the momentum of the rule, None where it has none.
    """
    if not eta > curvature.limit():
        return ""
    if alpha is not None and alpha > 0 and not eta > curvature.limit(alpha):
        return ""
    if alpha:
        return f"η above 2(1+α)/λmax = {curvature.limit(alpha):.3g}, the limit of momentum here"
    return f"η above 2/λmax = {curvature.limit():.3g}, the limit of plain descent here"
