"""Which parameters decide whether a trial is good, by Optuna's PED-ANOVA."""

from __future__ import annotations

import importlib
import math
import warnings

from optlab.core.tuning.search import SearchResult

_FEWEST = 16
"""Trials that came to an end, below which nothing is said."""


def importance(found: SearchResult) -> dict[str, float]:
    """The share of each parameter of a search, together 1; empty without Optuna, for one parameter
    and for too few trials.

    Watanabe et al. 2023, arXiv:2304.10255.
    """
    axes = found.space.axes
    rows = [i for i, one in enumerate(found.settings) if {a.name for a in axes} <= set(one)]
    rows = [i for i in rows if math.isfinite(found.medians[i])]
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        return {}
    if len(rows) < _FEWEST or len(axes) < 2:
        return {}
    distributions = {}
    for axis in axes:
        if axis.choices:
            choices = [str(choice) for choice in axis.choices]
            distributions[axis.name] = optuna.distributions.CategoricalDistribution(choices)
        else:
            # Widened while searching: the range that all trials fit into.
            seen = [_place(found, row, axis.name, axis.scale) for row in rows]
            low, high = min(seen), max(seen)
            distributions[axis.name] = optuna.distributions.FloatDistribution(
                low, high if high > low else low + 1.0
            )
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="minimize")
    for row in rows:
        values = {
            a.name: str(found.settings[row][a.name])
            if a.choices
            else _place(found, row, a.name, a.scale)
            for a in axes
        }
        value = float(found.medians[row])
        study.add_trial(
            optuna.trial.create_trial(params=values, distributions=distributions, value=value)
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the evaluator counts as experimental
        evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in shares.items() if math.isfinite(share)}


def _place(found: SearchResult, row: int, name: str, scale: str) -> float:
    """Where a trial stands on an axis that is even for its sampler."""
    value = float(found.settings[row][name])
    if scale == "log":
        return math.log10(value)
    return -math.log10(1.0 - value) if scale == "decay" else value
