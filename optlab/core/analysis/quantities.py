"""What can be plotted over the steps: general quantities, and whatever a rule declares."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optlab.core.analysis.curvature import sharpness
from optlab.core.analysis.eigenmodes import Eigenmodes, eigenmodes
from optlab.core.display import display_symbol, short
from optlab.core.formula.emit import Array
from optlab.core.gradient_transforms import CLIP
from optlab.core.problems import Problem
from optlab.core.rules.state_roles import meanings
from optlab.core.run import RunSpec, Trajectory
from optlab.core.run.measures import NOW_AND_THEN
from optlab.core.run.trajectory import LAYERS

Curves = list[tuple[str, Array]]
"""Names of components and their values over the steps."""


@dataclass(frozen=True)
class Quantity:
    """Something to plot: ``title`` in words, ``symbol``, one curve per component.

    ``of_all`` shows it for every visible run, otherwise for the selected one only; ``log`` is
    the scale it is shown on at first; ``group`` is where it stands among the choices.  One that is
    ``stepped`` has a value for each update, not one between two.
    """

    key: str
    title: str
    symbol: str
    of_all: bool
    log: bool
    curves: Callable[[Trajectory], Curves]
    group: str = "general"
    stepped: bool = False


DEFAULT_KEYS = ("loss", "test_loss", "accuracy", "test_accuracy", "memory:1", "memory:2", "eta")
"""What is shown until a person chooses otherwise, as far as it is there; memory goes by its place
in the rule."""


SHARP_STEPS = 61
"""Steps of a run at which the sharpness is computed."""

MOST_CURVES = 8
"""Components up to which each one is a curve; of more, norm and quartiles are."""


def _column(name: str, label: str) -> Callable[[Trajectory], Curves]:
    return lambda trajectory: [(label, trajectory[name])] if name in trajectory.vectors else []


def _components(name: str) -> Callable[[Trajectory], Curves]:
    def curves(trajectory: Trajectory) -> Curves:
        if name not in trajectory.vectors:
            return []
        values = trajectory.vector(name)
        if values.shape[1] > MOST_CURVES:
            return _summary(display_symbol(name), values)
        labels = map(display_symbol, trajectory.vectors[name])
        return list(zip(labels, values.T, strict=True))

    return curves


def _summary(symbol: str, values: Array) -> Curves:
    """The norm of each row, and the quartiles of the sizes of its components."""
    sizes = np.abs(values)
    known = np.isfinite(sizes).all(axis=1)
    quartiles = np.full((3, len(values)), np.nan)
    if known.any():
        quartiles[:, known] = np.quantile(sizes[known], (0.5, 0.25, 0.75), axis=1)
    # Short names: legends stand above narrow panes.
    names = ("median", "Q₁ Q₃", "Q₁ Q₃")
    return [(f"‖{symbol}‖", _length(values)), *zip(names, quartiles, strict=True)]


def _length(values: Array) -> Array:
    """The Euclidean length of each row."""
    with np.errstate(all="ignore"):
        return np.asarray(np.sqrt((values * values).sum(axis=1)))


def _gradient_norm(trajectory: Trajectory) -> Curves:
    return [("‖g‖", _length(trajectory.vector("g")))] if "g" in trajectory.vectors else []


def _update_norm(trajectory: Trajectory) -> Curves:
    return [("‖Δw‖", _length(trajectory.updates))]


def above_minimum(lowest: float) -> Quantity:
    """The loss over the lowest known one, on a logarithmic axis."""

    def curves(trajectory: Trajectory) -> Curves:
        return [("E − Eₘᵢₙ", trajectory.loss - lowest)]

    return Quantity("excess", "loss above the minimum", "E − Eₘᵢₙ", True, True, curves)


def _effective_step(trajectory: Trajectory) -> Curves:
    """|Δw|/|g| of each weight: the rate at which its own slope moves it."""
    if "g" not in trajectory.vectors or trajectory.vectors.size("g") != trajectory.dimension:
        return []
    with np.errstate(all="ignore"):
        rates = np.abs(trajectory.updates) / np.abs(trajectory.vector("g"))
    if trajectory.dimension > MOST_CURVES:
        return _summary("Δw/g", rates)
    names = zip(trajectory.vectors["w"], trajectory.vectors["g"], strict=True)
    labels = [f"|Δ{display_symbol(w)}|/|{display_symbol(g)}|" for w, g in names]
    return list(zip(labels, rates.T, strict=True))


def cosine(trajectory: Trajectory, one: str, other: str) -> Array:
    """The cosine of the angle between two recorded vectors at each step; nan where one is zero."""
    first, second = trajectory.vector(one).T, trajectory.vector(other).T
    with np.errstate(all="ignore"):
        size = np.sqrt((first * first).sum(axis=0) * (second * second).sum(axis=0))
        return np.asarray((first * second).sum(axis=0) / size)


def _cosine(name: str, label: str) -> Callable[[Trajectory], Curves]:
    def curves(trajectory: Trajectory) -> Curves:
        if name not in trajectory.vectors or "g" not in trajectory.vectors:
            return []
        return [(label, cosine(trajectory, "g", name))]

    return curves


def _joined(name: str, label: str) -> Callable[[Trajectory], Curves]:
    """A column that may be recorded now and then, joined by straight lines in between."""

    def curves(trajectory: Trajectory) -> Curves:
        if name not in trajectory.vectors:
            return []
        values = trajectory[name]
        if name in NOW_AND_THEN and trajectory.spans:
            known = np.flatnonzero(~np.isnan(values))
            if 1 < len(known) < known[-1] - known[0] + 1:
                between = np.arange(known[0], known[-1] + 1)
                values = values.copy()
                values[between] = np.interp(between, known, values[known])
        return [(label, values)]

    return curves


_LOSS = Quantity("loss", "loss", "E", True, True, _joined("loss", "E"))
OF_DATA = (
    Quantity("batch_loss", "loss on the batch", "E batch", True, True, _column("batch_loss", "E")),
    Quantity("test_loss", "test loss", "E test", True, True, _joined("test_loss", "E")),
    Quantity("accuracy", "accuracy", "accuracy", True, False, _joined("accuracy", "share")),
    Quantity("test_accuracy", "test accuracy", "", True, False, _joined("test_accuracy", "share")),
    Quantity("epoch", "epoch", "epoch", True, False, _column("epoch", "epoch")),
    Quantity(
        "gradient_age", "age of the gradient", "", True, False, _column("gradient_age", "age")
    ),
)
"""What runs on data have, as far as they recorded it."""
_OF_DATA = frozenset(quantity.key for quantity in OF_DATA)
_NORMS = (
    Quantity("gradient_norm", "gradient norm", "‖g‖", True, True, _gradient_norm),
    Quantity("update_norm", "step length", "‖Δw‖", True, True, _update_norm),
)
GENERAL = (
    Quantity("eta", "learning rate", "ηₜ", True, False, _column("eta", "ηₜ"), stepped=True),
    *_NORMS,
    Quantity("effective_step", "effective step", "|Δw|/|g|", False, True, _effective_step),
    Quantity("w", "weights", "w", False, False, _components("w")),
    Quantity("g", "gradient", "g", False, False, _components("g")),
)
"""Quantities that every run has, beside its loss."""


def available(
    problem: Problem,
    spec: RunSpec | None = None,
    trajectory: Trajectory | None = None,
    wanted: Collection[str] = (),
) -> tuple[Quantity, ...]:
    """All that can be plotted of runs on a problem, in the order it is shown in; of the components
    of long vectors those whose keys are ``wanted``.

    ``spec`` and the ``trajectory`` it gave are those of the selected run, whose memory and
    intermediates come between the losses and the rest; without a ``spec`` the trajectory was
    recorded elsewhere, with whatever it has.
    """
    lowest = problem.lowest_value
    losses = (_LOSS,) if lowest is None else (_LOSS, above_minimum(lowest))
    if trajectory is not None and spec is not None:
        recorded = trajectory.vectors
        losses = (*losses, *(quantity for quantity in OF_DATA if quantity.key in recorded))
    of_run = () if trajectory is None else of_rule(spec, trajectory)
    single = () if trajectory is None else components(trajectory, wanted)
    bent = (_sharpness(problem),) if problem.has_quick_products else ()
    modes = (_modes(found),) if (found := eigenmodes(problem)) is not None else ()
    return (*losses, *of_run, *GENERAL, *bent, *modes, *single)


def _modes(found: Eigenmodes) -> Quantity:
    """The amplitude of each eigenvector of a quadratic loss, from the steepest down."""

    def curves(trajectory: Trajectory) -> Curves:
        amplitudes = found.amplitudes(trajectory.weights)
        return [(f"λ = {short(float(found.values[i]), 4)}", amplitudes[:, i]) for i in found.shown]

    return Quantity("modes", "eigenmodes", "|qᵀ(w − w*)|", False, True, curves)


def _sharpness(problem: Problem) -> Quantity:
    """The largest eigenvalue of the Hessian beside 2/η, at which plain descent turns unstable."""

    def curves(trajectory: Trajectory) -> Curves:
        found = [("λₘₐₓ", _sharpness_of(problem, trajectory))]
        if "eta" in trajectory.vectors:
            with np.errstate(divide="ignore"):
                found.append(("2/η", 2 / trajectory["eta"]))
        return found

    return Quantity("sharpness", "sharpness", "λₘₐₓ", False, True, curves)


@lru_cache(maxsize=32)
def _sharpness_of(problem: Problem, trajectory: Trajectory) -> Array:
    """λmax over the steps: computed at up to :data:`SHARP_STEPS` of them, straight between."""
    steps = np.unique(np.linspace(0, trajectory.steps, SHARP_STEPS).astype(int))
    values = sharpness(problem, trajectory.weights[steps])
    every = np.arange(trajectory.rows)
    return np.asarray(np.interp(every, steps, values))


def of_rule(spec: RunSpec | None, trajectory: Trajectory) -> tuple[Quantity, ...]:
    """What the rules of a run record: their memory (``memory:1``, ...), the angle of each memory
    that is a direction to the gradient (``cosine:1``, ...), intermediates (``rule:NAME``).

    Of a recording, without ``spec``, it is what was recorded beside weights and loss.
    """
    helps: dict[str, str] = {}
    meaning: dict[str, str] = {}
    for leg in () if spec is None else reversed(spec.legs):
        helps |= {variable.name: variable.help for variable in leg.spec.rule.state}
        meaning |= meanings(leg.spec.variant)
    places = {name: place for place, name in enumerate(trajectory.state, 1)}
    memory: list[Quantity] = []
    others: list[Quantity] = []
    angles: list[Quantity] = []
    for name in trajectory.vectors:
        size = trajectory.vectors.size(name)
        if name in ("w", "g", "loss", "eta") or (spec is not None and name in _OF_DATA):
            continue
        if name.endswith(LAYERS):
            continue
        symbol = display_symbol(name)
        title = helps.get(name, "").partition(":")[0] or _title(name)
        is_memory = name in places
        key = f"memory:{places[name]}" if is_memory else f"rule:{name}"
        group = "memory" if is_memory else "intermediate"
        quantity = Quantity(key, title, symbol, False, False, _components(name), group)
        (memory if is_memory else others).append(quantity)
        aligned = "g" in trajectory.vectors and size == trajectory.vectors.size("g")
        if is_memory and aligned and meaning.get(name) == "direction":
            label = f"cos(g, {symbol})"
            angle = _cosine(name, label)
            angles.append(
                Quantity(f"cosine:{places[name]}", "angle", label, False, False, angle, "angle")
            )
    return (*memory, *others, *angles, *_layers(trajectory))


def _layers(trajectory: Trajectory) -> list[Quantity]:
    """The norms of weights, gradient and memory of each recorded tensor (``layer:NAME``)."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for name in _layer_groups(trajectory):
        for column in trajectory.vectors[name]:
            quantity, _, tensor = column.partition(":")
            columns.setdefault(tensor, []).append((display_symbol(quantity), column))

    def curves_of(tensor: str) -> Callable[[Trajectory], Curves]:
        def curves(trajectory: Trajectory) -> Curves:
            return [(label, trajectory[c]) for label, c in columns[tensor] if c in trajectory]

        return curves

    return [
        Quantity(f"layer:{tensor}", f"‖{tensor}‖", "", False, True, curves_of(tensor), "layer")
        for tensor in columns
    ]


