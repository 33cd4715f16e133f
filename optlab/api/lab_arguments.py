"""What an experiment is built from, out of arguments of Python; each is checked or refused.

Wrong ones raise :class:`~optlab.core.parameters.SettingError`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from optlab.api import arguments
from optlab.core.data import Table, TableError, table_text
from optlab.core.gradient_transforms import STAGES
from optlab.core.parameters import SettingError
from optlab.core.problems import FunctionProblem, Window, function_problem
from optlab.core.problems.formula import check_weight_names
from optlab.core.problems.function import Function
from optlab.core.rules import Choice, Rule
from optlab.core.run.sampling import MOST_BATCH
from optlab.core.run.spec import MAX_SEED, MAX_STEPS
from optlab.session.edits.run_edits import check_place, epochs_end
from optlab.session.embedded.data_sets import with_data
from optlab.session.experiment import DataSet, Experiment, Run, changed
from optlab.session.resolve import SAMPLING

Point = Sequence[float]


def without_numpy(value: object) -> object:
    """A choice without NumPy."""
    return value.item() if isinstance(value, np.generic) else value


def step_count(name: str, value: object) -> int:
    """The number of updates."""
    return arguments.whole(name, value, 0, MAX_STEPS)


def switch_place(document: Experiment, run: Run, after: object) -> int:
    """The updates before a change of a run, given as such or as epochs, ``"5epochs"``."""
    if isinstance(after, str):
        count = after.strip().removesuffix("epochs")
        if count == after.strip() or not count.strip().isdecimal():
            reason = f"must be steps, or epochs as '5epochs', not {arguments.shown(after)}"
            raise SettingError("after", reason)
        place = epochs_end(document, run, int(count))
    else:
        place = arguments.whole("after", after, 1, MAX_STEPS)
    try:
        check_place(document, place)
    except SettingError as error:
        raise SettingError("after", error.reason) from None
    return place


def seed_of(name: str, value: object) -> int:
    """A seed."""
    return arguments.whole(name, value, 0, MAX_SEED)


def tolerance_of(name: str, value: object) -> float | None:
    """A tolerance, or None."""
    return None if value is None else arguments.at_least_zero(name, value)


def point_of(name: str, value: object) -> tuple[float, ...] | None:
    """A number for each weight; how many there must be is checked with the problem."""
    if value is None:
        return None
    what = "numbers, one for each weight"
    point = tuple(arguments.number(name, part) for part in arguments.items(name, value, what))
    if not point or not all(map(math.isfinite, point)):
        raise SettingError(name, f"must be {what}, not {arguments.shown(value)}")
    return point


def weight_names(value: object) -> tuple[str, ...]:
    """Names, one for each weight."""
    what = "names, one for each weight"
    return tuple(arguments.text("weights", one) for one in arguments.items("weights", value, what))


def tried_function(
    objective: Function, start: tuple[float, ...] | None, names: tuple[str, ...]
) -> FunctionProblem:
    """The problem of a function, tried at the start. Raises SettingError."""
    arguments.function("objective", objective)
    if start is None:
        raise SettingError("start", "must be given for a function: it says how many weights")
    problem = function_problem(objective, start, check_weight_names(names))
    try:
        problem.loss_and_gradient(start)
    except (TypeError, ValueError) as error:
        reason = f"must give (loss, gradient) at an array of {len(start)} weights: {error}"
        raise SettingError("objective", reason) from None
    return problem


def rule_settings(
    rule: Rule, preset: str, settings: Mapping[str, float | Choice]
) -> tuple[dict[str, float], dict[str, Choice], dict[str, object]]:
    """Parameters, options and treatments out of settings by name. Raises SettingError."""
    preset = arguments.text("preset", preset)
    found = rule.preset(preset) if preset else ({}, {})
    parameters, options = dict(found[0]), dict(found[1])
    treatment: dict[str, object] = {}
    for key, value in settings.items():
        if key in rule.parameters:
            parameters[key] = rule.parameters[key].check(arguments.number(key, value))
        elif key in rule.options:
            options[key] = rule.options[key].check(without_numpy(value))
        elif key in STAGES:
            treatment[key] = arguments.number(key, value)
        elif key in SAMPLING:
            treatment[key] = sampled(key, value)
        else:
            known = ", ".join((*rule.parameters, *rule.options, *STAGES, *SAMPLING))
            raise SettingError(key, f"is not a setting of {rule.key}; known are {known}")
    return parameters, options, treatment


def sampled(key: str, value: object) -> object:
    """A setting of what gradients are taken from, checked. Raises SettingError."""
    if key == "shuffle":
        return arguments.truth(key, value)
    if key == "share":
        return None if value is None else arguments.number(key, value)
    if key in ("batch", "workers", "loss_every"):
        return None if value is None else arguments.whole(key, value, 1, MOST_BATCH)
    delay = str(value) if key == "delay" and isinstance(value, int) else value
    return arguments.text(key, delay)


def own_texts(name: str, value: object) -> dict[str, str]:
    """Texts by name."""
    return {} if value is None else arguments.texts(name, value)


def window_of(value: Sequence[Point] | None) -> Window | None:
    """A range for each weight, or None."""
    if value is None:
        return None
    what = "a range (low, high) for each weight"
    sides = [
        arguments.numbers("window", side, 2, what)
        for side in arguments.items("window", value, what)
    ]
    return tuple((side[0], side[1]) for side in sides)


def with_table(
    document: Experiment,
    data: str | Path | Mapping[str, Sequence[float]],
    test: float,
    split_seed: int,
    standardize: bool,
) -> tuple[Experiment, DataSet | None]:
    """The document with a table, and what its surface says of it. Raises SettingError."""
    split = {
        "test": arguments.number("test", test),
        "split_seed": seed_of("split_seed", split_seed),
        "standardize": arguments.truth("standardize", standardize),
    }
    if isinstance(data, str | Path) and not str(data):
        return document, None
    digest = ""
    try:
        if isinstance(data, Mapping):
            columns = {name: np.array(values, dtype=np.float64) for name, values in data.items()}
            source = "table"
            document = changed(document, tables={source: table_text(Table(columns))})
        else:
            document, source, digest = with_data(document, arguments.name_or_path("data", data))
    except (TableError, TypeError, ValueError) as error:
        raise SettingError("data", str(error)) from None
    data_set: DataSet = msgspec.structs.replace(DataSet(source=source, digest=digest), **split)
    return document, data_set


def rebuilt(document: Experiment) -> Experiment:
    """The document with every field of the kind that a file would have."""
    plain: Mapping[str, object] = msgspec.to_builtins(document)
    try:
        return msgspec.convert(plain, Experiment)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        raise SettingError(place.strip("`") or "experiment", reason) from None
