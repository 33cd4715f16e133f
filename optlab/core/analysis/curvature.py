"""The shape of a surface around a point: Hessian, its directions, and what η it allows.

For a quadratic with largest eigenvalue λ of the Hessian, gradient descent is stable for η < 2/λ.
On other surfaces that holds for the quadratic model at the point;
:mod:`optlab.core.analysis.stability` has the limits of other rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optlab.core.display import short
from optlab.core.formula.emit import Array
from optlab.core.planes.lanczos import leading_eigenpairs
from optlab.core.problems import Problem

MOST_WEIGHTS = 32
"""Weights up to which all eigenvalues are computed."""
_MOST_SHOWN = 6
_LEADING, _CLOSE = 3, 1e-4
"""How many of the largest eigenvalues are computed, and how well, where there are more weights."""


@dataclass(frozen=True, eq=False)
class Curvature:
    """The quadratic model of a surface at ``at``.

    ``eigenvalues`` (n,) in increasing order, ``directions`` (n, n) with the unit eigenvector of
    eigenvalue i in column i; ``gradient`` (n,), ``hessian`` (n, n), ``loss`` at the point.  For
    many weights only the largest eigenvalues are known: then it is not :attr:`complete`, and
    ``hessian`` is empty.
    """

    at: tuple[float, ...]
    loss: float
    gradient: Array
    hessian: Array
    eigenvalues: Array
    directions: Array

    @property
    def complete(self) -> bool:
        """Whether all eigenvalues are known."""
        return len(self.eigenvalues) == len(self.at)

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

    @property
    def limit(self) -> float:
        """2/λmax, the learning rate at which plain descent turns unstable here.

        inf where the surface bends upwards in no direction.
        """
        return 2 / self.largest if self.largest > 0 else math.inf

    def model(self, w1: Array, w2: Array) -> Array:
        """The quadratic Taylor model of a surface of two weights, over arrays."""
        d1, d2 = w1 - self.at[0], w2 - self.at[1]
        h = self.hessian
        linear = self.gradient[0] * d1 + self.gradient[1] * d2
        square = h[0, 0] * d1 * d1 + 2 * h[0, 1] * d1 * d2 + h[1, 1] * d2 * d2
        result: Array = self.loss + linear + square / 2
        return result


def curvature_at(problem: Problem, weights: Sequence[float]) -> Curvature | None:
    """The quadratic model at a point; None where there is no finite one, and where second
    derivatives are not known.  Of more than :data:`MOST_WEIGHTS` only the largest eigenvalues,
    where products with the Hessian are quick; else None."""
    if not problem.has_hessian:
        return None
    if problem.dimension > MOST_WEIGHTS:
        return _leading(problem, weights) if problem.has_quick_products else None
    loss = problem.loss(weights)
    gradient = np.array(problem.gradient(weights))
    hessian = np.array(problem.hessian(weights))
    finite = math.isfinite(loss) and np.isfinite(gradient).all() and np.isfinite(hessian).all()
    if not finite:
        return None
    eigenvalues, directions = np.linalg.eigh(hessian)
    at = tuple(float(value) for value in weights)
    return Curvature(at, loss, gradient, hessian, eigenvalues, directions)


def _leading(problem: Problem, weights: Sequence[float]) -> Curvature | None:
    """The largest eigenvalues alone, by products with the Hessian."""
    point = np.array(weights, dtype=np.float64)
    loss, gradient = problem.loss_and_gradient(point)
    if not (math.isfinite(loss) and np.isfinite(gradient).all()):
        return None
    pairs = leading_eigenpairs(
        lambda v: problem.hessian_product(point, v), problem.dimension, _LEADING, _CLOSE
    )
    if pairs is None:
        return None
    values, vectors = pairs
    at = tuple(point.tolist())
    return Curvature(at, loss, gradient, np.empty((0, 0)), values[::-1], vectors[:, ::-1])


def sharpness(problem: Problem, points: Array) -> Array:
    """The largest eigenvalue of the Hessian at each point (m, n), shape (m,); nan where there is
    none.  Where it stays at 2/η, plain descent trains at the edge of stability (Cohen et al.
    2021)."""
    found = np.full(len(points), np.nan)
    if problem.has_hessian:
        for index, point in enumerate(points):
            if np.isfinite(point).all():
                pairs = leading_eigenpairs(
                    lambda v, at=point: problem.hessian_product(at, v),  # type: ignore[misc]
                    problem.dimension,
                    1,
                    _CLOSE,
                )
                found[index] = np.nan if pairs is None else pairs[0][0]
    return found


def curvature_text(curvature: Curvature, rule: str = "") -> str:
    """Eigenvalues, condition number and what η they allow, in two lines or three.

    ``rule`` is what is to be said of the rule's own limit, below that of plain descent.
    """
    shown = [short(value, 3) for value in curvature.eigenvalues.tolist()]
    if len(shown) > _MOST_SHOWN:
        shown = [shown[0], "…", shown[-1]]
    values = ", ".join(shown)
    if curvature.complete:
        condition = short(curvature.condition_number, 3)
        first = f"{curvature.kind}:  λ {values},  condition {condition}"
    else:
        values = ", ".join(reversed(shown))
        first = f"largest of {len(curvature.at)} eigenvalues:  λ {values}"
    if math.isinf(curvature.limit):
        return f"{first}\nno limit on η: it bends upwards nowhere"
    second = f"stable for η < 2/λmax = {short(curvature.limit, 3)}"
    return "\n".join(filter(None, (first, second, rule)))
