"""What code is checked against: where a run of ours is after some steps on Rosenbrock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optlab.core.export.code.listing import Listing
from optlab.core.formula.nodes import number_text
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import load_problem
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec, Trajectory, run

STEPS = 1000
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
TOLERANCE = 1e-12
START = (-1.2, 1.0)
_ROUNDING = GradientTransforms(noise_relative=1e-15, noise=1e-15)
"""Errors of a gradient about as large as those between two libraries."""
_SEEDS = 3
_SMALLER = 4
"""Times that the learning rate is divided by ten, at most."""
_ENOUGH = 7


@dataclass(frozen=True)
class Expected:
    """The weights after some steps, from ``start``, at a learning rate."""

    start: tuple[float, ...]
    eta: float
    weights: Mapping[int, tuple[float, ...]]

    def table(self) -> list[str]:
        """As a dictionary of Python."""
        rows = (
            f"    {step}: ({', '.join(map(number_text, w))})," for step, w in self.weights.items()
        )
        return ["EXPECTED = {", *rows, "}"]


def expected(listing: Listing) -> Expected:
    """The path that code has to take.

    Where a path amplifies rounding errors beyond the tolerance, no other code can follow it. Only
    steps that can be followed are kept, at the largest learning rate, of the chosen one and its
    tenths, that leaves the last step and most others; else at the one that leaves most of them.
    """
    best: Expected | None = None
    for power in range(_SMALLER + 1):
        eta = float(f"{listing.parameters[LEARNING_RATE] / 10**power:.15g}")
        try:
            spec = RunSpec(
                load_problem("rosenbrock"),
                listing.rule,
                {**listing.parameters, LEARNING_RATE: eta},
                listing.options,
                listing.schedule.with_formula(listing.steps, listing.epochs),
                start=START,
                steps=STEPS,
            )
        except SettingError:
            break
        found = Expected(START, eta, _followed(spec))
        if best is None or len(found.weights) > len(best.weights):
            best = found
        if STEPS in found.weights and len(found.weights) >= _ENOUGH:
            return found
    assert best is not None
    return best


def _followed(spec: RunSpec) -> dict[int, tuple[float, ...]]:
    """The weights after the steps at which runs with rounded gradients are still there."""
    path = run(spec)
    kept = [step for step in SHOWN if step < path.rows and np.isfinite(path.weights[step]).all()]
    for seed in range(_SEEDS):
        other = run(replace(spec, treatment=_ROUNDING, seed=seed))
        kept = [step for step in kept if step < other.rows and _is_near(path, other, step)]
    return {step: tuple(path.weights[step].tolist()) for step in kept}


def _is_near(path: Trajectory, other: Trajectory, step: int) -> bool:
    here = path.weights[step]
    distance = np.abs(other.weights[step] - here).max()
    return bool(distance <= TOLERANCE / 10 * np.abs(here).max())
