"""Run optimizers and schedules of other libraries and record what they do, in float64.

Nothing here knows OptLab: the losses are written again in each library's own functions, the
gradients are the libraries' automatic ones. Needs torch, jax, optax and pytorch_optimizer.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np
import optax
import pytorch_optimizer
import torch

jax.config.update("jax_enable_x64", True)
# Also makes the scalar state that torch keeps (step counts, the product in NAdam) float64.
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

LIBRARIES: dict[str, Any] = {
    "torch": torch,
    "optax": optax,
    "pytorch_optimizer": pytorch_optimizer,
}

Loss = Callable[[Any, Any], Any]
Row = tuple[float, float, float]  # w1, w2, loss


@dataclass(frozen=True)
class Call:
    """A constructor of another library and its arguments, kept as data.

    A text argument is the name of a parameter of ours and stands for its value, so that
    `Call("torch.optim.SGD", lr="eta")` also says how the two vocabularies meet.
    """

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, path: str, **arguments: Any) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "arguments", arguments)

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with every parameter name replaced by its value."""

        def fill(argument: Any) -> Any:
            if isinstance(argument, tuple):
                return tuple(fill(item) for item in argument)
            return values[argument] if isinstance(argument, str) else argument

        return {name: fill(argument) for name, argument in self.arguments.items()}

    def build(self, values: Mapping[str, Any], *first: Any) -> Any:
        """Call the constructor, `first` being its leading positional arguments."""
        library, *attributes = self.path.split(".")
        constructor = functools.reduce(getattr, attributes, LIBRARIES[library])
        return constructor(*first, **self.filled(values))

    def text(self, values: Mapping[str, Any], *first: str) -> str:
        """The call as one would type it."""
        named = [f"{name}={value!r}" for name, value in self.filled(values).items()]
        return f"{self.path}({', '.join([*first, *named])})"


@dataclass(frozen=True)
class Jitter:
    """Moves the point where a gradient is taken by about one rounding error.

    Two correct programs differ by roundings. A run repeated with a jitter shows how far such
    differences grow on this path, hence how closely another program can be asked to follow it.
    """

    size: float = 0.0
    seed: int = 0

    def factors(self, steps: int) -> np.ndarray:
        """One factor per step and component, shape (steps, 2); the start itself stays exact."""
        random = np.random.default_rng(self.seed)
        factors = 1.0 + self.size * random.uniform(-1.0, 1.0, size=(steps, 2))
        factors[0] = 1.0
        return factors


def run_torch(
    loss: Loss,
    start: Sequence[float],
    steps: int,
    optimizer: Call,
    values: Mapping[str, Any],
    schedule: Callable[[Any], Any] | None = None,
    jitter: Jitter | None = None,
) -> list[Row]:
    """Rows 0..steps of a torch optimizer; `schedule` makes a scheduler from the optimizer."""
    w = torch.tensor(start, requires_grad=True)
    stepper = optimizer.build(values, [w])
    scheduler = schedule(stepper) if schedule else None
    factors = torch.from_numpy((jitter or Jitter()).factors(steps))
    rows = [_row(w.detach().numpy(), loss)]
    for k in range(steps):
        point = (w.detach() * factors[k]).requires_grad_()
        (gradient,) = torch.autograd.grad(loss(point[0], point[1]), point)
        w.grad = gradient
        stepper.step()
        if scheduler is not None:
            scheduler.step()
        rows.append(_row(w.detach().numpy(), loss))
    return rows


def run_optax(
    loss: Loss,
    start: Sequence[float],
    steps: int,
    chain: Sequence[Call],
    values: Mapping[str, Any],
    jitter: Jitter | None = None,
) -> list[Row]:
    """Rows 0..steps of a chain of optax transformations."""
    transformation = optax.chain(*(call.build(values) for call in chain))

    def energy(w: jax.Array) -> jax.Array:
        return loss(w[0], w[1])

    @jax.jit
    def update(w: jax.Array, state: Any, factor: jax.Array) -> tuple[jax.Array, Any]:
        # Polyak's step wants the loss too; every other transformation ignores it.
        updates, state = optax.with_extra_args_support(transformation).update(
            jax.grad(energy)(w * factor), state, w, value=energy(w)
        )
        return optax.apply_updates(w, updates), state

    w = jax.numpy.asarray(start, dtype=jax.numpy.float64)
    state = transformation.init(w)
    rows = [_row(np.asarray(w), loss)]
    for factor in (jitter or Jitter()).factors(steps):
        w, state = update(w, state, jax.numpy.asarray(factor))
        rows.append(_row(np.asarray(w), loss))
    return rows


def run_schedule(schedule: Callable[[Any], Any], eta: float, steps: int) -> list[float]:
    """The learning rate of steps k = 0..steps-1 under a torch scheduler."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=eta)
    scheduler = schedule(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates


def _row(w: np.ndarray, loss: Loss) -> Row:
    w1, w2 = float(w[0]), float(w[1])
    return w1, w2, float(loss(w1, w2))


def rosenbrock(w1: Any, w2: Any) -> Any:
    """(1 - w1)^2 + 100 (w2 - w1^2)^2."""
    return (1 - w1) ** 2 + 100 * (w2 - w1**2) ** 2


def quadratic(w1: Any, w2: Any) -> Any:
    """3 w1^2 + 10 w2^2."""
    return 3 * w1**2 + 10 * w2**2


def himmelblau(w1: Any, w2: Any) -> Any:
    """(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2."""
    return (w1**2 + w2 - 11) ** 2 + (w1 + w2**2 - 7) ** 2


def sincos(w1: Any, w2: Any) -> Any:
    """sin(w1) + cos(w2), in the functions of whichever library the numbers belong to."""
    library = (
        torch if isinstance(w1, torch.Tensor) else math if isinstance(w1, float) else jax.numpy
    )
    return library.sin(w1) + library.cos(w2)


LOSSES: dict[str, Loss] = {
    "rosenbrock": rosenbrock,
    "quadratic": quadratic,
    "himmelblau": himmelblau,
    "sincos": sincos,
}
