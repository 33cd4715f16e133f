"""Statistics of repeated, tuned runs: profiles, expected best, means and their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Statistic = Callable[[Array], float]


@dataclass(frozen=True)
class ConfidenceInterval:
    """An estimate with the ends of its confidence interval; inf where runs failed."""

    value: float
    low: float
    high: float

    def overlaps(self, other: ConfidenceInterval) -> bool:
        """Whether the two have a number in common."""
        return self.low <= other.high and other.low <= self.high


def performance_profile(
    costs: Mapping[str, Sequence[float]],
) -> tuple[Array, dict[str, Array]]:
    """The share of problems that each solver solves within a factor τ of the best.

    ``costs`` gives for each solver its cost on every problem, inf for a failure; costs are above
    0.  Returns the values of τ, ascending from 1, at which a share changes, and the shares there,
    as steps from the left.  A problem that none solves counts in no share but in the total.  Dolan
    and Moré 2002, doi:10.1007/s101070100263.  The profile depends on which solvers take part.
    Raises ValueError for different numbers of problems and for costs not above 0.
    """
    if not costs:
        return np.ones(1), {}
    if len({len(one) for one in costs.values()}) > 1:
        raise ValueError("each solver needs a cost for every problem")
    table = np.array([list(one) for one in costs.values()], dtype=np.float64)
    if table.size == 0:
        return np.ones(1), {name: np.zeros(1) for name in costs}
    if not (table > 0).all():
        raise ValueError("costs must be above 0; inf stands for a failure")
    best = table.min(axis=0)
    with np.errstate(invalid="ignore"):
        ratios = np.where(np.isinf(table), np.inf, table / best)
    tau = np.unique(np.concatenate(([1.0], ratios[np.isfinite(ratios)])))
    shares = (ratios[:, None, :] <= tau[None, :, None]).mean(axis=2)
    return tau, dict(zip(costs, shares, strict=True))


def expected_best(values: Sequence[float], budgets: Sequence[int]) -> Array:
    """The expected smallest of k of the values, drawn with replacement, for each budget k.

    Closed form (Dodge et al. 2019, arXiv:1909.03004): with values sorted upwards, the smallest of
    k draws is at least the i-th (from 0) with probability ((n − i)/n)ᵏ.  inf where a failure has
    a chance.  Raises ValueError for no values and budgets below 1.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count = len(ordered)
    if count == 0 or min(budgets, default=1) < 1:
        raise ValueError("needs at least one value, and budgets from 1")
    found = []
    for budget in budgets:
        at_least = ((count - np.arange(count + 1)) / count) ** budget
        chance = at_least[:-1] - at_least[1:]
        present = chance > 0
        found.append(float((chance[present] * ordered[present]).sum()))
    return np.array(found)


def interquartile_mean(values: Array) -> float:
    """The mean of the middle half; values at its ends count by the share that lies inside.

    inf where the middle half has a failure.  Agarwal et al. 2021, arXiv:2108.13264.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count = len(ordered)
    if count == 0:
        return math.nan
    edges = np.arange(count + 1) / count
    inside = np.minimum(edges[1:], 0.75) - np.maximum(edges[:-1], 0.25)
    weights = np.maximum(inside, 0.0)
    used = weights > 1e-12
    return float((ordered[used] * weights[used]).sum() / weights[used].sum())


def median(values: Array) -> float:
    """The median; inf where half of the runs or more failed."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if len(ordered) == 0:
        return math.nan
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return float(high if math.isinf(high) else (low + high) / 2)


def bootstrap(
    values: Sequence[float],
    statistic: Statistic = median,
    *,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> ConfidenceInterval:
    """A statistic with its percentile bootstrap interval; the same for the same seed.

    Raises ValueError for no values.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.size == 0:
        raise ValueError("needs at least one value")
    random = np.random.default_rng([seed, 0xB007])
    chosen = random.integers(0, len(numbers), size=(resamples, len(numbers)))
    found = np.sort([statistic(row) for row in numbers[chosen]])
    tail = (1 - level) / 2
    low = found[min(int(tail * resamples), resamples - 1)]
    high = found[min(math.ceil((1 - tail) * resamples) - 1, resamples - 1)]
    return ConfidenceInterval(statistic(numbers), float(low), float(high))


def separates(first: Sequence[float], second: Sequence[float], *, seed: int = 0) -> bool:
    """Whether the bootstrap intervals of both medians have no number in common."""
    return not bootstrap(first, seed=seed).overlaps(bootstrap(second, seed=seed))
