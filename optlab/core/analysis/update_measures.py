"""What two gradients in a row do to a step: does a rule speed up or slow down?

Each measure compares the second step of a rule with the second step of the same rule without the
part in question, for one weight, from its gradients ``g1`` and ``g2``.  Positive values speed up,
negative ones slow down.  All functions are element-wise over arrays that broadcast together, so
that a map over (g1, g2) is one call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from optlab.core.contours import contour_lines
from optlab.core.formula.emit import Array
from optlab.core.parameters import Interval, parse_interval


def momentum_measure(g1: Array, g2: Array, alpha: float) -> Array:
    """C_m: what momentum adds to the movement along the first gradient.

    With m(1) = g1 and m(2) = α g1 + g2, the change m(2) − m(1) where g1 is not negative, and
    m(1) − m(2) where it is; it jumps at g1 = 0.  ``alpha`` from 0 to 1.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    change = alpha * g1 + g2 - g1
    return np.where(g1 >= 0, change, -change)


def adaptive_measure(
    g1: Array, g2: Array, beta2: float, eta: float = 1.0, epsilon: float = 1e-8
) -> Array:
    """C_a: how much longer the second step is for being divided by the recent size of the slope.

    |η v(2)| − |η g2| with v(2) = g2/√(s(2) + ε), s(2) = (1 − β2)(β2 g1² + g2²).
    ``beta2`` from 0 to 1, ``epsilon`` above 0.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    second = _second_moment(g1, g2, beta2)
    return np.abs(eta * g2 / np.sqrt(second + epsilon)) - np.abs(eta * g2)


def adam_measure(
    g1: Array,
    g2: Array,
    beta1: float = 0.9,
    beta2: float = 0.999,
    *,
    corrected: bool = True,
    eta: float = 1.0,
    epsilon: float = 1e-8,
) -> Array:
    """C_A: how much longer Adam's second step is than that of gradient descent.

    |η m̂(2)/√(ŝ(2) + ε)| − |η g2|, where m(2) = β1(1 − β1)g1 + (1 − β1)g2 and s(2) likewise with
    β2 and squares.  ``corrected`` divides the moments by 1 − β² first; without it the moments
    themselves are used.  ``beta1`` and ``beta2`` from 0, below 1.
    """
    g1, g2 = np.asarray(g1, np.float64), np.asarray(g2, np.float64)
    first = (1 - beta1) * (beta1 * g1 + g2)
    second = _second_moment(g1, g2, beta2)
    if corrected:
        first = first / (1 - beta1**2)
        second = second / (1 - beta2**2)
    return np.abs(eta * first / np.sqrt(second + epsilon)) - np.abs(eta * g2)


def correction_factor(beta1: float = 0.9, beta2: float = 0.999) -> float:
    """√(1 − β2²)/(1 − β1²): by how much the correction changes the second step, but for ε."""
    return float(np.sqrt(1 - beta2**2) / (1 - beta1**2))


def _second_moment(g1: Array, g2: Array, beta2: float) -> Array:
    return (1 - beta2) * (beta2 * g1**2 + g2**2)


REACH: Final = 2.0
"""Both gradients go from minus this to this."""

_LEVELS_EACH_SIDE = 5
_TAIL = 0.995

Settings = Mapping[str, float]


@dataclass(frozen=True)
class MeasureSetting:
    """A number that a measure depends on; ``low`` and ``high`` are the ends of its slider."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    log: bool
    allowed: str
    help: str

    @property
    def range(self) -> Interval:
        """The values that are allowed."""
        return parse_interval(self.allowed)


@dataclass(frozen=True)
class UpdateMeasure:
    """One measure: its ``symbol``, a title in words, and its value for (g1, g2, settings)."""

    symbol: str
    title: str
    value: Callable[[Array, Array, Settings], Array]


