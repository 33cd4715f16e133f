"""The learning rate above which a rule turns unstable on the quadratic model at a point.

On a quadratic model a rule whose equations are linear in gradient and memory multiplies the
distance from the minimum, and its memory, by a matrix in every step; it is stable while no
eigenvalue of that matrix is larger than 1.  For gradient descent that is η < 2/λ, for heavy-ball
momentum η < 2(1 + α)/λ (Polyak 1964).  A rule that divides by a remembered size of the gradient
is linear while that size stays as it is now, which gives its preconditioned limit (Cohen et al.
2022, arXiv:2207.14484).  Rules that are not linear even then have none.

Everything is read off the equations: no rule and no parameter is known by its name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optlab.core.analysis.curvature import Curvature
from optlab.core.formula.emit import Array
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder, symbols
from optlab.core.formula.operations import CONSTANTS, OPERATIONS
from optlab.core.parameters import Parameter, Role
from optlab.core.rules import LEARNING_RATE, Variant
from optlab.core.rules.state_roles import meanings
from optlab.core.run import RunSpec, Trajectory

_GROWTH = 1 + 1e-6
"""An eigenvalue up to this size is no instability: rounding and flat directions give as much."""
LATE = 1e12
"""The step at which what only corrects the start has ended."""
_OCTAVES, _REFINEMENTS = 40, 3

Value = float | Array
"""A constant (one number, or shape (n,)), or a linear map of the state, shape (n, columns)."""


class NotLinearError(Exception):
    """A formula that is no linear map of weights and memory."""


@dataclass(frozen=True)
class Kept:
    """The share of a memory that a step keeps: a parameter and its value."""

    parameter: Parameter
    value: float

    def __str__(self) -> str:
        return f"{self.parameter.symbol} = {self.value:g}"


@dataclass(frozen=True)
class Stability:
    """The largest stable learning rate here.

    ``preconditioned``: it holds for the remembered sizes of the gradient as they are now.
    ``momentum`` and ``decay`` of the sizes, where the rule has one that is switched on.
    ``plain``: the rule is gradient descent here.
    """

    limit: float
    preconditioned: bool
    plain: bool
    momentum: Kept | None
    decay: Kept | None

    def sentence(self, eta: float) -> str:
        """What to say where η is above the limit, or nothing."""
        if not eta > self.limit:
            return ""
        if self.plain:
            return f"η above 2/λmax = {self.limit:.3g}, the limit of plain descent here"
        kind = "preconditioned limit" if self.preconditioned else "limit"
        return f"η above {self.limit:.3g}, the {kind} of this rule here{self._with}"

    @property
    def text(self) -> str:
        """The limit in words; nothing where it is that of plain descent."""
        if self.plain:
            return ""
        kind = "preconditioned " if self.preconditioned else ""
        return f"this rule{self._with}: {kind}η < {self.limit:.3g}"

    @property
    def _with(self) -> str:
        kept = [f"momentum {self.momentum}"] if self.momentum is not None else []
        kept += [str(self.decay)] if self.decay is not None and self.preconditioned else []
        return f" with {', '.join(kept)}" if kept else ""


def stability_at(
    spec: RunSpec,
    trajectory: Trajectory,
    step: int,
    curvature: Curvature,
    *,
    if_unstable: bool = False,
) -> Stability | None:
    """The limit of a run's rule after ``step`` updates; None for rules that have none.

    ``curvature`` is that of the point there.  Directions in which the surface bends downwards
    are left out: no learning rate is stable in them.  ``if_unstable``: None also where the
    learning rate is stable, which is found ten times as fast as the limit.
    """
    variant = spec.rule.variant(spec.options)
    row = max(step, 1)
    if not variant.equations or trajectory.steps < row or curvature.largest <= 0:
        return None
    if not curvature.complete:
        return None
    bent = np.maximum(curvature.eigenvalues, 0.0)
    hessian = (curvature.directions * bent) @ curvature.directions.T
    hessian += (spec.treatment.l2 or 0.0) * np.eye(len(bent))
    rate = float(trajectory[LEARNING_RATE][row])
    try:
        model = StepModel(spec, hessian, _recorded_memory(variant, trajectory, row))
        # What corrects the start is strong in the first steps alone.
        times = (float(row), LATE)
        if if_unstable and not all(_is_unstable(model.matrix(rate, t)).any() for t in times):
            return None
        limit = max(_limit(model, rate, t) for t in times)
    except NotLinearError:
        return None
    plain = not model.sizes and not model.moving
    return Stability(
        limit,
        bool(model.sizes),
        plain,
        _in_role(spec, variant, "momentum"),
        _in_role(spec, variant, "second_moment_decay"),
    )


def _in_role(spec: RunSpec, variant: Variant, role: Role) -> Kept | None:
    """The parameter of a role where the chosen options leave it in force, and it is not 0."""
    parameter = spec.rule.in_role(role)
    if parameter is None or parameter.name not in variant.parameters:
        return None
    value = spec.parameters[parameter.name]
    return Kept(parameter, value) if value > 0 else None


def _recorded_memory(variant: Variant, trajectory: Trajectory, row: int) -> dict[str, Value]:
    """The memory that a step takes as it is: sizes after it, single numbers before it."""
    sizes = _sizes(variant)
    memory: dict[str, Value] = {}
    for variable in variant.state:
        if variable.scalar:
            memory[variable.name] = float(trajectory[variable.name][row - 1])
        elif variable.name in sizes:
            columns = trajectory.vectors[variable.name]
            memory[variable.name] = np.array([float(trajectory[name][row]) for name in columns])
    return memory


def _sizes(variant: Variant) -> set[str]:
    return {name for name, meaning in meanings(variant).items() if meaning == "size"}


class StepModel:
    """One update as a matrix, at a learning rate; ``held`` is the memory that is taken as it is.

    Raises NotLinearError for a rule whose steps are not all alike.
    """

    def __init__(self, spec: RunSpec, hessian: Array, held: Mapping[str, Value]) -> None:
        self._spec = spec
        self._variant = spec.rule.variant(spec.options)
        self._hessian = hessian
        self._held = held
        sizes = _sizes(self._variant)
        memory = [variable.name for variable in self._variant.state if not variable.scalar]
        self.sizes = [name for name in memory if name in sizes]
        """The memory that is taken as it is."""
        self.moving = [name for name in memory if name not in sizes]
        """The memory that the matrix moves, beside w."""
        if any(map(_is_periodic, (equation.tree for equation in self._variant.equations))):
            raise NotLinearError

    def matrix(self, eta: float, t: float) -> Array:
        """The update of (w, memory) in step ``t``. Raises NotLinearError."""
        names = ("w", *self.moving)
        count, columns = len(self._hessian), len(self._hessian) * len(names)
        known: dict[str, Value] = {**CONSTANTS, **self._spec.parameters, LEARNING_RATE: eta, "t": t}
        known |= {name: np.eye(count, columns, i * count) for i, name in enumerate(names)}
        known["g"] = self._hessian @ np.asarray(known["w"])
        known |= self._held
        for equation in self._variant.equations:
            target = equation.target
            if target in self.sizes:
                continue
            try:
                known[target] = _value(equation.tree, known, self._hessian)
            except NotLinearError:
                known.pop(target, None)  # a hindrance only where a map is made of it
        if not known.keys() >= set(names):
            raise NotLinearError
        blocks = [np.asarray(value) for value in map(known.__getitem__, names)]
        # What is constant keeps no memory of the state.
        maps = [block if _is_map(block) else np.zeros((count, columns)) for block in blocks]
        matrix = np.vstack(maps)
        if not np.isfinite(matrix).all():
            raise NotLinearError
        return matrix


def affine(model: StepModel, rate: float, t: float) -> tuple[Array, Array]:
    """The matrix of a step as ``still`` + η · ``change``. Raises NotLinearError."""
    still, once, twice = (model.matrix(eta, t) for eta in (0.0, rate, 2 * rate))
    change = (once - still) / rate
    if not np.allclose(still + 2 * rate * change, twice, rtol=1e-9, atol=1e-12):
        raise NotLinearError
    return still, change


def _limit(model: StepModel, rate: float, t: float) -> float:
    """The smallest unstable learning rate, to four digits; looked for around ``rate``.

    Raises NotLinearError where no learning rate is the largest stable one.
    """
    if not (math.isfinite(rate) and rate > 0):
        raise NotLinearError
    still, change = affine(model, rate, t)
    rates = rate * np.exp2(np.linspace(-_OCTAVES, _OCTAVES, 8 * _OCTAVES + 1))
    for _ in range(_REFINEMENTS):
        matrices = still + rates[:, None, None] * change
        first = int(_is_unstable(matrices).argmax())
        if first == 0:
            raise NotLinearError  # stable everywhere, or nowhere: the rate does not decide it
        rates = np.linspace(rates[first - 1], rates[first], 65)
    return float(rates[-1])


def _is_unstable(matrices: Array) -> npt.NDArray[np.bool_]:
    """Whether what each matrix (..., k, k) moves grows."""
    largest = np.abs(np.linalg.eigvals(matrices)).max(axis=-1)
    return np.asarray(largest > _GROWTH)


def _is_periodic(tree: Node) -> bool:
    """Whether some steps are unlike others for ever, as in every fifth: no one step tells."""
    return any(
        isinstance(part, Apply) and part.operation in ("mod", "floor") and "t" in symbols(part)
        for part in postorder(tree)
    )


def _value(tree: Node, known: Mapping[str, Value], hessian: Array) -> Value:
    done: dict[Node, Value] = {}
    for part in postorder(tree):
        if isinstance(part, Number):
            done[part] = part.value
        elif isinstance(part, Symbol):
            if part.name not in known:
                raise NotLinearError
            done[part] = known[part.name]
        else:
            done[part] = _of_operation(part, [done[arg] for arg in part.args], hessian)
    return done[tree]


def _of_operation(part: Apply, args: list[Value], hessian: Array) -> Value:
    operation = part.operation
    if operation == "grad" and _is_map(args[0]):
        product: Array = hessian @ np.asarray(args[0])
        return product
    if not any(map(_is_map, args)):
        return _of_constants(operation, args)
    if operation == "neg":
        negative: Array = -np.asarray(args[0])
        return negative
    if operation in ("add", "sub"):
        # A constant moves the place of rest, not the stability around it.
        first, second = (np.asarray(arg) if _is_map(arg) else np.zeros(()) for arg in args)
        total: Array = first + second if operation == "add" else first - second
        return total
    if operation == "mul" and not all(map(_is_map, args)):
        factor, factors = (args[1], args[0]) if _is_map(args[0]) else (args[0], args[1])
        scaled: Array = _column(factor) * np.asarray(factors)
        return scaled
    if operation == "div" and _is_map(args[0]) and not _is_map(args[1]):
        quotient: Array = np.asarray(args[0]) / _column(args[1])
        return quotient
    if operation == "where" and np.ndim(args[0]) == 0:
        return args[1] if args[0] else args[2]
    raise NotLinearError


def _of_constants(operation: str, args: list[Value]) -> Value:
    compute = OPERATIONS[operation].compute
    if compute is None:
        raise NotLinearError
    if all(np.ndim(arg) == 0 for arg in args):
        return float(compute(*args))
    rows = zip(*(spread.tolist() for spread in np.broadcast_arrays(*args)), strict=True)
    return np.array([compute(*row) for row in rows])


def _is_map(value: Value) -> bool:
    return np.ndim(value) == 2


def _column(value: Value) -> Array:
    return np.reshape(np.asarray(value, dtype=np.float64), (-1, 1))
