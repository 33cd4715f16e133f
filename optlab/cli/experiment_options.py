"""From options to an experiment: read from a file, or built from nothing; all of it checked."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import msgspec

from optlab.cli.exits import CommandError
from optlab.cli.settings import (
    check_sampling,
    check_switches,
    check_treatment,
    with_settings,
    with_sweep,
    with_switches,
)
from optlab.core.data import TableError
from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem, load_problem
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.run.spec import MAX_SEED, MAX_STEPS
from optlab.core.schedules import parse_schedule
from optlab.files.experiment_files import (
    DEFAULT_EXPERIMENT,
    find_experiment,
    load_experiment,
    remarks,
    shipped_experiment,
)
from optlab.files.temp_files import FileProblemError
from optlab.session.embedded.data_sets import data_of, split_tables, with_data
from optlab.session.embedded.own_texts import with_file, with_schedule_files
from optlab.session.experiment import (
    DataSet,
    Experiment,
    NetworkModel,
    Run,
    Surface,
    free_color,
    fresh_id,
)
from optlab.session.resolve import (
    ExperimentError,
    Resolved,
    network_model,
    resolve_problem,
    resolve_strictly,
)

replaced = msgspec.structs.replace
_MOST_REMARKS = 5


def find_file(name: str) -> Path:
    """The experiment file of a path, or of the name of a shipped experiment."""
    try:
        return find_experiment(name)
    except FileProblemError as error:
        raise CommandError(error.reason) from None


def experiment_of(options: argparse.Namespace) -> tuple[Experiment, Resolved]:
    """The experiment that the options of ``run`` mean, and what it resolves to.

    Raises :class:`CommandError` naming the option, or the file where it was the file's fault.
    """
    experiment = _with_data(_with_surface(_base(options), options), options)
    experiment = _with_runs(_with_shared(experiment, options), options)
    experiment = _with_epochs(experiment, options)
    check_switches(experiment, options.then)
    try:
        return experiment, resolve_strictly(experiment)
    except ExperimentError as error:
        place = f"{options.file}: " if options.file else ""
        raise CommandError(f"{place}{error}") from None


def _base(options: argparse.Namespace) -> Experiment:
    if options.weights is not None and options.loss is None:
        raise CommandError("--weights: names the weights of --loss, which is not given")
    named = (options.problem, options.loss, options.network, options.optimizer)
    from_nothing = any(name is not None for name in named)
    if options.file is None and from_nothing:
        # The surface that the program opens on, where no other is named.
        return Experiment(surface=_load(shipped_experiment(DEFAULT_EXPERIMENT)).surface)
    if options.file is None:
        return _load(shipped_experiment(DEFAULT_EXPERIMENT))
    return _load(find_file(options.file), quiet=options.quiet)


def _load(path: Path, *, quiet: bool = True) -> Experiment:
    try:
        experiment = load_experiment(path)
    except FileProblemError as error:
        raise CommandError(str(error)) from None
    ids = [run.id for run in experiment.runs]
    if len(set(ids)) < len(ids):
        raise CommandError(f"{path}: two runs have the same id")
    if not quiet and sys.stderr is not None:
        for remark in remarks(experiment)[:_MOST_REMARKS]:
            print(f"{path}: {remark}", file=sys.stderr)
    for low, high in experiment.surface.window or ():
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise CommandError(f"{path}: each range of the window needs a low end below its high")
    return experiment


def _with_surface(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """Another surface brings its own start and window; title, story and claims no longer fit."""
    if options.network is not None and (options.loss or options.problem):
        raise CommandError("--network: cannot be given together with --loss or --problem")
    model = _network(experiment, options)
    if options.problem is None and options.loss is None and model is None:
        return experiment
    try:
        if model is not None:
            surface = Surface(network=model, data=experiment.surface.data)
        elif options.loss is not None:
            if options.data is None:
                formula_problem(options.loss, options.weights or ())
            surface = Surface(formula=options.loss, weights=options.weights or ())
        else:
            experiment, name = with_file(experiment, "surfaces", options.problem)
            load_problem(name, own=experiment.surfaces)
            surface = Surface(problem=name)
    except FormulaError as error:
        raise CommandError(f"--loss: {error}") from None
    except SettingError as error:
        raise CommandError(f"--weights: {error.reason}") from None
    except (UnknownNameError, DataError) as error:
        raise CommandError(f"--problem: {error}") from None
    runs = tuple(replaced(run, start=None) for run in experiment.runs)
    bare = replaced(experiment, title="", story="", claims=())
    return replaced(bare, surface=surface, start=None, runs=runs)


def _network(experiment: Experiment, options: argparse.Namespace) -> NetworkModel | None:
    """The network that the options name, or change; None where they name none."""
    pairs = (("activation", "activation"), ("train_loss", "loss"), ("init", "init"))
    given = {field: getattr(options, name) for name, field in pairs}
    given = {field: value for field, value in given.items() if value is not None}
    model = None if options.loss or options.problem else experiment.surface.network
    if options.network is None and not given:
        return None
    if options.network is None and model is None:
        name = next(name for name, field in pairs if field in given)
        raise CommandError(f"--{name.replace('_', '-')}: there is no network; use --network")
    old = {} if model is None else msgspec.structs.asdict(model)
    if options.network is not None:
        given["sizes"] = options.network
    try:
        return network_model(**(old | given))
    except SettingError as error:
        raise CommandError(f"--{error.name.replace('_', '-')}: {error.reason}") from None


def _with_data(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """The rows that the loss goes over, and how they are split."""
    given: dict[str, object] = {}
    for name in ("test", "split_seed", "standardize"):
        if getattr(options, name) is not None:
            given[name] = getattr(options, name)
    if options.test is not None and not 0 <= options.test < 1:
        raise CommandError(f"--test: must be at least 0 and below 1, not {options.test:g}")
    data = experiment.surface.data
    if options.data is not None:
        if options.file is None and not (options.loss or options.problem or options.network):
            raise CommandError('--data: needs a loss over it: --loss "mean(...)", or --network')
        try:
            experiment, source, digest = with_data(experiment, options.data)
        except TableError as error:
            raise CommandError(f"--data: {error}") from None
        data = replaced(data or DataSet(source=source), source=source, digest=digest)
    elif given and data is None:
        data = _own_data(experiment)
    if data is None and experiment.surface.network is not None:
        raise CommandError("--network: needs data; name a table with --data")
    if data is None:
        if given:
            raise CommandError(f"--{next(iter(given)).replace('_', '-')}: there is no data")
        return experiment
    data = replaced(data, **given)
    experiment = replaced(experiment, surface=replaced(experiment.surface, data=data))
    try:
        split_tables(data, experiment.tables)
        resolve_problem(experiment)
    except SettingError as error:
        raise CommandError(f"--data: {error.reason}") from None
    except ExperimentError as error:
        option = {"formula": "loss", "train_loss": "train-loss"}.get(error.place, error.place)
        raise CommandError(f"--{option}: {error.reason}") from None
    return experiment


def _own_data(experiment: Experiment) -> DataSet | None:
    try:
        return data_of(resolve_problem(experiment))
    except ExperimentError:
        return None  # told where the experiment is resolved


def _with_epochs(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """So many steps as all rows are gone through ``--epochs`` times."""
    of_rows = ("batch", "workers", "shuffle", "loss_every")
    option = next((name for name in of_rows if getattr(options, name) is not None), None)
    if option is not None:
        try:
            rows = resolve_problem(experiment).rows
        except ExperimentError:
            return experiment  # told where the experiment is resolved
        if rows == 0:
            option = option.replace("_", "-")
            raise CommandError(f"--{option}: needs data; name a table with --data")
    if options.epochs is None:
        return experiment
    if options.steps is not None:
        raise CommandError("--epochs: cannot be given together with --steps")
    try:
        legs = [spec.legs[0] for spec in resolve_strictly(experiment).specs.values()]
    except ExperimentError as error:
        raise CommandError(str(error)) from None
    if not all(leg.spec.problem.rows for leg in legs):
        raise CommandError("--epochs: there is no data to go through")
    each = {leg.spec.epoch_steps for leg in legs}
    if len(each) > 1:
        raise CommandError("--epochs: the runs take batches of different sizes; give --steps")
    steps = options.epochs * each.pop()
    _check_range("--epochs", steps, MAX_STEPS)
    return replaced(experiment, steps=steps)


def _with_shared(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """Start, steps, seed and the tolerance, where the options give them."""
    _check_range("--steps", options.steps, MAX_STEPS)
    _check_range("--seed", options.seed, MAX_SEED)
    tolerance = options.stop_gradient
    if tolerance is not None and tolerance < 0:
        raise CommandError(f"--stop-gradient: must be at least 0, not {tolerance:g}")
    given = {
        "start": options.start,
        "steps": options.steps,
        "seed": options.seed,
        "stop_gradient": tolerance,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if "start" in given:
        _check_start(experiment, options.start)
        given["runs"] = tuple(replaced(run, start=None) for run in experiment.runs)
    return replaced(experiment, **given)


def _check_start(experiment: Experiment, start: tuple[float, ...]) -> None:
    try:
        names = resolve_problem(experiment).weights
    except ExperimentError:
        return  # reported where the experiment is resolved
    if len(start) != len(names):
        shown = names if len(names) <= 6 else (*names[:3], "...", names[-1])
        needed = f"{len(names)} number{'s' * (len(names) != 1)} ({', '.join(shown)})"
        raise CommandError(f"--start: needs {needed}, not {len(start)}")


def _check_range(option: str, value: int | None, most: int) -> None:
    if value is not None and not 0 <= value <= most:
        raise CommandError(f"{option}: must be from 0 to {most}, not {value}")


def _with_runs(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    runs = experiment.runs
    if options.optimizer is not None:
        experiment, new = _new_run(experiment, options.optimizer)
        recorded = [run for run in runs if run.recording]
        kept = tuple(run for run in runs if run.optimizer == new.optimizer) or (
            replaced(new, id=fresh_id(runs), color=free_color(recorded)),
        )
        runs = (*recorded, *kept)
    elif not runs and options.file:
        raise CommandError(f"{options.file}: has no runs; name an optimizer with --optimizer")
    elif not runs:
        usual = _load(shipped_experiment(DEFAULT_EXPERIMENT)).runs[0].optimizer
        experiment, new = _new_run(experiment, usual)
        runs = (new,)
    if options.schedule is not None:
        experiment, schedule = with_schedule(experiment, options.schedule)
        runs = tuple(run if run.recording else replaced(run, schedule=schedule) for run in runs)
    treatment = check_treatment(options) | check_sampling(options)
    runs = tuple(
        run if run.recording else replaced(run, treatment=replaced(run.treatment, **treatment))
        for run in runs
    )
    experiment = with_settings(replaced(experiment, runs=runs), options.set)
    experiment = with_sweep(experiment, options.sweep)
    return with_switches(experiment, options.then)


def with_schedule(experiment: Experiment, text: str) -> tuple[Experiment, str]:
    """The experiment with the schedule files that ``--schedule`` names, and the schedule."""
    try:
        experiment, schedule = with_schedule_files(experiment, text)
        parse_schedule(schedule, experiment.schedules)
    except (UnknownNameError, DataError) as error:
        raise CommandError(f"--schedule: {error}") from None
    except SettingError as error:
        reason = error.reason if error.name == "schedule" else str(error)
        raise CommandError(f"--schedule: {reason}") from None
    return experiment, schedule


def _new_run(experiment: Experiment, optimizer: str) -> tuple[Experiment, Run]:
    try:
        experiment, key = with_file(experiment, "rules", optimizer)
        name = load_rule(key, own=experiment.rules).name
        return experiment, Run(id="1", optimizer=key, name=name)
    except (UnknownNameError, DataError) as error:
        raise CommandError(f"--optimizer: {error}") from None
