"""Newton's method: to the lowest point of the quadratic model, with care."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optlab.core.formula.emit import Array
from optlab.core.rules.steppers.stepper import Step, StepContext, backtracked


class Newton:
    """d = −(∇²E + λI)⁻¹ g where that matrix is positive definite, else as ``not_convex`` says."""

    key = "damped_newton"
    needs_hessian = True
    parameters: tuple[str, ...] = ("eta", "damping")
    options: Mapping[str, tuple[str | bool, ...]] = {
        "not_convex": ("gradient", "absolute"),
        "backtracking": (True, False),
    }
    memory: tuple[str, ...] = ()
    records: Mapping[str, bool] = {"d": False, "lowest_curvature": True, "rate": True}

    def step(self, now: StepContext, memory: Mapping[str, Array]) -> Step:
        """See :class:`~optlab.core.rules.steppers.stepper.Stepper`."""
        direction, lowest = self.direction(now)
        rate = now.eta
        if now.options["backtracking"]:
            rate = backtracked(now, direction, rate)
        return Step(
            now.w + rate * direction,
            {},
            {"d": direction, "lowest_curvature": lowest, "rate": rate},
        )

    def direction(self, now: StepContext) -> tuple[Array, float]:
        """The direction, and the smallest eigenvalue of the Hessian (nan where it has none)."""
        hessian = now.hessian(now.w)
        if not (np.isfinite(hessian).all() and np.isfinite(now.g).all()):
            return -now.g, np.nan
        values, vectors = np.linalg.eigh(hessian)
        lowest = float(values[0])
        values = values + now.parameters["damping"]
        if now.options["not_convex"] == "absolute":
            values = np.abs(values)
        if not values.min() > 0:
            return -now.g, lowest
        return -vectors @ ((vectors.T @ now.g) / values), lowest