def _layer_groups(trajectory: Trajectory) -> list[str]:
    return [name for name in trajectory.vectors if name.endswith(LAYERS)]


COMPONENT = "component"
"""The group of single components, each shown for every run that records it."""


def components(trajectory: Trajectory, wanted: Collection[str] = ()) -> tuple[Quantity, ...]:
    """Each component of weights, gradient and memory (``all:m1``, ...), shown for all runs.

    Of a vector with many components they are those whose keys are ``wanted``.
    """
    found = []
    for name in ("w", "g", *trajectory.state, *_layer_groups(trajectory)):
        if name not in trajectory.vectors:
            continue
        many = trajectory.vectors.size(name) > MOST_CURVES
        for column in trajectory.vectors[name]:
            if many and f"all:{column}" not in wanted:
                continue
            symbol = display_symbol(column)
            title = f"{_of_every_run(name)}, every run"
            curves = _column_of(column, symbol)
            found.append(Quantity(f"all:{column}", title, symbol, True, False, curves, COMPONENT))
    return tuple(found)


def choosable(trajectory: Trajectory) -> list[tuple[str, str]]:
    """The keys of single components of vectors that have many, with the vector's name."""
    names = (*_layer_groups(trajectory), "w", "g", *trajectory.state)
    known = [name for name in names if name in trajectory.vectors]
    return [
        (f"all:{column}", _of_every_run(name))
        for name in known
        if trajectory.vectors.size(name) > MOST_CURVES
        for column in trajectory.vectors[name]
    ][:MOST_CHOOSABLE]


MOST_CHOOSABLE = 5000
"""Single components that are offered."""


def _of_every_run(name: str) -> str:
    known = {"w": "weight", "g": "gradient"}
    if name.endswith(LAYERS):
        return f"norm of the {known.get(name.removesuffix(LAYERS), 'memory')} of a layer"
    return known.get(name, "memory")


def _column_of(column: str, label: str) -> Callable[[Trajectory], Curves]:
    return lambda trajectory: [(label, trajectory[column])] if column in trajectory else []


def _title(name: str) -> str:
    if name == CLIP:
        return "share of the gradient left by clipping"
    stem, hat, _ = name.partition("_hat")
    return f"corrected {stem}" if hat else name.replace("_", " ")
