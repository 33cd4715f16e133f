"""Searches and comparisons as CSV and JSON."""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from optlab.core.parameters import SettingError
from optlab.core.tuning.comparison import ComparisonResult
from optlab.core.tuning.search import NO_OPTUNA, SearchResult
from optlab.core.tuning.statistics import median
from optlab.files.temp_files import write_whole

Found = Sequence[tuple[str, SearchResult]]
"""The names of runs, and their trials."""


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write an object as a file. Raises FileProblemError."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_whole(path, lambda file: file.write(text.encode()))


def trials_csv(found: Found) -> bytes:
    """A row for each trial: run, number, settings, the median, and the measure with each seed."""
    names = list(dict.fromkeys(n for _, r in found for one in r.settings for n in one))
    seeds = max(result.measures.shape[1] for _, result in found)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", "trial", *names, "median", *(f"seed{i + 1}" for i in range(seeds))])
    for name, result in found:
        for index, settings in enumerate(result.settings):
            values = (settings.get(n, "") for n in names)
            numbers = [float(result.medians[index]), *result.measures[index].tolist()]
            shown = ("" if math.isnan(n) else repr(n) for n in numbers)
            writer.writerow([name, index, *(_cell(v) for v in values), *shown])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value).lower()


def trials_summary(found: Found, measure: str) -> dict[str, Any]:
    """The best of each run, its space, and how its trials went; null where all failed."""
    runs = []
    for name, result in found:
        best = result.best
        axes = [
            {"name": a.name, "choices": list(a.choices)}
            if a.choices
            else {"name": a.name, "low": a.low, "high": a.high, "scale": a.scale}
            for a in result.space.axes
        ]
        runs.append(
            {
                "run": name,
                "optimizer": result.spec.rule.key,
                "best": None if best is None else dict(result.settings[best]),
                "value": None if best is None else float(result.medians[best]),
                "trial": best,
                "trials": len(result.settings),
                "failed": int((~(result.medians < math.inf)).sum()),
                "steps": result.spec.steps,
                "gradients": result.gradients,
                "seeds": int(result.measures.shape[1]),
                "space": axes,
                "notes": list(result.notes),
            }
        )
    return {"measure": measure, "runs": runs}


def write_sqlite(path: Path, found: Found) -> None:
    """Write a database of Optuna with a study for each run, for its dashboard; failures failed.

    Raises SettingError where Optuna is not installed, FileProblemError for the file.
    """
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise SettingError("sqlite", NO_OPTUNA) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="optlab-") as folder:
        database = Path(folder, "study.db")
        storage = optuna.storages.RDBStorage(f"sqlite:///{database}")
        for name, result in found:
            study = optuna.create_study(storage=storage, study_name=name, load_if_exists=True)
            study.add_trials(list(_optuna_trials(optuna, result)))
        storage.engine.dispose()
        write_whole(path, lambda file: file.write(database.read_bytes()))


def _optuna_trials(optuna: Any, result: SearchResult) -> Iterator[Any]:
    """The trials as Optuna has them; a range reaches as far as its values do."""
    known: dict[str, Any] = {}
    for axis in result.space.axes:
        if axis.choices:
            known[axis.name] = optuna.distributions.CategoricalDistribution(axis.choices)
            continue
        values = [float(one[axis.name]) for one in result.settings if axis.name in one]
        low, high = min([axis.low, *values]), max([axis.high, *values])
        log = axis.scale == "log"
        known[axis.name] = optuna.distributions.FloatDistribution(low, high, log=log)
    for settings, value in zip(result.settings, result.medians.tolist(), strict=True):
        ended = {"value": value} if math.isfinite(value) else {"state": _failed(optuna)}
        ranges = {name: known[name] for name in settings}
        yield optuna.trial.create_trial(params=settings, distributions=ranges, **ended)


def _failed(optuna: Any) -> Any:
    return optuna.trial.TrialState.FAIL


def comparison_csv(result: ComparisonResult) -> bytes:
    """A row for each problem, rule and tuning: settings, loss with its interval, cost, failures."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ("problem", "optimizer", "tuning", "settings", "loss", "loss_low", "loss_high")
    writer.writerow([*head, "gradients_to_target", "failed", "seeds", "notes"])
    for one in result.entries:
        settings = " ".join(f"{name}={value}" for name, value in one.settings.items())
        loss = one.loss
        numbers = (loss.value, loss.low, loss.high, one.cost)
        cells = (repr(float(n)) for n in numbers)
        notes = "; ".join((*one.notes, *([one.reason] if one.reason else [])))
        row = (one.problem, one.rule, one.tuning, settings, *cells)
        writer.writerow([*row, one.failed, len(one.losses), notes])
    return text.getvalue().encode()


def comparison_summary(result: ComparisonResult) -> dict[str, Any]:
    """The protocol, the entries, ranks, profiles and verdicts; null stands for infinity."""
    plan = result.plan
    return {
        "protocol": plan.text,
        "budget": plan.budget,
        "trials": plan.trials,
        "tuning_seeds": plan.tuning_seeds,
        "seeds": plan.seeds,
        "seed": plan.seed,
        "problems": list(plan.problems),
        "optimizers": [rule.key for rule in plan.rules],
        "targets": {name: _number(value) for name, value in result.targets.items()},
        "entries": [
            {
                "problem": one.problem,
                "optimizer": one.rule,
                "tuning": one.tuning,
                "settings": dict(one.settings),
                "loss": _number(median(one.losses)),
                "interval": [_number(one.loss.low), _number(one.loss.high)],
                "losses": [_number(value) for value in one.losses.tolist()],
                "gradients_to_target": _number(one.cost),
                "failed": one.failed,
                "notes": list(one.notes),
                "reason": one.reason,
            }
            for one in result.entries
        ],
        "ranks": {tuning: result.ranks(tuning) for tuning in plan.tunings},
        "profiles": {tuning: _profile(result, tuning) for tuning in plan.tunings},
        "verdicts": {
            name: {tuning: result.verdict(name, tuning) for tuning in plan.tunings}
            for name in plan.problems
        },
    }


def _profile(result: ComparisonResult, tuning: Any) -> dict[str, Any]:
    tau, shares = result.profile(tuning)
    return {"tau": tau.tolist(), "share": {name: one.tolist() for name, one in shares.items()}}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
