"""``--set`` and the options that treat the gradient, checked against what declares them."""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from collections.abc import Sequence

import msgspec

from optlab.cli.exits import CommandError
from optlab.cli.option_values import Then, finite, shown, truth
from optlab.core.gradient_transforms import STAGES, GradientTransforms
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import Rule, load_rule
from optlab.core.run.sampling import MODES, Sampling
from optlab.session.edits.run_edits import check_place, epochs_end, sweep_run
from optlab.session.embedded.own_texts import rule_of, with_file
from optlab.session.experiment import Experiment, Run, Switch
from optlab.session.resolve import ExperimentError

PRESET = "preset"
"""What ``--set`` calls a rule's named conventions."""
KEEP_MEMORY = "keep_memory"
"""What ``--then`` calls that memory is taken over by name."""


def check_treatment(options: argparse.Namespace) -> dict[str, float]:
    """The treatments that were asked for. Raises :class:`CommandError` naming the option."""
    given: dict[str, float] = {}
    for name in STAGES:
        value = getattr(options, name)
        if value is None:
            continue
        try:
            GradientTransforms(**{name: value})
        except SettingError as error:
            raise CommandError(f"--{name.replace('_', '-')}: {error.reason}") from None
        given[name] = value
    return given


def check_sampling(options: argparse.Namespace) -> dict[str, object]:
    """What gradients are taken from, as far as it was asked for.

    Raises :class:`CommandError` naming the option.
    """
    names = ("batch", "shuffle", "workers", "delay", "share", "loss_every")
    given = {name: getattr(options, name) for name in names}
    if options.asynchronous is not None:
        given["mode"] = MODES[options.asynchronous]
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in given.items():
        together = {"batch": 1} if name == "workers" else {}
        try:
            Sampling(**{**together, name: value})
        except SettingError as error:
            raise CommandError(f"--{name.replace('_', '-')}: {error.reason}") from None
    if options.file is None:
        if options.asynchronous and options.workers is None:
            raise CommandError("--asynchronous: needs workers that take turns; give --workers")
        try:
            Sampling(**given)
        except SettingError as error:
            raise CommandError(f"--{error.name.replace('_', '-')}: {error.reason}") from None
    return given


def with_settings(experiment: Experiment, settings: Sequence[tuple[str, str]]) -> Experiment:
    """The experiment with the settings applied to its runs wherever the optimizer has them.

    Raises :class:`CommandError` for a setting that none of them has, and for a wrong value.
    """
    if not settings:
        return experiment
    runs: Sequence[Run] = experiment.runs
    rules = {run.optimizer: _rule(experiment, run) for run in runs if run.optimizer}
    for name, text in settings:
        if name == PRESET:
            runs = [
                run if run.recording else _with_preset(run, rules[run.optimizer], text)
                for run in runs
            ]
            continue
        owners = [rule for rule in rules.values() if _has(rule, name)]
        if not owners:
            raise CommandError(f"--set: {_unknown(name, tuple(rules.values()))}")
        runs = [
            _with_setting(run, rules[run.optimizer], name, text)
            if not run.recording and _has(rules[run.optimizer], name)
            else run
            for run in runs
        ]
    return msgspec.structs.replace(experiment, runs=tuple(runs))


def with_sweep(experiment: Experiment, sweep: tuple[str, tuple[float, ...]] | None) -> Experiment:
    """The experiment with a run for each value of a parameter, in place of those that have it.

    Raises :class:`CommandError`.
    """
    if sweep is None:
        return experiment
    name, values = sweep
    rules = {run.id: _rule(experiment, run) for run in experiment.runs if not run.recording}
    swept = [run_id for run_id, rule in rules.items() if name in rule.parameters]
    if not swept:
        raise CommandError(f"--sweep: {_unknown(name, tuple(rules.values()))}")
    for run_id in swept:
        try:
            experiment = sweep_run(experiment, run_id, name, values, keep=False)
        except SettingError as error:
            raise CommandError(f"--sweep: {error}") from None
    return experiment


