"""How fast a rule converges on a quadratic, over ηλ and one of its parameters.

On E = λw²/2 a rule whose equations are linear in gradient and memory multiplies (w, memory) by a
matrix in every step.  Its spectral radius is the factor by which errors shrink in the long run; at
1 the rule is at its limit.  A rule that divides by a remembered size of the gradient is taken with
that size held at 1, so that ηλ stands for ηλ/√s (Cohen et al. 2022, arXiv:2207.14484).

Everything is read off the equations.  Theory is put beside it where matrix and theory agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optlab.core.analysis.stability import LATE, NotLinearError, StepModel, Value, affine
from optlab.core.formula.emit import Array
from optlab.core.parameters import Interval, Parameter, SettingError
from optlab.core.problems import formula_problem
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec, run

COARSEST, FINEST = 2, 512
_SETTLED = 2000
"""Steps after which single numbers that a rule remembers are near their limits."""
_EDGE = 1e-9
_HALVINGS = 24


@dataclass(frozen=True)
class Theory:
    """A known method with a momentum p: trace and determinant of its matrix at x = ηλ, and the x
    at which it turns unstable."""

    name: str
    formula: str
    trace: Callable[[Array, Array], Array]
    determinant: Callable[[Array, Array], Array]
    limit: Callable[[Array], Array]


THEORIES = (
    Theory(
        "heavy ball (Polyak 1964)",
        "2(1 + p)",
        lambda x, p: 1 + p - x,
        lambda x, p: p + 0 * x,
        lambda p: 2 * (1 + p),
    ),
    Theory(
        "moving average",
        "2(1 + p)/(1 − p)",
        lambda x, p: 1 + p - (1 - p) * x,
        lambda x, p: p + 0 * x,
        lambda p: 2 * (1 + p) / (1 - p),
    ),
    Theory(
        "Nesterov's method",
        "2(1 + p)/(1 + 2p)",
        lambda x, p: (1 + p) * (1 - x),
        lambda x, p: p * (1 - x),
        lambda p: 2 * (1 + p) / (1 + 2 * p),
    ),
)


DELAY = Parameter(
    "delay",
    "τ",
    0.0,
    Interval(0.0, 64.0, low_open=False, high_open=False),
    "linear",
    (0.0, 16.0),
    "updates by which the gradient is late",
)
"""What a stability map may have on its side beside the parameters of a rule: whole numbers."""
DELAYED = Theory(
    "delayed gradient descent",
    "2 sin(π/(4τ + 2))",
    lambda x, p: 1 - x,
    lambda x, p: 1 - x,
    lambda p: 2 * np.sin(np.pi / (4 * p + 2)),
)


@dataclass(frozen=True)
class StabilityMap:
    """``radius`` (rows, columns) over ``x`` = ηλ (columns) and the values ``y`` of a parameter.

    ``limit`` is the smallest x of each row at which the rule turns unstable, nan where it is
    stable, or unstable, all along.  ``held`` names the sizes that are held at 1.  ``theory`` is a
    method with the same matrix, and ``theory_limit`` its limits.
    """

    parameter: Parameter
    x: Array
    y: Array
    radius: Array
    limit: Array
    held: tuple[str, ...]
    theory: Theory | None
    theory_limit: Array | None


def varied_parameter(spec: RunSpec, name: str = "") -> Parameter:
    """The parameter of the other side: the named one, else a momentum, else the first there is.

    Raises :class:`SettingError`.
    """
    variant = spec.rule.variant(spec.options)
    known = [spec.rule.parameters[key] for key in variant.parameters if key != LEARNING_RATE]
    known.append(DELAY)
    if not name:
        role = spec.rule.in_role("momentum")
        return role if role in known else known[0]
    for parameter in known:
        if parameter.name == name:
            return parameter
    names = ", ".join(parameter.name for parameter in known)
    raise SettingError("parameter", f"'{name}' is not one of {spec.rule.key}; known are {names}")


def stability_map(spec: RunSpec, parameter: Parameter, x: Array, y: Array) -> StabilityMap:
    """The spectral radius of a run's rule over ηλ and a parameter; both ascending.

    Raises :class:`SettingError` for a rule that is not linear, or a value out of range.
    """
    spec = replace(
        spec, problem=formula_problem("w1^2/2", ("w1",)), start=(1.0,), then=(), memory={}
    )
    if parameter is DELAY:
        return _delay_map(spec, x, np.unique(np.rint([DELAY.check(float(value)) for value in y])))
    held: tuple[str, ...] = ()
    rows, traces, determinants, limits = [], [], [], []
    for value in y:
        settings = {**spec.parameters, parameter.name: parameter.check(float(value))}
        still, change, held = _step(replace(spec, parameters=settings))
        matrices = still + x[:, None, None] * change
        rows.append(_radius(matrices))
        limits.append(_limit(x, rows[-1], still, change))
        traces.append(np.trace(matrices, axis1=-2, axis2=-1))
        determinants.append(np.linalg.det(matrices) if matrices.shape[-1] == 2 else None)
    radius = np.array(rows)
    theory = None
    if parameter.role == "momentum" and all(part is not None for part in determinants):
        theory = _theory(x[None, :], y[:, None], np.array(traces), np.array(determinants))
    known = None if theory is None else theory.limit(np.where(y < 1, y, np.nan))
    return StabilityMap(parameter, x, y, radius, np.array(limits), held, theory, known)


def _delay_map(spec: RunSpec, x: Array, delays: Array) -> StabilityMap:
    """The map over whole delays: the gradient of a step is that of the weights so many updates
    before, which the state then holds as well.  Raises :class:`SettingError`."""
    still, change, held = _step(spec)
    own = [part - other for part, other in zip((still, change), _step(spec, 0.0)[:2], strict=True)]
    size = len(still)
    if any(part[:, 1:].any() for part in own):
        reason = f"'{spec.rule.key}' takes its gradients beside the weights"
        raise SettingError("delay", f"{reason}; with late ones it has no stability map")
    rows, limits = [], []
    for delay in delays.astype(int).tolist():
        parts = []
        for whole, of_gradient in zip((still, change), own, strict=True):
            part = np.zeros((size + delay, size + delay))
            part[:size, :size] = whole - of_gradient
            part[:size, size + delay - 1 if delay else 0] += of_gradient[:, 0]
            parts.append(part)
        for place in range(delay):  # the weights before move one place on
            parts[0][size + place, size + place - 1 if place else 0] = 1.0
        rows.append(_radius(parts[0] + x[:, None, None] * parts[1]))
        limits.append(_limit(x, rows[-1], *parts))
    plain = size == 1 and np.allclose(still, 1.0) and np.allclose(change, -1.0)
    theory = DELAYED if plain else None
    known = None if theory is None else theory.limit(delays)
    return StabilityMap(DELAY, x, delays, np.array(rows), np.array(limits), held, theory, known)


def _radius(matrices: Array) -> Array:
    """The largest size of an eigenvalue of each matrix (..., k, k)."""
    sizes: Array = np.abs(np.linalg.eigvals(matrices)).max(axis=-1)
    return sizes


def _step(spec: RunSpec, bend: float = 1.0) -> tuple[Array, Array, tuple[str, ...]]:
    """The matrix of a late step, ``still`` + ηλ · ``change``, and the names of the held sizes;
    with ``bend`` 0 as if the loss were flat."""
    held: dict[str, Value] = {}
    variant = spec.rule.variant(spec.options)
    if not variant.equations:
        raise SettingError("rule", f"'{spec.rule.key}' has no equations to read this off")
    if any(variable.scalar for variable in variant.state):
        path = run(
            replace(spec, parameters={**spec.parameters, LEARNING_RATE: 1e-3}, steps=_SETTLED)
        )
        last = path.rows - 1
        held = {v.name: float(path[v.name][last]) for v in variant.state if v.scalar}
    try:
        model = StepModel(spec, bend * np.eye(1), held)
        sizes = tuple(model.sizes)
        model = StepModel(spec, bend * np.eye(1), {**held, **dict.fromkeys(sizes, np.ones(1))})
        still, change = affine(model, 1.0, LATE)
    except NotLinearError:
        reason = f"the steps of '{spec.rule.key}' are no linear map, even at held sizes"
        raise SettingError("rule", f"{reason}; it has no stability map") from None
    return still, change, sizes


def _theory(x: Array, p: Array, trace: Array, determinant: Array) -> Theory | None:
    for theory in THEORIES:
        if np.allclose(trace, theory.trace(x, p)) and np.allclose(
            determinant, theory.determinant(x, p)
        ):
            return theory
    return None


def _limit(x: Array, radius: Array, still: Array, change: Array) -> float:
    """Where the radius of a row first passes 1 from below; nan where it does not."""
    above = radius > 1 + _EDGE
    places = np.flatnonzero(above[1:] & ~above[:-1])
    if not len(places):
        return float("nan")
    low, high = float(x[places[0]]), float(x[places[0] + 1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _radius(still + middle * change) > 1 + _EDGE:
            high = middle
        else:
            low = middle
    return high