@dataclass(frozen=True)
class MeasureGroup:
    """Measures that are shown together.

    ``formulas`` are pairs of Unicode and LaTeX; ``note`` says something more about the settings;
    ``own`` are defaults of this group alone.
    """

    key: str
    title: str
    settings: tuple[str, ...]
    measures: tuple[UpdateMeasure, ...]
    formulas: tuple[tuple[str, str], ...]
    note: Callable[[Settings], str] = lambda _settings: ""
    own: tuple[tuple[str, float], ...] = ()

    def defaults(self) -> dict[str, float]:
        """The settings to begin with."""
        usual = {name: SETTINGS[name].default for name in self.settings}
        return usual | dict(self.own)


@dataclass(frozen=True, eq=False)
class MeasureMap:
    """``values`` (rows along g2, columns along g1) at the middles of cells that fill the square,
    and contour ``lines`` (n, 2), each at ``levels[k]`` of the picture, ``k`` in ``line_levels``."""

    measure: UpdateMeasure
    values: Array
    lines: tuple[Array, ...]
    line_levels: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class UpdateMeasurePicture:
    """All maps of a group; colours go from -``limit`` to ``limit``."""

    group: MeasureGroup
    limit: float
    levels: Array
    maps: tuple[MeasureMap, ...]


def _momentum(g1: Array, g2: Array, s: Settings) -> Array:
    return momentum_measure(g1, g2, s["alpha"])


def _adaptive(g1: Array, g2: Array, s: Settings) -> Array:
    return adaptive_measure(g1, g2, s["beta2"], s["eta"], s["epsilon"])


def _adam(g1: Array, g2: Array, s: Settings, corrected: bool) -> Array:
    return adam_measure(
        g1, g2, s["beta1"], s["beta2"], corrected=corrected, eta=s["eta"], epsilon=s["epsilon"]
    )


def _factor(s: Settings) -> str:
    factor = correction_factor(s["beta1"], s["beta2"])
    return f"correction: second step × {factor:.3g}"


_ALL = (
    MeasureSetting("alpha", "α", 0.9, 0.0, 1.0, False, "[0, 1]", "how much of the memory is kept"),
    MeasureSetting("beta1", "β₁", 0.9, 0.0, 0.999, False, "[0, 1)", "decay of the first moment"),
    MeasureSetting(
        "beta2", "β₂", 0.999, 0.0, 0.9999, False, "[0, 1)", "decay of the second moment"
    ),
    MeasureSetting("eta", "η", 1.0, 0.01, 10.0, True, "(0, inf)", "learning rate"),
    MeasureSetting("epsilon", "ε", 1e-8, 1e-10, 1.0, True, "(0, inf)", "keeps the root above zero"),
)
SETTINGS: Mapping[str, MeasureSetting] = MappingProxyType(
    {setting.name: setting for setting in _ALL}
)
"""Everything that can be set, by name."""

