"""What can be plotted over the steps: general quantities, and whatever a rule declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.gradient import CLIP
from optlab.core.names import display_symbol
from optlab.core.rules import Rule
from optlab.core.run import Trajectory

Curves = list[tuple[str, Array]]
"""Names of components and their values over the steps."""


@dataclass(frozen=True)
class Quantity:
    """Something to plot: ``title`` in words, ``symbol``, one curve per component.

    ``of_all`` shows it for every visible run, otherwise for the selected one only; ``log`` is
    the scale it is shown on at first.
    """

    key: str
    title: str
    symbol: str
    of_all: bool
    log: bool
    curves: Callable[[Trajectory], Curves]


def _column(name: str, label: str) -> Callable[[Trajectory], Curves]:
    return lambda trajectory: [(label, trajectory[name])]


def _components(name: str) -> Callable[[Trajectory], Curves]:
    def curves(trajectory: Trajectory) -> Curves:
        columns = trajectory.vectors.get(name, ())
        return [(display_symbol(column), trajectory[column]) for column in columns]

    return curves


def _norm(names: Callable[[Trajectory], tuple[str, ...]], label: str) -> Callable[..., Curves]:
    def curves(trajectory: Trajectory) -> Curves:
        parts = np.array([trajectory[name] for name in names(trajectory)])
        with np.errstate(all="ignore"):
            return [(label, np.sqrt((parts * parts).sum(axis=0)))]

    return curves


def above_minimum(lowest: float) -> Quantity:
    """The loss over the lowest known one, on a logarithmic axis."""

    def curves(trajectory: Trajectory) -> Curves:
        return [("E − Eₘᵢₙ", trajectory.loss - lowest)]

    return Quantity("excess", "loss above the minimum", "E − Eₘᵢₙ", True, True, curves)


GENERAL = (
    Quantity("loss", "loss", "E", True, True, _column("loss", "E")),
    Quantity("eta", "learning rate", "ηₜ", True, False, _column("eta", "ηₜ")),
    Quantity(
        "gradient_norm",
        "gradient norm",
        "‖g‖",
        True,
        True,
        _norm(lambda trajectory: trajectory.vectors["g"], "‖g‖"),
    ),
    Quantity(
        "update_norm",
        "step length",
        "‖Δw‖",
        True,
        True,
        _norm(lambda trajectory: trajectory.update_names, "‖Δw‖"),
    ),
    Quantity("w", "weights", "w", False, False, _components("w")),
    Quantity("g", "gradient", "g", False, False, _components("g")),
)
"""Quantities that every run has."""


def of_rule(rule: Rule, trajectory: Trajectory) -> tuple[Quantity, ...]:
    """The memory and the intermediates that a trajectory of a rule records, in its order."""
    helps = {variable.name: variable.help for variable in rule.state}
    known = {"w", "g", "loss", "eta"}
    return tuple(
        Quantity(
            f"rule:{name}",
            helps.get(name, "").partition(":")[0] or _title(name),
            display_symbol(name),
            False,
            False,
            _components(name),
        )
        for name in trajectory.vectors
        if name not in known
    )


def _title(name: str) -> str:
    if name == CLIP:
        return "share of the gradient left by clipping"
    stem, hat, _ = name.partition("_hat")
    return f"corrected {stem}" if hat else name.replace("_", " ")
