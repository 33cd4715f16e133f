"""Names of runs without a given name: the rule, and the settings that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from optlab.core.display import short
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import Rule
from optlab.session.embedded.own_texts import rule_of
from optlab.session.experiment import Experiment, Run, changed
from optlab.session.resolve import sampling_of

_MOST = 3  # differences in a name
_SCHEDULE = 28  # characters of a schedule in a name
_TREATMENTS = {
    "clip_norm": "clip norm",
    "clip_value": "clip",
    "l2": "L2",
    "noise": "noise",
    "noise_relative": "noise ×",
}


def with_run_names(experiment: Experiment) -> Experiment:
    """The experiment in which every run without a given name is named by its differences.

    ``Adam`` where it is the only run of its rule, else ``Adam η 0.1``; a number behind it where
    that is taken.  Names that a person or a file gave stay.
    """
    if not any(run.auto_name for run in experiment.runs):
        return experiment
    rules = {run.id: _rule(experiment, run) for run in experiment.runs}
    settings = {run.id: _settings(run, rules[run.id]) for run in experiment.runs}
    taken = {run.name for run in experiment.runs if not run.auto_name}
    runs = []
    for run in experiment.runs:
        if run.auto_name:
            alike = [
                settings[other.id]
                for other in experiment.runs
                if other.optimizer == run.optimizer and other.id != run.id
            ]
            parts = _differences(settings[run.id], alike)
            name = _free(" ".join((_rule_name(run, rules[run.id]), *parts)), taken)
            taken.add(name)
            run = msgspec.structs.replace(run, name=name)
        runs.append(run)
    return changed(experiment, runs=tuple(runs))


def _rule(experiment: Experiment, run: Run) -> Rule | None:
    try:
        return rule_of(experiment, run)
    except (UnknownNameError, DataError):
        return None


def _rule_name(run: Run, rule: Rule | None) -> str:
    return run.optimizer if rule is None else rule.name


def _settings(run: Run, rule: Rule | None) -> dict[str, str]:
    """Each setting of a run as it stands in a name; those without a short text have none."""
    found: dict[str, str] = {}
    if rule is not None:
        values = {item.name: item.default for item in rule.parameters.values()} | run.parameters
        for name, value in values.items():
            if name in rule.parameters:
                found[name] = f"{rule.parameters[name].symbol} {short(value, 6)}"
        options = {item.name: item.default for item in rule.options.values()} | run.options
        for name, choice in options.items():
            found[name] = _option(name, choice)
    long = len(run.schedule) > _SCHEDULE
    found["schedule"] = f"{run.schedule[: _SCHEDULE - 1]}…" if long else run.schedule
    for name, words in _TREATMENTS.items():
        strength = getattr(run.treatment, name)
        found[name] = f"{words} {short(strength, 6)}" if strength else ""
    with suppress(SettingError):  # said where the run is resolved
        found |= sampling_of(run.treatment).words
    if run.start is not None:
        found["start"] = f"from ({', '.join(short(at, 3) for at in run.start)})"
    for switch in run.then:
        found[f"then {switch.after}"] = f"then {switch.optimizer}"
    return found


def _option(name: str, choice: str | bool) -> str:
    words = name.replace("_", " ")
    if isinstance(choice, bool):
        return words if choice else f"no {words}"
    return f"{words} {choice}"


def _differences(mine: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> list[str]:
    """What is not the same in all runs of a rule, the first few."""
    parts = [
        text
        for name, text in mine.items()
        if text and any(other.get(name, "") != text for other in others)
    ]
    return parts if len(parts) <= _MOST else [*parts[:_MOST], "…"]


def _free(name: str, taken: set[str]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name} {number}", number + 1
    return candidate