def with_switches(experiment: Experiment, switches: Sequence[Then]) -> Experiment:
    """The experiment whose runs go on with other optimizers, in place of what the file says.

    A run that is called as its optimizer is gets the names of all.  Raises
    :class:`CommandError` for what cannot be.
    """
    if not switches:
        return experiment
    changes: list[Switch] = []
    names: list[str] = []
    for given in switches:
        try:
            experiment, key = with_file(experiment, "rules", given.optimizer)
            rule = load_rule(key, own=experiment.rules)
        except (UnknownNameError, DataError) as error:
            raise CommandError(f"--then: {error}") from None
        changes.append(_switch(given, key, rule))
        names.append(rule.name)
    runs = []
    for run in experiment.runs:
        if not run.recording:
            rule = _rule(experiment, run)
            name = " → ".join((rule.name, *names)) if run.name == rule.name else run.name
            run = msgspec.structs.replace(run, then=(), name=name)
            for given, change in zip(switches, changes, strict=True):
                run = _with_switch(experiment, run, given, change)
        runs.append(run)
    return msgspec.structs.replace(experiment, runs=tuple(runs))


def _with_switch(experiment: Experiment, run: Run, given: Then, change: Switch) -> Run:
    """The run with one more change, counted in its own epochs where it says so."""
    after, before = given.after, run.then[-1].after if run.then else 0
    try:
        after = epochs_end(experiment, run, after) if given.epochs else after
    except SettingError as error:
        raise CommandError(f"--then: {error.reason}") from None
    except ExperimentError as error:
        raise CommandError(str(error)) from None
    if after <= before:
        reason = f"must come after step {before}, not {after}"
        raise CommandError(f"--then: the change to {given.optimizer} {reason}")
    then = (*run.then, msgspec.structs.replace(change, after=after))
    return msgspec.structs.replace(run, then=then)


def check_switches(experiment: Experiment, switches: Sequence[Then]) -> None:
    """Raises :class:`CommandError` for a change that comes after the last step."""
    for switch in (one for run in experiment.runs for one in run.then if switches):
        try:
            check_place(experiment, switch.after)
        except SettingError as error:
            raise CommandError(f"--then: the change to {switch.optimizer} {error.reason}") from None


def _switch(given: Then, key: str, rule: Rule) -> Switch:
    run, keep = Run(id="", optimizer=key), True
    for name, text in given.settings:
        try:
            if name == PRESET:
                run = _with_preset(run, rule, text)
            elif name == KEEP_MEMORY:
                keep = truth(text)
            elif _has(rule, name):
                run = _with_setting(run, rule, name, text)
            else:
                raise CommandError(f"--then: {_unknown(name, (rule,))}")
        except ArgumentTypeError as error:
            raise CommandError(f"--then: {name}: {error}") from None
        except CommandError as error:
            raise CommandError(str(error).replace("--set:", "--then:", 1)) from None
    return Switch(
        after=given.after,
        optimizer=key,
        parameters=run.parameters,
        options=run.options,
        keep_memory=keep,
    )


def _with_preset(run: Run, rule: Rule, name: str) -> Run:
    """The run with the conventions of a paper or a library; later settings still count."""
    try:
        parameters, options = rule.preset(name)
    except SettingError as error:
        raise CommandError(f"--set: {_short(error)}") from None
    return msgspec.structs.replace(
        run, parameters={**run.parameters, **parameters}, options={**run.options, **options}
    )


def _rule(experiment: Experiment, run: Run) -> Rule:
    try:
        return rule_of(experiment, run)
    except (UnknownNameError, DataError) as error:
        raise CommandError(str(error)) from None


def _has(rule: Rule, name: str) -> bool:
    return name in rule.parameters or name in rule.options


def _unknown(name: str, rules: Sequence[Rule]) -> str:
    who = " or ".join(rule.key for rule in rules)
    known = dict.fromkeys(key for rule in rules for key in (*rule.parameters, *rule.options))
    return f"{shown(name)} is not a setting of {who}; known are {', '.join(known)}"


def _with_setting(run: Run, rule: Rule, name: str, text: str) -> Run:
    try:
        if name in rule.options:
            options = {**run.options, name: rule.options[name].check(text)}
            return msgspec.structs.replace(run, options=options)
        value = rule.parameters[name].check(finite(text))
        return msgspec.structs.replace(run, parameters={**run.parameters, name: value})
    except ArgumentTypeError as error:
        raise CommandError(f"--set: {name}: {error}") from None
    except SettingError as error:
        raise CommandError(f"--set: {_short(error)}") from None


def _short(error: SettingError) -> str:
    """What the setting said, not too long."""
    text = str(error)
    return text if len(text) <= 200 else text[:197] + "..."
