"""What can be plotted over the steps: general quantities, and whatever a rule declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optlab.core.formula.compiled import Array
from optlab.core.gradient import CLIP
from optlab.core.names import display_symbol
from optlab.core.problems import Problem
from optlab.core.rules.parity import meanings
from optlab.core.run import RunSpec, Trajectory

Curves = list[tuple[str, Array]]
"""Names of components and their values over the steps."""


@dataclass(frozen=True)
class Quantity:
    """Something to plot: ``title`` in words, ``symbol``, one curve per component.

    ``of_all`` shows it for every visible run, otherwise for the selected one only; ``log`` is
    the scale it is shown on at first; ``group`` is where it stands among the choices.
    """

    key: str
    title: str
    symbol: str
    of_all: bool
    log: bool
    curves: Callable[[Trajectory], Curves]
    group: str = "general"


DEFAULT_KEYS = ("loss", "memory:1", "memory:2", "eta")
"""What is shown until a person chooses otherwise; memory goes by its place in the rule."""


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


def _effective_step(trajectory: Trajectory) -> Curves:
    """|Δw|/|g| of each weight: the rate at which its own slope moves it."""
    names = zip(trajectory.update_names, trajectory.vectors["g"], strict=True)
    with np.errstate(all="ignore"):
        return [
            (f"|Δ{_index(w, 'w')}|/|{_index(g)}|", np.abs(trajectory[w]) / np.abs(trajectory[g]))
            for w, g in names
        ]


def _index(column: str, letter: str = "") -> str:
    """``dw1`` as w₁, ``g1`` as g₁."""
    return display_symbol(column[column.index(letter) :] if letter else column)


def cosine(trajectory: Trajectory, one: str, other: str) -> Array:
    """The cosine of the angle between two recorded vectors at each step; nan where one is zero."""
    first, second = (
        np.array([trajectory[column] for column in trajectory.vectors[name]])
        for name in (one, other)
    )
    with np.errstate(all="ignore"):
        size = np.sqrt((first * first).sum(axis=0) * (second * second).sum(axis=0))
        return np.asarray((first * second).sum(axis=0) / size)


def _cosine(name: str, label: str) -> Callable[[Trajectory], Curves]:
    def curves(trajectory: Trajectory) -> Curves:
        return [(label, cosine(trajectory, "g", name))] if name in trajectory.vectors else []

    return curves


_LOSS = Quantity("loss", "loss", "E", True, True, _column("loss", "E"))
_NORMS = (
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
)
GENERAL = (
    Quantity("eta", "learning rate", "ηₜ", True, False, _column("eta", "ηₜ")),
    *_NORMS,
    Quantity("effective_step", "effective step", "|Δw|/|g|", False, True, _effective_step),
    Quantity("w", "weights", "w", False, False, _components("w")),
    Quantity("g", "gradient", "g", False, False, _components("g")),
)
"""Quantities that every run has, beside its loss."""


def available(
    problem: Problem, spec: RunSpec | None = None, trajectory: Trajectory | None = None
) -> tuple[Quantity, ...]:
    """All that can be plotted of runs on a problem, in the order it is shown in.

    ``spec`` and the ``trajectory`` it gave are those of the selected run, whose memory and
    intermediates come between the losses and the rest.
    """
    lowest = problem.lowest_value
    losses = (_LOSS,) if lowest is None else (_LOSS, above_minimum(lowest))
    of_run = () if spec is None or trajectory is None else of_rule(spec, trajectory)
    return (*losses, *of_run, *GENERAL)


def of_rule(spec: RunSpec, trajectory: Trajectory) -> tuple[Quantity, ...]:
    """What the rule of a run records: its memory (``memory:1``, ...), the angle of each memory
    that is a direction to the gradient (``cosine:1``, ...), its intermediates (``rule:NAME``)."""
    rule = spec.rule
    helps = {variable.name: variable.help for variable in rule.state}
    meaning = meanings(rule.variant(spec.options))
    places = {name: place for place, name in enumerate(trajectory.state, 1)}
    memory: list[Quantity] = []
    others: list[Quantity] = []
    angles: list[Quantity] = []
    for name, columns in trajectory.vectors.items():
        if name in ("w", "g", "loss", "eta"):
            continue
        symbol = display_symbol(name)
        title = helps.get(name, "").partition(":")[0] or _title(name)
        is_memory = name in places
        key = f"memory:{places[name]}" if is_memory else f"rule:{name}"
        group = "memory" if is_memory else "intermediate"
        quantity = Quantity(key, title, symbol, False, False, _components(name), group)
        (memory if is_memory else others).append(quantity)
        aligned = len(columns) == len(trajectory.vectors["g"])
        if is_memory and aligned and meaning.get(name) == "direction":
            label = f"cos(g, {symbol})"
            angle = _cosine(name, label)
            angles.append(
                Quantity(f"cosine:{places[name]}", "angle", label, False, False, angle, "angle")
            )
    return (*memory, *others, *angles)


def _title(name: str) -> str:
    if name == CLIP:
        return "share of the gradient left by clipping"
    stem, hat, _ = name.partition("_hat")
    return f"corrected {stem}" if hat else name.replace("_", " ")