GROUPS: Mapping[str, MeasureGroup] = MappingProxyType(
    {
        group.key: group
        for group in (
            MeasureGroup(
                "acceleration",
                "Acceleration",
                ("alpha",),
                (UpdateMeasure("Cₘ", "acceleration by momentum", _momentum),),
                (
                    (
                        "Cₘ = sign(g₁) (m(2) − m(1)), sign(0) = 1",
                        r"C_m = \mathrm{sign}(g_1)\,(m(2) - m(1))",
                    ),
                    (
                        "m(1) = g₁, m(2) = α g₁ + g₂",
                        r"m(1) = g_1, \quad m(2) = \alpha g_1 + g_2",
                    ),
                ),
            ),
            MeasureGroup(
                "length",
                "Adaptive step",
                ("beta2", "eta", "epsilon"),
                (UpdateMeasure("Cₐ", "longer by the adaptive step", _adaptive),),
                (
                    (
                        "Cₐ = |η g₂/√(s(2) + ε)| − |η g₂|",
                        r"C_a = \left|\eta \frac{g_2}{\sqrt{s(2) + \epsilon}}\right|"
                        r" - |\eta g_2|",
                    ),
                    (
                        "s(2) = (1 − β₂)(β₂ g₁² + g₂²)",
                        r"s(2) = (1 - \beta_2)(\beta_2 g_1^2 + g_2^2)",
                    ),
                ),
                own=(("beta2", 0.9),),
            ),
            MeasureGroup(
                "correction",
                "Adam, bias corrected or not",
                ("beta1", "beta2", "eta", "epsilon"),
                (
                    UpdateMeasure("C_A", "corrected", partial(_adam, corrected=True)),
                    UpdateMeasure("C̃_A", "not corrected", partial(_adam, corrected=False)),
                ),
                (
                    (
                        "C_A = |η m̂(2)/√(ŝ(2) + ε)| − |η g₂|, C̃_A with m(2), s(2)",
                        r"C_A = \left|\eta \frac{m(2)/(1-\beta_1^2)}"
                        r"{\sqrt{s(2)/(1-\beta_2^2) + \epsilon}}\right| - |\eta g_2|",
                    ),
                    (
                        "C̃_A = |η m(2)/√(s(2) + ε)| − |η g₂|",
                        r"\tilde{C}_A = \left|\eta \frac{m(2)}{\sqrt{s(2) + \epsilon}}\right|"
                        r" - |\eta g_2|",
                    ),
                ),
                _factor,
            ),
        )
    }
)
"""What can be shown, by key."""


def measure_picture(key: str, settings: Settings, cells: int = 160) -> UpdateMeasurePicture:
    """The maps of a group, with ``cells`` (even) along each side. Raises KeyError."""
    group = GROUPS[key]
    h = 2 * REACH / cells
    middles = -REACH + h * (np.arange(cells) + 0.5)
    g1, g2 = np.meshgrid(middles, middles)
    grids = [np.asarray(m.value(g1, g2, settings)) for m in group.measures]
    limit = _limit(grids)
    levels = _levels(limit)
    maps = tuple(
        MeasureMap(measure, grid, *_lines(measure, settings, levels, cells // 2 + 1))
        for measure, grid in zip(group.measures, grids, strict=True)
    )
    return UpdateMeasurePicture(group, limit, levels, maps)


def _limit(grids: list[Array]) -> float:
    sizes = np.concatenate([np.abs(grid[np.isfinite(grid)]) for grid in grids])
    limit = float(np.quantile(sizes, _TAIL)) if sizes.size else 1.0
    return limit if limit > 0 else 1.0


def _levels(limit: float) -> Array:
    rough = limit / _LEVELS_EACH_SIDE
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= 0.999 * rough)
    count = math.floor(limit / step)
    return np.arange(-count, count + 1, dtype=np.float64) * step


def _lines(
    measure: UpdateMeasure, settings: Settings, levels: Array, points: int
) -> tuple[tuple[Array, ...], tuple[int, ...]]:
    """The contour lines of both halves: a measure may jump at g1 = 0."""
    lines: list[Array] = []
    owners: list[int] = []
    upright = np.linspace(-REACH, REACH, 2 * points - 1)
    before_zero = -np.finfo(np.float64).tiny
    for low, high in ((-REACH, before_zero), (0.0, REACH)):
        across = np.linspace(low, high, points)
        grid = np.asarray(measure.value(*np.meshgrid(across, upright), settings))
        found = contour_lines(across, upright, grid, levels)
        lines += found.lines
        owners += found.level_index.tolist()
    return tuple(lines), tuple(owners)


def values_at(
    key: str, settings: Settings, g1: float, g2: float
) -> list[tuple[UpdateMeasure, float]]:
    """The measures of a group with their values at one place."""
    one, other = np.array([g1]), np.array([g2])
    return [(m, float(np.asarray(m.value(one, other, settings))[0])) for m in GROUPS[key].measures]
