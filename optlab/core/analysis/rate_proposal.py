"""The learning rate at which plain descent or momentum goes on as the rule before it went.

SWATS (Keskar & Socher 2017, arXiv:1712.07628) projects each step p on the gradient g: descent by
γ = pᵀp / (−pᵀg) would have gone as far.  γ is averaged over the steps with the decay of the second
moment, corrected for the beginning.  Where momentum follows, a gradient that stays the same moves
it by more than η in the end, and the proposal is divided by as much.
"""

from __future__ import annotations

import numpy as np

from optlab.core.analysis.stability import LATE, NotLinearError, StepModel, affine
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec, Trajectory, legs_at

_DECAY = 0.999
"""Of the average, where the rule before has no decay of a second moment; as SWATS has it."""
_REACH = 40
"""Times 1/(1 − decay): steps before that count for nothing."""


def proposed_rate(spec: RunSpec, trajectory: Trajectory, after: int) -> float | None:
    """The η for the rule that a run changes to after so many updates.

    None where nothing can be proposed: that rule is neither descent nor momentum by its equations,
    has no learning rate, or the run did not come so far.
    """
    legs = legs_at(spec, after)
    if legs is None or trajectory.steps <= after:
        return None
    before, leg = legs
    eta = leg.spec.parameters.get(LEARNING_RATE)
    if not eta or "g" not in trajectory.vectors:
        return None
    gain = _gain(leg.spec)
    decay = before.spec.rule.in_role("second_moment_decay")
    used = decay is not None and decay.name in before.spec.variant.parameters
    share = before.spec.parameters[decay.name] if decay is not None and used else _DECAY
    first = max(before.first, after - int(_REACH / (1 - share)))
    mean = _mean_projection(trajectory, first, after, share)
    factor = float(trajectory[LEARNING_RATE][after + 1]) / eta
    if gain is None or mean is None or not factor > 0:
        return None
    rate = mean / gain / factor
    return rate if leg.spec.rule.parameters[LEARNING_RATE].range.contains(rate) else None


def _mean_projection(trajectory: Trajectory, first: int, last: int, decay: float) -> float | None:
    """The average of γ over the updates ``first`` + 1 ... ``last``; None where not above 0."""
    steps = np.diff(trajectory.weights[first : last + 1], axis=0)
    gradients = trajectory.vector("g")[first + 1 : last + 1]
    with np.errstate(all="ignore"):
        rates = (steps * steps).sum(axis=1) / -(steps * gradients).sum(axis=1)
    known = np.isfinite(rates)
    count = int(known.sum())
    if count == 0:
        return None
    weights = decay ** np.arange(count - 1, -1, -1.0)
    mean = float(weights @ rates[known] / weights.sum())
    return mean if np.isfinite(mean) and mean > 0 else None


def _gain(spec: RunSpec) -> float | None:
    """How many times η a step gets to in the end where the gradient, of length 1, stays; None for
    a rule that is neither descent nor momentum."""
    variant = spec.variant
    if not variant.equations or any(variable.scalar for variable in variant.state):
        return None
    try:
        model = StepModel(spec, np.eye(1), {})
        if model.sizes:
            return None
        still, change = affine(model, 1.0, LATE)
    except NotLinearError:
        return None
    # For a small η the weights are all but at rest: how the eigenvalue 1 of rest changes with η.
    right, left = _at_rest(still), _at_rest(still.T)
    if right is None or left is None or abs(left @ right) < 1e-9:
        return None
    gain = -float(left @ change @ right / (left @ right))
    return gain if gain > 0 else None


def _at_rest(matrix: np.ndarray) -> np.ndarray | None:
    """The eigenvector of the eigenvalue 1; None without one."""
    values, vectors = np.linalg.eig(matrix)
    place = int(np.abs(values - 1).argmin())
    if abs(values[place] - 1) > 1e-9:
        return None
    return np.asarray(vectors[:, place].real)
