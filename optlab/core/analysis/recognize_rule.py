"""Which update rule was this? The rules and conventions whose equations repeat a recording.

Each candidate is run on the recorded gradients, from the first recorded weights; what tells is how
far its path ends up from the recorded one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optlab.core.data.batches import Indices
from optlab.core.data.table import Array
from optlab.core.formula.nodes import Apply, postorder
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem
from optlab.core.rules import Choice, Rule, load_rule, rule_names
from optlab.core.run import RunSpec, Segment, Trajectory, run
from optlab.core.run.sampling import Sampling

MOST_STEPS = 200
"""Updates that are repeated."""
MOST_REPLAYED = 2000
"""Updates of a run that repeats a recording."""
_SCREEN = 12
_KEPT = 24
_MOST_OPTIONS = 32
_ELSEWHERE = {"grad", "loss", "curvature", "hessian_product"}
_MOMENTA = (0.9, 0.95, 0.99, 0.8, 0.5, 0.0)
_DECAYS = (0.999, 0.99, 0.95, 0.9)
_EPSILONS = (1e-8, 1e-7, 1e-10, 1e-6)
_EXACT = 1e-13


class NotRecordedError(ValueError):
    """A recording that lacks what is needed; the message is one sentence."""


@dataclass(frozen=True)
class Match:
    """A rule with all its settings; ``residual`` is the largest distance of a weight from its
    recorded value, over the farthest that any weight moved, within ``steps`` updates.

    ``l2`` is a decay that goes through the gradient.  ``fitted`` names the settings that were
    found by trying or fitting, and not given.
    """

    rule: str
    name: str
    parameters: Mapping[str, float]
    options: Mapping[str, Choice]
    l2: float
    residual: float
    steps: int
    fitted: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The rule, its settings and how exactly it repeats the recording."""
        settings = [f"{name}={value:.6g}" for name, value in self.parameters.items()]
        settings += [f"{name}={str(value).lower()}" for name, value in self.options.items()]
        settings += [f"l2={self.l2:g}"] if self.l2 else []
        return f"{self.name} ({', '.join(settings)}): residual {self.residual:.1e}"


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordedGradients(Problem):
    """An objective whose gradient on row t is what was recorded at update t + 1, wherever it is
    asked for."""

    gradients: Array

    @property
    def rows(self) -> int:
        """How many gradients were recorded."""
        return len(self.gradients)

    @property
    def is_joint(self) -> bool:
        """Always: the loss is the gradient times w."""
        return True

    def loss(self, w: Sequence[float] | Array, rows: Indices | None = None) -> float:
        """The gradient times w."""
        return self.loss_and_gradient(w, rows)[0]

    def loss_and_gradient(
        self, w: Sequence[float] | Array, rows: Indices | None = None
    ) -> tuple[float, Array]:
        """The mean of the recorded gradients, and that times w."""
        chosen = self.gradients if rows is None else self.gradients[rows]
        slope = np.array(chosen[0] if len(chosen) == 1 else chosen.mean(axis=0))
        return float(slope @ np.asarray(w)), slope


