"""The value of every part of an equation at one step, with the very bits of the run.

A value is a float, or a tuple with one float per weight.  Parts are computed with the reference
functions of the language, and whole powers are multiplied out as in the generated code, so that
the value of a whole equation is what the trajectory has recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from optlab.core.formula.compiled import Array
from optlab.core.formula.evaluate import evaluate
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS, OPERATIONS, step_power
from optlab.core.gradient import NOISE_CHUNK, NOISE_STAGES, noise_block, stage_tree
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec
from optlab.core.run.building import is_step_power

Value = float | tuple[float, ...]
Values = Mapping[Node, Value]

_BASE = "base"


def components(value: Value, size: int) -> tuple[float, ...]:
    """A value with one float per weight; a scalar stands for all of them."""
    return value if isinstance(value, tuple) else (value,) * size


def part_values(tree: Node, scope: Mapping[str, Value], machine: Machine) -> dict[Node, Value]:
    """The values of a tree and of all its parts. ``scope`` has the values of the symbols."""
    done: dict[Node, Value] = {}
    for part in postorder(tree):
        if isinstance(part, Number):
            done[part] = part.value
        elif isinstance(part, Symbol):
            done[part] = scope[part.name] if part.name in scope else CONSTANTS[part.name]
        else:
            done[part] = machine.apply(part, [done[arg] for arg in part.args])
    return done


@lru_cache(maxsize=1024)
def _multiplied_out(exponent: Node) -> Node | None:
    """The product that a power with this exponent is computed as, or None for a true power."""
    product = lower(Apply("pow", (Symbol(_BASE), exponent)))
    return None if isinstance(product, Apply) and product.operation == "pow" else product


@dataclass(frozen=True)
class Stage:
    """One treatment of a gradient: its formula, and what stood in it."""

    name: str
    tree: Node
    values: Values


@dataclass(frozen=True)
class TreatedGradient:
    """A gradient as the problem gives it, and what each treatment made of it."""

    raw: tuple[float, ...]
    stages: tuple[Stage, ...]

    @property
    def value(self) -> tuple[float, ...]:
        """What the rule gets."""
        last = self.stages[-1].values[self.stages[-1].tree] if self.stages else self.raw
        return components(last, len(self.raw))


class Machine:
    """Computes as a run does, at one step (counted from 1).

    ``schedule``: computes a schedule, whose formula counts its own steps.
    """

    def __init__(self, spec: RunSpec, step: int, *, schedule: bool = False) -> None:
        self.size = spec.problem.dimension
        self._spec = spec
        self._step = step
        # The learning rate is a value of the step, also where it stays the same.
        self._constants = None if schedule else spec.parameters.keys() - {LEARNING_RATE}
        self._special: Mapping[str, Callable[..., Value]] = {
            "dot": self._dot,
            "norm": lambda a: math.sqrt(self._dot(a, a)),
            "grad": lambda point: self.gradient(components(point, self.size)).value,
            "loss": lambda point: spec.problem.loss(components(point, self.size)),
            "curvature": lambda point: self._curvature(components(point, self.size)),
        }

    def apply(self, part: Apply, args: list[Value]) -> Value:
        """The value of an operation on values, element by element where one is a vector."""
        if part.operation in self._special:
            return self._special[part.operation](*args)
        compute = self._function(part)
        if any(isinstance(arg, tuple) for arg in args):
            rows = zip(*(components(arg, self.size) for arg in args), strict=True)
            return tuple(compute(*row) for row in rows)
        return compute(*args)

    def _function(self, part: Apply) -> Callable[..., float]:
        if part.operation == "pow":
            if self._constants is not None and is_step_power(part, self._constants):
                return step_power
            product = _multiplied_out(part.args[1])
            if product is not None:
                return lambda base, _exponent: evaluate(product, {_BASE: base})
        compute = OPERATIONS[part.operation].compute
        if compute is None:
            raise ValueError(f"{part.operation} has no value by itself")
        return compute

    def _dot(self, a: Value, b: Value) -> float:
        pairs = zip(components(a, self.size), components(b, self.size), strict=True)
        products = [x * y for x, y in pairs]
        total = products[0]
        for product in products[1:]:
            total += product
        return total

    def _curvature(self, point: tuple[float, ...]) -> Value:
        rows = self._spec.problem.hessian(point)
        l2 = self._spec.treatment.active().get("l2")
        diagonal = tuple(row[i] for i, row in enumerate(rows))
        return diagonal if l2 is None else tuple(value + l2 for value in diagonal)

    def gradient(self, point: tuple[float, ...]) -> TreatedGradient:
        """The gradient at a point, and what the run's treatment makes of it."""
        raw = self._spec.problem.gradient(point)
        value: Value = raw
        stages = []
        for name, strength in self._spec.treatment.active().items():
            scope: dict[str, Value] = {"g": value, "w": point, name: strength}
            if name in NOISE_STAGES:
                scope |= self._noise()
            tree = stage_tree(name)
            values = part_values(tree, scope, self)
            stages.append(Stage(name, tree, values))
            value = values[tree]
        return TreatedGradient(raw, tuple(stages))

    def _noise(self) -> dict[str, Value]:
        chunk, offset = divmod(self._step - 1, NOISE_CHUNK)
        row = tuple(map(float, _noise_chunk(self._spec.seed, chunk, self.size)[offset]))
        return {"n1": row[: self.size], "n2": row[self.size :]}


@lru_cache(maxsize=4)
def _noise_chunk(seed: int, chunk: int, dimension: int) -> Array:
    return noise_block(seed, chunk * NOISE_CHUNK, NOISE_CHUNK, dimension)
