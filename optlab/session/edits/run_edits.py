"""Changes a person makes, as pure functions from document to document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from optlab.core.display import short
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.schedules import parse_schedule
from optlab.session.edits.choices import rule_color
from optlab.session.edits.model_edits import choose_data, choose_problem
from optlab.session.edits.run_names import with_run_names
from optlab.session.embedded.data_sets import is_table
from optlab.session.embedded.own_texts import kind_of_file, rule_of, with_file, with_schedule_files
from optlab.session.embedded.recordings import is_recording, with_recording
from optlab.session.experiment import (
    Choice,
    Experiment,
    Run,
    Switch,
    Treatment,
    change_part,
    change_run,
    changed,
    free_color,
    free_style,
    fresh_id,
    fresh_name,
)
from optlab.session.resolve import resolve_problem, resolve_run

MOST_VALUES = 50
"""Runs that one sweep makes."""


def add_run(document: Experiment, optimizer: str) -> Experiment:
    """One more run, with the rule's defaults, named after the rule.

    ``optimizer`` is a name, or the path of a ``.toml`` file whose text the experiment takes in.
    Raises UnknownNameError or DataError.
    """
    document, optimizer = with_file(document, "rules", optimizer)
    color = free_color(document.runs, rule_color(optimizer))
    run = Run(
        id=fresh_id(document.runs),
        optimizer=optimizer,
        name=fresh_name(load_rule(optimizer, own=document.rules).name, document.runs),
        color=color,
        style=free_style(document.runs, color),
        auto_name=True,
    )
    return with_run_names(changed(document, runs=(*document.runs, run)))


def duplicate_run(document: Experiment, run_id: str) -> Experiment:
    """A copy of a run behind it, under a name and a colour of its own."""
    original = document.run(run_id)
    if original is None:
        return document
    color = free_color(document.runs)
    copy = msgspec.structs.replace(
        original,
        id=fresh_id(document.runs),
        name=fresh_name(original.name, document.runs),
        color=color,
        style=free_style(document.runs, color),
        auto_name=True,
    )
    return with_run_names(_behind(document, original, (copy,)))


def branch_run(document: Experiment, run_id: str, after: int) -> Experiment:
    """A run behind another one that shares its first ``after`` updates, and all others until a
    setting of it is changed; at the start it is a copy."""
    original = document.run(run_id)
    if original is None or original.recording or after < 1:
        return duplicate_run(document, run_id)
    then = _with_switch(original, after)
    color = free_color(document.runs)
    branch = msgspec.structs.replace(
        original,
        id=fresh_id(document.runs),
        name=fresh_name(f"{original.title} from {after}", document.runs),
        color=color,
        style=free_style(document.runs, color),
        auto_name=False,
        then=then,
        branch_of=original.id,
        branch_after=after,
    )
    return _behind(document, original, (branch,))


def add_switch(document: Experiment, run_id: str, after: int) -> Experiment:
    """The run with a change after so many updates, where everything goes on as it was until a
    setting of it is changed; a change that stands there already stays.

    Raises SettingError where it cannot be.
    """
    run = document.run(run_id)
    if run is None or run.recording:
        return document
    check_place(document, after)
    return with_run_names(change_run(document, run_id, then=_with_switch(run, after)))


def move_switch(document: Experiment, run_id: str, after: int, to: int) -> Experiment:
    """The change of a run after so many updates at another place.

    Raises SettingError where it cannot be, as after the next one.
    """
    run = document.run(run_id)
    if run is None:
        return document
    check_place(document, to)
    places = [switch.after for switch in run.then]
    index = places.index(after)
    low = places[index - 1] if index else 0
    high = places[index + 1] if index + 1 < len(places) else math.inf
    if not low < to < high:
        limit = f"after step {low}" if to <= low else f"before step {high}"
        raise SettingError("then", f"must change the rule {limit}, not at {to}")
    then = list(run.then)
    then[index] = msgspec.structs.replace(then[index], after=to)
    branches = run.branch_of and run.branch_after == after
    place = to if branches else run.branch_after
    return with_run_names(change_run(document, run_id, then=tuple(then), branch_after=place))


def remove_switch(document: Experiment, run_id: str, after: int) -> Experiment:
    """The run without its change after so many updates: what was before goes on."""
    run = document.run(run_id)
    if run is None:
        return document
    fields: dict[str, object] = {"then": tuple(one for one in run.then if one.after != after)}
    if run.branch_of and run.branch_after == after:
        fields |= {"branch_of": "", "branch_after": 0}
    return with_run_names(change_run(document, run_id, **fields))


def set_keep_memory(document: Experiment, run_id: str, after: int, keep: bool) -> Experiment:
    """The change of a run with memory that goes over by name, or that starts afresh."""
    return change_part(document, run_id, after, keep_memory=keep)


def _with_switch(run: Run, after: int) -> tuple[Switch, ...]:
    """The changes of a run with one after so many updates that changes nothing yet."""
    if any(switch.after == after for switch in run.then):
        return run.then
    now: Run | Switch = run
    for switch in run.then:
        now = switch if switch.after <= after else now
    treatment = now.treatment if isinstance(now, Switch) else None
    here = Switch(after, now.optimizer, now.parameters, now.options, "", treatment)
    return tuple(sorted((*run.then, here), key=lambda switch: switch.after))


def epochs_end(document: Experiment, run: Run, epochs: int) -> int:
    """The updates of a run, with all its changes, that so many epochs take.

    Raises SettingError where there is no data, and what resolving the run raises.
    """
    problem = resolve_problem(document)
    if problem.rows == 0:
        raise SettingError("then", "counts epochs, and there is no data to go through; count steps")
    return resolve_run(document, run, problem).legs[-1].first_of(epochs + 1)


def check_place(document: Experiment, after: int) -> None:
    """Raises SettingError where a change after so many updates would change nothing."""
    if not 0 < after < document.steps:
        reason = f"must be after step 1 to {document.steps - 1}, not {after}"
        raise SettingError("then", reason)


def sweep_run(
    document: Experiment, run_id: str, name: str, values: Sequence[float], *, keep: bool = True
) -> Experiment:
    """A copy of a run for each value of a parameter, behind it and named by the value.

    Without ``keep`` they take its place.  Raises SettingError for a parameter that its rule has
    not, and for a value out of its range.
    """
    original = document.run(run_id)
    if original is None or original.recording:
        raise SettingError("run", "has no parameter to vary")
    rule = rule_of(document, original.own)
    if name not in rule.parameters:
        known = ", ".join(rule.parameters)
        raise SettingError(name, f"is not a parameter of {rule.key}; known are {known}")
    if not 1 <= len(values) <= MOST_VALUES:
        raise SettingError(name, f"needs 1 to {MOST_VALUES} values, not {len(values)}")
    parameter = rule.parameters[name]
    runs = document.runs
    copies: list[Run] = []
    for value in map(parameter.check, values):
        taken = (*runs, *copies)
        color = free_color(taken)
        copy = msgspec.structs.replace(
            original,
            id=fresh_id(taken),
            name=fresh_name(f"{rule.name} {parameter.symbol} {short(value)}", taken),
            color=color,
            style=free_style(taken, color),
            auto_name=False,
        )
        copies.append(copy)
    document = _behind(document, original, copies)
    for copy, value in zip(copies, values, strict=True):
        document = set_parameter(document, copy.id, name, value)
    return document if keep else remove_run(document, run_id)


def _behind(document: Experiment, original: Run, runs: Sequence[Run]) -> Experiment:
    """The experiment with more runs right behind one."""
    place = document.runs.index(original) + 1
    return changed(document, runs=(*document.runs[:place], *runs, *document.runs[place:]))


def rename_run(document: Experiment, run_id: str, name: str) -> Experiment:
    """The run under a name that a person gave; an empty one makes the name automatic again."""
    if not name:
        return with_run_names(change_run(document, run_id, auto_name=True))
    return change_run(document, run_id, name=name, auto_name=False)


def remove_run(document: Experiment, run_id: str) -> Experiment:
    """The experiment without a run."""
    return changed(document, runs=tuple(run for run in document.runs if run.id != run_id))


def move_run(document: Experiment, run_id: str, place: int) -> Experiment:
    """The run at another place in the list, counted from 0."""
    run = document.run(run_id)
    if run is None:
        return document
    others = [other for other in document.runs if other.id != run_id]
    others.insert(min(max(place, 0), len(others)), run)
    return changed(document, runs=tuple(others))


def choose_optimizer(
    document: Experiment, run_id: str, optimizer: str, after: int | None = None
) -> Experiment:
    """Another rule for a run; settings that the new rule knows too are kept.

    A learning rate is not: a good one for one rule is rarely good for another.  A colour that was
    that of the old rule, and a name that was, are those of the new one.  ``optimizer`` is a name,
    or the path of a ``.toml`` file whose text the experiment takes in.  Raises UnknownNameError or
    DataError.
    """
    run = document.run(run_id)
    if run is None or run.part(after).optimizer == optimizer:
        return document
    document, optimizer = with_file(document, "rules", optimizer)
    rule = load_rule(optimizer, own=document.rules)
    own = run.part(after)
    kept = {
        name: value
        for name, value in own.parameters.items()
        if name != "eta" and name in rule.parameters and rule.parameters[name].range.contains(value)
    }
    options = {
        name: value
        for name, value in own.options.items()
        if name in rule.options and value in rule.options[name].choices
    }
    settings = {"optimizer": optimizer, "parameters": kept, "options": options}
    document = change_part(document, run_id, after, **settings)
    if own is not run:
        return with_run_names(document)
    others = tuple(other for other in document.runs if other.id != run_id)
    follows = run.auto_name or run.name.startswith(_rule_name(document, run))
    was_chosen = run.color != rule_color(run.optimizer)
    made = change_run(
        document,
        run_id,
        auto_name=follows,
        color=run.color if was_chosen else free_color(others, rule_color(optimizer)),
    )
    return with_run_names(made)


def _rule_name(document: Experiment, run: Run) -> str:
    """The name of a run's rule, or of its file where the rule cannot be used."""
    try:
        return rule_of(document, run).name
    except (UnknownNameError, DataError):
        return run.optimizer


