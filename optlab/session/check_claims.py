"""Whether a claim holds for the numbers that were computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from optlab.core.analysis import claims, update_measures
from optlab.core.analysis.claims import SHARPNESS, Claim, column_symbol
from optlab.core.analysis.curvature import sharpness
from optlab.core.display import short
from optlab.core.formula.emit import Array
from optlab.core.run import Trajectory
from optlab.session.experiment import Experiment
from optlab.session.resolve import ExperimentError, resolve_problem

Trajectories = Mapping[str, Trajectory]


@dataclass(frozen=True)
class Verdict:
    """``holds``, the claim's ``sentence``, and in words what was ``measured``."""

    holds: bool
    sentence: str
    measured: str


def check(claim: Claim, document: Experiment, trajectories: Trajectories) -> Verdict:
    """Holds a claim against the trajectories of an experiment, by the ids of its runs.

    Nothing is raised: a claim about a run, a column or a step that is not there does not hold.
    """
    names = {run.id: run.title for run in document.runs}
    words = claims.sentence(claim, lambda run_id: names.get(run_id, f"run {run_id}"))
    try:
        holds, measured = _CHECKS[type(claim)](claim, _Numbers(document, trajectories))
    except _MissingError as error:
        holds, measured = False, str(error)
    return Verdict(holds, words, measured)


def check_all(document: Experiment, trajectories: Trajectories) -> tuple[Verdict, ...]:
    """The verdicts on all claims of an experiment, in order."""
    return tuple(check(claim, document, trajectories) for claim in document.claims)


class _Numbers(dict[str, Trajectory]):
    """The trajectories of an experiment by the ids of its runs."""

    def __init__(self, document: Experiment, trajectories: Trajectories) -> None:
        super().__init__(trajectories)
        self._document = document

    def sharpness(self, run_id: str, step: int) -> float:
        """The largest eigenvalue of the Hessian of all rows after a step of a run."""
        try:
            problem = resolve_problem(self._document)
        except ExperimentError as error:
            raise _MissingError(str(error)) from None
        if not problem.has_hessian:
            raise _MissingError("the sharpness of this loss is not known")
        return float(sharpness(problem, self[run_id].weights[step : step + 1])[0])


class _MissingError(Exception):
    """What a claim speaks about is not there."""


Finding = tuple[bool, str]


def _trajectory(trajectories: Trajectories, run_id: str) -> Trajectory:
    if run_id not in trajectories:
        raise _MissingError(f"run {run_id} has no numbers")
    return trajectories[run_id]


def _column(trajectories: Trajectories, run_id: str, column: str) -> Array:
    trajectory = _trajectory(trajectories, run_id)
    if column not in trajectory:
        raise _MissingError(f"run {run_id} records no {column_symbol(column)}")
    return trajectory[column]


def _at(trajectories: Trajectories, run_id: str, column: str, step: int | None) -> float:
    rows = _trajectory(trajectories, run_id).rows
    step = rows - 1 if step is None else step
    if not 0 <= step < rows:
        raise _MissingError(f"run {run_id} has no step {step}")
    if column == SHARPNESS and isinstance(trajectories, _Numbers):
        return trajectories.sharpness(run_id, step)
    return float(_column(trajectories, run_id, column)[step])


def _near(measured: float, value: float, within: float) -> Finding:
    # Written so that nan is never near.
    return abs(measured - value) <= within, short(measured, 10)


def _value(claim: claims.Value, trajectories: Trajectories) -> Finding:
    measured = _at(trajectories, claim.run, claim.column, claim.step)
    return _near(measured, claim.value, claim.within)


def _turn(claim: claims.Turn, trajectories: Trajectories) -> Finding:
    values = _column(trajectories, claim.run, claim.column)
    sign = 1.0 if claim.kind == "maximum" else -1.0
    middle = sign * values[1:-1]
    turns = np.flatnonzero((middle > sign * values[:-2]) & (middle > sign * values[2:])) + 1
    found = turns.tolist()
    holds = claim.step in (found[:1] if claim.first else found)
    if not found:
        return False, "nowhere"
    shown = ", ".join(map(str, found[:6])) + ", …" * (len(found) > 6)
    return holds, f"at step {shown}"


def _extreme(claim: claims.Extreme, trajectories: Trajectories) -> Finding:
    values = _column(trajectories, claim.run, claim.column)
    known = values[~np.isnan(values)]
    if known.size == 0:
        raise _MissingError("no numbers")
    measured = float(known.max() if claim.kind == "highest" else known.min())
    return _near(measured, claim.value, claim.within)


def _reaches(claim: claims.Reaches, trajectories: Trajectories) -> Finding:
    places = np.flatnonzero(_column(trajectories, claim.run, claim.column) <= claim.value)
    first = int(places[0]) if places.size else None
    return first == claim.step, "never" if first is None else f"at step {first}"


def _pair(claim: claims.Lower | claims.Ratio, trajectories: Trajectories) -> tuple[float, float]:
    one = _at(trajectories, claim.run, claim.column, claim.step)
    return one, _at(trajectories, claim.other, claim.column, claim.step)


def _lower(claim: claims.Lower, trajectories: Trajectories) -> Finding:
    one, other = _pair(claim, trajectories)
    return one < other, f"{short(one, 6)} and {short(other, 6)}"


def _ratio(claim: claims.Ratio, trajectories: Trajectories) -> Finding:
    one, other = _pair(claim, trajectories)
    return _near(one / other if other else math.nan, claim.value, claim.within)


def _same(claim: claims.Same, trajectories: Trajectories) -> Finding:
    largest = 0.0
    for column in claim.columns:
        one = _column(trajectories, claim.run, column)
        other = _column(trajectories, claim.other, column)
        if len(one) != len(other):
            return False, f"{len(one) - 1} and {len(other) - 1} steps"
        apart = np.abs(one - other)
        apart[(one == other) | (np.isnan(one) & np.isnan(other))] = 0.0
        worst = float(apart.max())
        largest = worst if math.isnan(worst) else max(largest, worst)
    return largest <= claim.within, f"apart by {short(largest, 3)} at most"


def _arrives(claim: claims.Arrives, trajectories: Trajectories) -> Finding:
    weights = _trajectory(trajectories, claim.run).final_weights
    if len(weights) != len(claim.at):
        raise _MissingError(f"run {claim.run} has {len(weights)} weights")
    place = ", ".join(short(value, 8) for value in weights)
    return math.dist(weights, claim.at) <= claim.within, f"({place})"


def _ends(claim: claims.Ends, trajectories: Trajectories) -> Finding:
    outcome = _trajectory(trajectories, claim.run).outcome
    holds = outcome.kind == claim.outcome and claim.step in (None, outcome.step)
    return holds, outcome.sentence


def _measure(claim: claims.Measure, _: Trajectories) -> Finding:
    function: Callable[..., Any] = getattr(update_measures, claim.measure)
    try:
        measured = float(function(**claim.arguments))
    except TypeError:
        raise _MissingError(f"{claim.measure} has other arguments") from None
    return _near(measured, claim.value, claim.within)


_CHECKS: Mapping[type, Callable[[Any, Trajectories], Finding]] = MappingProxyType(
    {
        claims.Value: _value,
        claims.Turn: _turn,
        claims.Extreme: _extreme,
        claims.Reaches: _reaches,
        claims.Lower: _lower,
        claims.Ratio: _ratio,
        claims.Same: _same,
        claims.Arrives: _arrives,
        claims.Ends: _ends,
        claims.Measure: _measure,
    }
)