@dataclass(frozen=True)
class _Candidate:
    rule: Rule
    options: Mapping[str, Choice]
    parameters: Mapping[str, float] = field(default_factory=dict)
    l2: float = 0.0
    fitted: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What was recorded: w, shape (n + 1, k); the gradient of each update, shape (n, k); rates."""

    w: Array
    g: Array
    eta: Array | None
    problem: RecordedGradients

    def first(self, steps: int) -> _Evidence:
        """Of the first updates; the problem stays, since code is made for it."""
        eta = None if self.eta is None else self.eta[:steps]
        return _Evidence(self.w[: steps + 1], self.g[:steps], eta, self.problem)


def recognize_rule(
    trajectory: Trajectory,
    settings: Mapping[str, object] | None = None,
    *,
    rules: Sequence[Rule] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Match, ...]:
    """The rules that repeat a recording, best first, at most ten.

    ``settings`` are those of the recorded optimizer under its library's names (``lr``, ``betas``,
    ``eps``, ``weight_decay``, ``momentum``, ...); where there are none they are fitted or tried,
    and what is missing among some has its default.  Equally exact rules stand in order of how
    little they need.  Raises :class:`NotRecordedError` where weights and gradients of consecutive
    updates are missing.
    """
    both = _evidence(trajectory)
    known = rules if rules is not None else [load_rule(name) for name in rule_names()]
    hints = _hints(trajectory, settings or {})
    candidates = [one for rule in known for one in _candidates(rule, hints, not settings)]
    scored: list[tuple[float, int, _Candidate, _Evidence]] = []
    for index, candidate in enumerate(candidates):
        if cancelled():
            break
        progress(index, len(candidates))
        for evidence in both:
            short = evidence.first(min(_SCREEN, len(evidence.g)))
            fitted, residual = _score(candidate, short)
            if math.isfinite(residual):
                scored.append((residual, len(scored), fitted, evidence))
    scored.sort(key=lambda one: one[:2])
    matches: dict[tuple[object, ...], Match] = {}
    for _, _, candidate, evidence in scored[:_KEPT]:
        fitted, residual = _score(candidate, evidence)
        if math.isfinite(residual):
            match = _match(fitted, residual, len(evidence.g))
            same = (match.rule, *match.options.items(), match.l2)
            if same not in matches or residual < matches[same].residual:
                matches[same] = match
    return tuple(sorted(matches.values(), key=_order)[:10])


def _order(match: Match) -> tuple[float, int, int, str]:
    """By exactness in powers of ten; among equals the simplest first."""
    size = math.floor(math.log10(max(match.residual, _EXACT)))
    rule = load_rule(match.rule) if match.rule in rule_names() else None
    variant = rule.variant(match.options) if rule else None
    parts = len(variant.state) + len(variant.parameters) if variant else 99
    return (size, parts + 2 * bool(match.l2), len(match.fitted), match.rule)


def _evidence(trajectory: Trajectory, most: int = MOST_STEPS) -> list[_Evidence]:
    """The recorded updates: with the gradient in the row after the update, or in that before."""
    size = trajectory.dimension
    w = trajectory.vector("sample" if "sample" in trajectory.vectors else "w")
    if "g" not in trajectory.vectors or trajectory.vectors.size("g") != w.shape[1]:
        raise NotRecordedError("the gradient of each weight was not recorded")
    g = trajectory.vector("g")
    steps = trajectory["step"] if "step" in trajectory.names else np.arange(len(w))
    found = []
    for shift in (0, 1):
        gradients = g[1:] if shift == 0 else g[:-1]
        sound = np.isfinite(w[1:]).all(axis=1) & np.isfinite(gradients).all(axis=1)
        sound &= np.diff(steps) == 1
        count = int(np.argmin(sound)) if not sound.all() else len(sound)
        count = min(count, most)
        if count >= 2 and np.isfinite(w[0]).all() and np.ptp(w[: count + 1], axis=0).max() > 0:
            eta = _rates(trajectory, count, shift)
            names = tuple(f"w{i}" for i in range(1, w.shape[1] + 1))
            problem = RecordedGradients(weights=names, gradients=gradients[:count])
            found.append(_Evidence(w[: count + 1], gradients[:count], eta, problem))
    if not found:
        reason = "two consecutive updates with weights and gradient are needed at least"
        raise NotRecordedError(f"{reason}, of {size} weights")
    return found


def _rates(trajectory: Trajectory, count: int, shift: int) -> Array | None:
    for name in ("eta", "lr"):
        if name in trajectory.names:
            rates = trajectory[name][1 - shift : count + 1 - shift]
            if np.isfinite(rates).all() and (rates > 0).all():
                return rates
    return None


def _hints(trajectory: Trajectory, settings: Mapping[str, object]) -> dict[str, tuple[float, ...]]:
    """Values for η, momentum, second-moment decay, ε, weight decay and others, as far as known."""
    found: dict[str, tuple[float, ...]] = {}
    for name, value in settings.items():
        numbers = value if isinstance(value, (list, tuple)) else (value,)
        if all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers):
            found[name] = tuple(float(n) for n in numbers)
    betas = found.pop("betas", ())
    if len(betas) >= 2:
        found["beta1"], found["beta2"] = betas[:1], betas[1:2]
    for theirs, ours in _THEIR_NAMES.items():
        if theirs in found:
            found.setdefault(ours, found[theirs])
    for name, role in (("m", "momentum"), ("v", "momentum"), ("s", "second_moment_decay")):
        if role not in found and name in trajectory.vectors:
            found[role] = _decays(trajectory, name)
    return found


_THEIR_NAMES = {
    "lr": "eta",
    "learning_rate": "eta",
    "eps": "epsilon",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "b1": "beta1",
    "b2": "beta2",
    "momentum": "momentum",
    "beta1": "momentum",
    "beta2": "second_moment_decay",
    "alpha": "second_moment_decay",
    "rho": "second_moment_decay",
    "decay": "second_moment_decay",
}
"""What libraries call a setting, and its name or role here; in this order."""


def _decays(trajectory: Trajectory, name: str) -> tuple[float, ...]:
    """The factor by which a recorded memory decays, read off its numbers, as mean and as sum."""
    size = trajectory.vectors.size(name)
    if "g" not in trajectory.vectors or trajectory.vectors.size("g") != size:
        return ()
    memory = trajectory.vector(name)
    new = trajectory.vector("g") ** (2 if name == "s" else 1)
    found = []
    for base in (memory[:-1] - new[1:], memory[:-1]):
        rest = memory[1:] - new[1:]
        sound = np.isfinite(rest) & np.isfinite(base) & (base != 0)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            factors = rest[sound] / base[sound]
        factor = float(np.median(factors)) if factors.size else math.nan
        if math.isfinite(factor) and 0 <= factor < 1:
            found.append(float(f"{factor:.6g}"))
    return tuple(dict.fromkeys(found))


def _candidates(
    rule: Rule, hints: Mapping[str, tuple[float, ...]], search: bool
) -> Iterator[_Candidate]:
    """The rule with each of its conventions, and, in a ``search``, with each value that a setting
    may have had."""
    seen = set()
    for options in _conventions(rule):
        variant = rule.variant(options)
        parts = postorder(*(equation.tree for equation in variant.equations))
        elsewhere = any(isinstance(p, Apply) and p.operation in _ELSEWHERE for p in parts)
        if variant.stepper or elsewhere or variant.equations in seen:
            continue
        seen.add(variant.equations)
        values: dict[str, tuple[float, ...]] = {}
        tried = set()
        for name in variant.parameters:
            if name != "eta":
                values[name], given = _values(rule, name, hints, search)
                if not given and len(values[name]) > 1:
                    tried.add(name)
        decay = hints.get("weight_decay", (0.0,))[0]
        through_gradient = (0.0,) if "weight_decay" in values or not decay else (decay, 0.0)
        for numbers in itertools.product(*values.values()):
            parameters = dict(zip(values, numbers, strict=True))
            if "eta" in variant.parameters:
                parameters["eta"] = hints.get("eta", (rule.parameters["eta"].default,))[0]
            fitted = tuple(sorted(tried))
            if "eta" not in hints and "eta" in variant.parameters:
                fitted = (*fitted, "eta")
            for l2 in through_gradient:
                yield _Candidate(rule, options, parameters, l2, fitted)


def _conventions(rule: Rule) -> Iterator[dict[str, Choice]]:
    names = list(rule.options)
    choices = [rule.options[name].choices for name in names]
    if math.prod(len(one) for one in choices) <= _MOST_OPTIONS:
        for chosen in itertools.product(*choices):
            yield dict(zip(names, chosen, strict=True))
        return
    yield rule.complete_options({})
    for preset in rule.presets.values():
        yield rule.complete_options(preset.options)


def _values(
    rule: Rule, name: str, hints: Mapping[str, tuple[float, ...]], search: bool
) -> tuple[tuple[float, ...], bool]:
    """What a parameter may have been, and whether that was given."""
    parameter = rule.parameters[name]
    known = hints.get(name) or (hints.get(parameter.role) if parameter.role else None)
    given = known is not None and len(known) > 0
    if known is None or not known:
        default = parameter.default
        grids = {"momentum": _MOMENTA, "second_moment_decay": _DECAYS}
        if name == "weight_decay":
            known = hints.get("weight_decay", (0.0,))
        elif not search:
            known = (default,)
        elif name == "epsilon":
            known = (*_EPSILONS, default)
        else:
            known = (default, *grids.get(parameter.role, ()))
    allowed = []
    for value in dict.fromkeys(known):
        try:
            allowed.append(parameter.check(value))
        except SettingError:
            continue
    return tuple(allowed) or (parameter.default,), given


def _score(candidate: _Candidate, evidence: _Evidence) -> tuple[_Candidate, float]:
    """The candidate, with η fitted where it was not recorded, and its residual."""
    if evidence.eta is not None or "eta" not in candidate.fitted:
        return candidate, _residual(candidate, evidence)
    residual = math.inf
    for _ in range(3):
        path = _path(candidate, evidence)
        if path is None or path.shape != evidence.w.shape:
            break
        residual = _distance(path, evidence)
        moved, wanted = np.diff(path, axis=0), np.diff(evidence.w, axis=0)
        square = float((moved**2).sum())
        factor = float((moved * wanted).sum()) / square if square else math.nan
        if not (math.isfinite(factor) and factor > 0) or residual < _EXACT:
            break
        eta = candidate.parameters["eta"] * factor
        changed = replace(candidate, parameters={**candidate.parameters, "eta": eta})
        better = _residual(changed, evidence)
        if not better < residual:
            break
        candidate, residual = changed, better
    return candidate, residual


def _residual(candidate: _Candidate, evidence: _Evidence) -> float:
    path = _path(candidate, evidence)
    if path is None or path.shape != evidence.w.shape:
        return math.inf
    return _distance(path, evidence)


def _distance(path: Array, evidence: _Evidence) -> float:
    farthest = float(np.abs(evidence.w - evidence.w[0]).max())
    distance = float(np.abs(path - evidence.w).max())
    return distance / farthest if math.isfinite(distance) else math.inf


def replay(trajectory: Trajectory, match: Match) -> Trajectory:
    """The run of a matched rule on the recorded gradients, with the memory that it keeps.

    Its loss is the gradient times w.  Raises :class:`NotRecordedError`.
    """
    rule = load_rule(match.rule)
    candidate = _Candidate(rule, match.options, match.parameters, match.l2, match.fitted)
    both = _evidence(trajectory, MOST_REPLAYED)
    runs = [(_run(candidate, evidence), evidence) for evidence in both]
    found = [(_distance(made.vector("w"), e), made) for made, e in runs if made is not None]
    if not found:
        raise NotRecordedError("the rule cannot be run on what was recorded")
    return min(found, key=lambda one: one[0])[1]


def _path(candidate: _Candidate, evidence: _Evidence) -> Array | None:
    """The weights that a candidate goes through on the recorded gradients; None where it cannot."""
    made = _run(candidate, evidence)
    return None if made is None else made.vector("w")


def _run(candidate: _Candidate, evidence: _Evidence) -> Trajectory | None:
    steps = len(evidence.g)
    parameters = dict(candidate.parameters)
    rates = evidence.eta
    changes: list[Segment] = []
    treatment = GradientTransforms(l2=candidate.l2 or None)
    sampling = Sampling(batch=1, shuffle=False, loss_every=max(steps, 1))
    try:
        if rates is not None and "eta" in candidate.rule.parameters:
            parameters["eta"] = float(rates[0])
            for step in np.flatnonzero(np.diff(rates)).tolist():
                now = {**parameters, "eta": float(rates[step + 1])}
                one = Segment(step + 1, candidate.rule, now, candidate.options)
                changes.append(replace(one, treatment=treatment, sampling=sampling))
        spec = RunSpec(
            evidence.problem,
            candidate.rule,
            parameters,
            candidate.options,
            treatment=treatment,
            start=tuple(evidence.w[0].tolist()),
            steps=steps,
            then=tuple(changes),
            sampling=sampling,
        )
        return run(spec)
    except SettingError:
        return None


def _match(candidate: _Candidate, residual: float, steps: int) -> Match:
    return Match(
        candidate.rule.key,
        candidate.rule.name,
        dict(candidate.parameters),
        dict(candidate.options),
        candidate.l2,
        residual,
        steps,
        candidate.fitted,
    )