def set_parameter(
    document: Experiment, run_id: str, name: str, value: float, after: int | None = None
) -> Experiment:
    """Another value for a parameter of a run."""
    run = document.run(run_id)
    if run is None:
        return document
    parameters = {**run.part(after).parameters, name: value}
    return change_part(document, run_id, after, parameters=parameters)


def set_option(
    document: Experiment, run_id: str, name: str, value: Choice, after: int | None = None
) -> Experiment:
    """Another choice for an option of a run."""
    run = document.run(run_id)
    if run is None:
        return document
    options = {**run.part(after).options, name: value}
    return change_part(document, run_id, after, options=options)


def set_schedule(
    document: Experiment, run_id: str, text: str, after: int | None = None
) -> Experiment:
    """Another schedule for a run; files that it names are taken into the experiment.

    Raises SettingError, UnknownNameError or DataError for a text that is no schedule.
    """
    document, schedule = with_schedule_files(document, text)
    parse_schedule(schedule, document.schedules)
    return change_part(document, run_id, after, schedule=schedule)


def take_file(document: Experiment, path: Path, run_id: str) -> Experiment:
    """What a ``.toml`` file or a recording holds, taken into the experiment and used.

    A rule gets a run of its own, a surface takes the place of the one that is there, a schedule
    goes to the run ``run_id``; recorded numbers are a run of their own, any other table is the
    data.  Raises UnknownNameError or DataError for a file that cannot be used, SettingError where a
    schedule cannot be without settings, RecordingError and TableError with line and column.
    """
    if is_table(path):
        return choose_data(document, str(path))
    if is_recording(path):
        return with_recording(document, path)
    kind = kind_of_file(path)
    if kind == "rules":
        return add_run(document, str(path))
    if kind == "surfaces":
        return choose_problem(document, str(path))
    # Not by its path: that may hold characters which mean something in a schedule.
    document, name = with_file(document, "schedules", str(path))
    return set_schedule(document, run_id, name)


def set_treatment(
    document: Experiment, run_id: str, name: str, value: float | None, after: int | None = None
) -> Experiment:
    """Another strength of a gradient treatment of a run; None leaves it out."""
    run = document.run(run_id)
    if run is None:
        return document
    treatment: Treatment = msgspec.structs.replace(run.part(after).treatment, **{name: value})
    return change_part(document, run_id, after, treatment=treatment)
