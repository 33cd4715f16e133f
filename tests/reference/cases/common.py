"""What a case is, and the problems, rates and constants that several cases share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference_runs import Call

STEPS = 200

# Where each problem starts, and its formula in OptLab's language.
PROBLEMS: dict[str, tuple[str, tuple[float, float]]] = {
    "rosenbrock": ("(1 - w1)^2 + 100*(w2 - w1^2)^2", (-1.0, 1.0)),
    "quadratic": ("3*w1^2 + 10*w2^2", (-15.0, 20.0)),
    "himmelblau": ("(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2", (-0.3, 0.1)),
    "sincos": ("sin(w1) + cos(w2)", (2.5, 1.0)),
}

# Learning rates for rules whose step is as long as the gradient, and for those whose is not.
STEEP = {"rosenbrock": 0.001, "quadratic": 0.01, "himmelblau": 0.01, "sincos": 0.1}
PACED = {"rosenbrock": 0.02, "quadratic": 0.5, "himmelblau": 0.05, "sincos": 0.1}
# Smaller where RMSProp would end up hopping around the minimum, which amplifies every rounding.
RMS_PACED = {"rosenbrock": 0.01, "quadratic": 0.1, "himmelblau": 0.01, "sincos": 0.01}
# Rectified Adam begins with plain momentum steps, so it needs the care of the steep ones.
RADAM = {"rosenbrock": 0.003, "quadratic": 0.05, "himmelblau": 0.01, "sincos": 0.1}
TWO = ("rosenbrock", "himmelblau")

OUTSIDE = {"epsilon_placement": "outside"}
INSIDE = {"epsilon_placement": "inside"}
ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
# A large epsilon shows where it stands; unusual decays show that they are not built in.
ODD_ADAM = {"beta1": 0.7, "beta2": 0.95, "epsilon": 0.01}
ODD_PACED = {"rosenbrock": 0.01, "himmelblau": 0.05}
HEAVY_BALL = ({"alpha": 0.9}, {"form": "accumulate"})  # parameters and options of momentum
RATE = Call("optax.scale_by_learning_rate", learning_rate="eta")


@dataclass(frozen=True)
class Case:
    """One configuration, run on one or more problems."""

    name: str  # file name before the problem's
    optimizer: str  # key in OptLab
    calls: Sequence[Call]  # one torch optimizer, or a chain of optax transformations
    eta: Mapping[str, float]  # problem -> learning rate; its keys are the problems to run
    parameters: Mapping[str, float] = field(default_factory=dict)  # without eta
    options: Mapping[str, str | bool] = field(default_factory=dict)
    treatment: Mapping[str, float] = field(default_factory=dict)
    schedule: str = ""  # name of a schedule case
    steps: int = STEPS


def on(problems: Sequence[str], eta: float | Mapping[str, float]) -> dict[str, float]:
    """The rates of these problems, from one rate or from a table."""
    return {name: eta[name] if isinstance(eta, Mapping) else eta for name in problems}


def torch_rule(optimizer: str, **arguments: Any) -> list[Call]:
    """An optimizer of torch with our learning rate."""
    return [Call(f"torch.optim.{optimizer}", lr="eta", **arguments)]


def torch_adam(optimizer: str = "Adam", **arguments: Any) -> list[Call]:
    """An optimizer of torch with the arguments all relatives of Adam share."""
    return torch_rule(optimizer, betas=("beta1", "beta2"), eps="epsilon", **arguments)


def optax_rule(transformation: str, **arguments: Any) -> list[Call]:
    """A transformation of optax followed by the step along -eta."""
    return [Call(f"optax.{transformation}", **arguments), RATE]


def optax_adam(transformation: str = "scale_by_adam", **arguments: Any) -> list[Call]:
    """A transformation of optax with two decays, followed by the step along -eta."""
    return optax_rule(transformation, b1="beta1", b2="beta2", **arguments)


MOMENTUM = torch_rule("SGD", momentum="alpha")
RMSPROP = torch_rule("RMSprop", alpha="beta2", eps="epsilon")
RMS = {"beta2": 0.9, "epsilon": 1e-8}
