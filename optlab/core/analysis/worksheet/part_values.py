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
from typing import Any

import numpy as np

from optlab.core.formula.dialects.numpy_dialect import (
    ARRAY_NAMES,
    ARRAYS,
    as_components,
    on_vectors,
    total,
)
from optlab.core.formula.emit import Array, define, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Apply, Node, Number, Symbol, postorder
from optlab.core.formula.operations import CONSTANTS, step_power
from optlab.core.gradient_transforms import NOISE_CHUNK, NOISE_STAGES, noise_block, stage_tree
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import Leg
from optlab.core.run.kernels.array_kernel import Answers
from optlab.core.run.step_compiler import is_step_power

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
def _multiplied_out(exponent: Node) -> Callable[..., Any] | None:
    """The product that a power with this exponent is computed as, or None for a true power."""
    product = lower(Apply("pow", (Symbol(_BASE), exponent)))
    if isinstance(product, Apply) and product.operation == "pow":
        return None
    *lines, (_, text) = straight_lines([("power", product)], ARRAYS)
    body = "".join(f"    {name} = {value}\n" for name, value in lines)
    return define(f"def power({_BASE}):\n{body}    return {text}\n", "power", ARRAY_NAMES)


def _value(result: Any) -> Value:
    """A float, or a tuple with one for each weight."""
    return tuple(result.tolist()) if isinstance(result, np.ndarray) else result


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
    """Computes as a run does, at one step (counted from 1), with the operations of its kernels.

    ``weights`` are those before the step.  ``schedule``: computes a schedule, whose formula
    counts its own steps.
    """

    def __init__(
        self, leg: Leg, step: int, weights: tuple[float, ...], *, schedule: bool = False
    ) -> None:
        spec = leg.spec
        self.size = spec.problem.dimension
        self._spec = spec
        self._step = step
        self._weights = np.array(weights)
        batches = leg.batches
        rows = None if batches is None else batches.rows_of(step - leg.sampled)
        self._answers = Answers(spec.problem, rows)
        self._l2 = spec.treatment.active().get("l2")
        # The learning rate is a value of the step, also where it stays the same.
        self._constants = None if schedule else spec.parameters.keys() - {LEARNING_RATE}
        self._special: Mapping[str, Callable[[Array], Value]] = {
            "norm": lambda a: math.sqrt(total(a * a, self.size)),
            "grad": lambda point: self.gradient(tuple(point.tolist())).value,
            "loss": self._loss,
            "curvature": lambda point: self._second(self._answers.curvature(point), 1.0),
            "hessian_product": lambda v: self._second(
                self._answers.hessian_product(self._weights, v), v
            ),
        }

    def norm(self, value: tuple[float, ...]) -> float:
        """The length of a vector, summed as the rules sum."""
        array = np.array(value)
        return math.sqrt(total(array * array, self.size))

    def apply(self, part: Apply, args: list[Value]) -> Value:
        """The value of an operation on values, element by element where one is a vector."""
        with np.errstate(all="ignore"):
            if part.operation == "dot":
                first, second = (as_components(arg, self.size) for arg in args)
                return total(first * second, self.size)
            if part.operation in self._special:
                return self._special[part.operation](as_components(args[0], self.size))
            vectors = [np.array(arg) if isinstance(arg, tuple) else arg for arg in args]
            return _value(self._function(part)(*vectors))

    def _function(self, part: Apply) -> Callable[..., Any]:
        if part.operation == "pow":
            if self._constants is not None and is_step_power(part, self._constants):
                return step_power
            product = _multiplied_out(part.args[1])
            if product is not None:
                return lambda base, _exponent: product(base)
        return on_vectors(part.operation)

    def _loss(self, point: Array) -> float:
        value = self._answers.loss(point)
        return value if self._l2 is None else value + self._l2 * total(point * point, self.size) / 2

    def _second(self, value: Array, along: Array | float) -> Value:
        return _value(value if self._l2 is None else value + self._l2 * along)

    def gradient(self, point: tuple[float, ...]) -> TreatedGradient:
        """The gradient at a point, and what the run's treatment makes of it."""
        raw = tuple(self._answers.gradient(np.array(point)).tolist())
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
        done = self._spec.before + self._step - 1
        chunk, offset = divmod(done, NOISE_CHUNK)
        row = tuple(map(float, _noise_chunk(self._spec.seed, chunk, self.size)[offset]))
        return {"n1": row[: self.size], "n2": row[self.size :]}


@lru_cache(maxsize=4)
def _noise_chunk(seed: int, chunk: int, dimension: int) -> Array:
    return noise_block(seed, chunk * NOISE_CHUNK, NOISE_CHUNK, dimension)
