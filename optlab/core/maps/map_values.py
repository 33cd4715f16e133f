"""What a picture of a map shows: a number or a category for each cell, and what they mean.

Pictures are arrays indexed [row, column], the first row at the low end of the second axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.contours import LevelScale
from optlab.core.formula.emit import Array
from optlab.core.maps.basin import LOST, UNDER_WAY, BasinMap
from optlab.core.maps.cells import CellResults, Codes
from optlab.core.maps.map_measures import sweep_values
from optlab.core.run.outcome import OUTCOMES

UNKNOWN = -3
"""The label of a cell that was not computed yet."""
NUMBER = -1
"""The category of a cell that has a number."""
CATEGORIES = ("finished", "converged", "not reached", "diverged", "left the domain")
"""What a cell without a number is."""

_SPANS_DECADES = 100.0
_LOWEST = 1e-16
_TAIL = 0.995
# Differences and quotients of numbers stay finite up to here.
_HUGE = 1e150


@dataclass(frozen=True)
class Attractor:
    """An attractor: where it is, the share of all starts that lead there, and whether it is a
    known minimum; ``steps`` is what half of them need at most (nan where none leads there)."""

    at: tuple[float, ...]
    share: float
    known: bool
    steps: float


@dataclass(frozen=True, eq=False)
class BasinPicture:
    """Basins to look at.

    ``labels``: an index into ``places``, UNDER_WAY, LOST or UNKNOWN; ``strength``: 1 for the
    ``fewest`` steps or less to 0 for the ``most`` or more, logarithmic between; ``under_way`` and
    ``lost`` are shares of the computed cells.
    """

    labels: Codes
    strength: Array
    places: tuple[Attractor, ...]
    under_way: float
    lost: float
    fewest: int
    most: int


@dataclass(frozen=True)
class ValueScale:
    """How numbers become shares 0 … 1 of a colour map; they count from ``base``.

    ``low`` and ``high`` are numbers above the base.
    """

    scale: LevelScale
    low: float
    high: float
    base: float = 0.0

    def share(self, values: Array) -> Array:
        """The share of each number; nan stays nan, and one beyond an end counts as the end."""
        if not self.high > self.low:
            return np.where(np.isnan(values), np.nan, 0.5)
        above = np.clip(values - self.base, self.low, self.high)
        if self.scale == "linear":
            return np.asarray((above - self.low) / (self.high - self.low))
        return np.asarray(np.log(above / self.low) / math.log(self.high / self.low))


@dataclass(frozen=True, eq=False)
class SweepPicture:
    """A measure to look at.

    ``codes``: NUMBER, an index into CATEGORIES, or UNKNOWN; ``shares``: the number of a cell as a
    share of the colour map, nan where it has none; ``scale`` is None where no cell has one;
    ``categories`` are the shares of the computed cells in each category.
    """

    measure: str
    codes: Codes
    shares: Array
    scale: ValueScale | None
    categories: tuple[float, ...]


def basin_picture(
    basins: BasinMap, shape: tuple[int, int], known: npt.NDArray[np.bool_], minima: int
) -> BasinPicture:
    """The picture of a basin map of the ``known`` cells (a mask over all, row by row).

    ``minima`` of the attractors are known ones; they come first.
    """
    total = max(1, len(basins.labels))
    places = []
    for index, at in enumerate(basins.attractors):
        mine = basins.labels == index
        count = int(np.count_nonzero(mine))
        steps = float(np.median(basins.steps[mine])) if count else math.nan
        places.append(Attractor(tuple(map(float, at)), count / total, index < minima, steps))
    labels = np.full(len(known), UNKNOWN, dtype=np.int8)
    labels[known] = basins.labels
    strength = np.zeros(len(known))
    fewest, most = _usual(basins.steps[basins.labels >= 0])
    if most > fewest:
        top = math.log((most + 1) / (fewest + 1))
        needed = np.clip(basins.steps, fewest, most)
        strength[known] = 1.0 - np.log((needed + 1) / (fewest + 1)) / top
    else:
        strength[known] = 1.0
    return BasinPicture(
        labels.reshape(shape),
        strength.reshape(shape),
        tuple(places),
        float(np.count_nonzero(basins.labels == UNDER_WAY)) / total,
        float(np.count_nonzero(basins.labels == LOST)) / total,
        fewest,
        most,
    )


def _usual(steps: Array) -> tuple[int, int]:
    """The fewest and the most steps, without the few starts that lie on an attractor or far off."""
    if not len(steps):
        return 0, 0
    low, high = np.quantile(steps[:: max(1, len(steps) // 50_000) | 1], (0.01, 0.99))
    return int(low), math.ceil(high)


def measure_picture(
    ends: CellResults,
    measure: str,
    shape: tuple[int, int],
    known: npt.NDArray[np.bool_],
    lowest: float | None = None,
) -> SweepPicture:
    """The picture of a measure. ``ends`` are those of all cells; ``known`` says which count.

    ``lowest`` is the lowest known loss, from which final losses are counted.  Raises SettingError
    for an unknown measure.
    """
    values = sweep_values(ends, measure)
    codes = _codes(ends, measure, values)
    codes[~known] = UNKNOWN
    numbers = np.where(codes == NUMBER, values, np.nan)
    scale = _scale(numbers[codes == NUMBER], lowest if measure == "loss" else 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.full(len(codes), np.nan) if scale is None else scale.share(numbers)
    total = max(1, int(np.count_nonzero(known)))
    counts = [np.count_nonzero(codes == index) / total for index in range(len(CATEGORIES))]
    return SweepPicture(
        measure, codes.reshape(shape), shares.reshape(shape), scale, tuple(map(float, counts))
    )


def _codes(ends: CellResults, measure: str, values: Array) -> Codes:
    kinds = [OUTCOMES[i] for i in range(len(OUTCOMES))]
    ended = _category_of(kinds)[ends.outcome]
    if measure == "outcome":
        return ended
    codes = np.full(len(values), NUMBER, dtype=np.int8)
    bad = ended >= CATEGORIES.index("diverged")
    if measure == "steps":
        # A run that arrives and diverges later has arrived.
        codes[np.isinf(values)] = CATEGORIES.index("not reached")
        bad &= np.isinf(values)
    codes[bad] = ended[bad]
    codes[(codes == NUMBER) & ~np.isfinite(values)] = CATEGORIES.index("left the domain")
    return codes


def _category_of(kinds: Sequence[str]) -> Codes:
    words = {"left_domain": "left the domain"}
    return np.array([CATEGORIES.index(words.get(kind, kind)) for kind in kinds], dtype=np.int8)


def _scale(numbers: Array, base: float | None) -> ValueScale | None:
    """A scale for finite numbers: logarithmic where they span decades, without a far tail."""
    if not len(numbers):
        return None
    numbers = np.clip(numbers, -_HUGE, _HUGE)
    least, most = float(numbers.min()), float(numbers.max())
    if base is None or not math.isfinite(base) or least < base:
        base = least
    above = numbers - base
    top = float(np.quantile(above[:: max(1, len(above) // 50_000) | 1], _TAIL))
    high = most - base if most - base <= _SPANS_DECADES * top else top
    positive = above[above > 0]
    low = max(float(positive.min()), high * _LOWEST) if len(positive) else 0.0
    if len(positive) and high > _SPANS_DECADES * low:
        return ValueScale("log", low, high, base)
    return ValueScale("linear", least - base, high, base)
