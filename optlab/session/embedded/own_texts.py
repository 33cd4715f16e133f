"""Rules, surfaces and schedules that an experiment brings along as text.

Where a person names a ``.toml`` file, its text is taken into the experiment, so that the
experiment means the same on every machine.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from optlab.core.problems import load_problem
from optlab.core.resources import (
    DataError,
    UnknownNameError,
    catalogue_keys,
    data_folder,
    find_data_file,
    is_path,
    read_text,
    read_toml,
)
from optlab.core.rules import Rule, load_rule
from optlab.core.schedules import load_schedule_kind, schedule_kind_names, with_kind_names
from optlab.session.embedded.data_sets import with_data_file
from optlab.session.embedded.recordings import with_recording_texts
from optlab.session.experiment import (
    MAX_TEXTS_SIZE,
    MOST_TEXTS,
    Experiment,
    Run,
    Surface,
    Switch,
    changed,
    texts_size,
)

Kind = Literal["rules", "surfaces", "schedules"]
"""The fields of an experiment that hold texts."""
KINDS: tuple[Kind, ...] = ("rules", "surfaces", "schedules")

SHIPPED: Mapping[Kind, tuple[str, str]] = {
    "rules": ("optimizers", "optimizer"),
    "surfaces": ("problems", "problem"),
    "schedules": ("schedules", "schedule"),
}
"""The folder of the shipped ones, and what one of them is called."""
_LOAD: Mapping[Kind, Callable[[str, Path | None, Mapping[str, str]], object]] = {
    "rules": load_rule,
    "surfaces": load_problem,
    "schedules": load_schedule_kind,
}
_LONGEST_NAME = 50
Part = TypeVar("Part", Run, Switch)


def own_texts(experiment: Experiment, kind: Kind) -> Mapping[str, str]:
    """The texts of a kind, by name."""
    texts: Mapping[str, str] = getattr(experiment, kind)
    return texts


def rule_of(experiment: Experiment, run: Run) -> Rule:
    """The rule of a run, which for a recorded one there is not.

    Raises UnknownNameError or DataError where it cannot be used.
    """
    if run.recording:
        raise UnknownNameError("a recorded run has no optimizer")
    return load_rule(run.optimizer, own=experiment.rules)


def own_notes(experiment: Experiment) -> dict[tuple[Kind, str], str]:
    """A sentence for each text of the experiment, by kind and name; says what it stands before."""
    notes = {}
    for kind, (folder, what) in SHIPPED.items():
        texts = own_texts(experiment, kind)
        shipped = catalogue_keys(data_folder(folder)) if texts else {}
        for name in texts:
            before = ", in place of the shipped one" if name in shipped else ""
            notes[kind, name] = f"{what} '{name}' is the experiment's own{before}"
    return notes


def with_file(experiment: Experiment, kind: Kind, name: str) -> tuple[Experiment, str]:
    """The experiment with the text of a ``.toml`` file, and what it is called there.

    Of a ``name`` that is no path, and of the path of a shipped file, it is the catalogue's.  A
    text that the experiment has already is not taken twice; another one never takes the name of
    one, nor of a shipped one.  Raises UnknownNameError or DataError, also where the file is not
    what its kind needs.
    """
    folder, what = data_folder(SHIPPED[kind][0]), SHIPPED[kind][1]
    if not is_path(name):
        own = name in own_texts(experiment, kind)
        return experiment, name if own else catalogue_keys(folder).get(name, name)
    path = find_data_file(folder, name, what)
    if path.parent.resolve() == folder.resolve():
        return experiment, path.stem
    text = read_text(path)
    texts = own_texts(experiment, kind)
    wanted = _own_name(path.stem, what)
    for known, other in texts.items():
        if other == text and re.fullmatch(rf"{re.escape(wanted)}(_\d+)?", known):
            return experiment, known
    free = _free_name(wanted, {*texts, *catalogue_keys(folder)})
    try:
        _LOAD[kind](free, None, {free: text})
    except DataError as error:
        # Whoever named the file looks for the mistake in it.
        raise DataError(path.name, error.key, error.reason) from None
    grown = changed(experiment, **{kind: {**texts, free: text}})
    if len(texts) == MOST_TEXTS or texts_size(grown) > MAX_TEXTS_SIZE:
        most = f"{MOST_TEXTS} {kind} and {MAX_TEXTS_SIZE >> 10} KiB of text"
        raise DataError(path.name, "", f"does not fit into the experiment, which holds {most}")
    return grown, free


def kind_of_file(path: Path) -> Kind:
    """What a ``.toml`` file describes, by the keys that only one kind has.

    Raises DataError for a file that cannot be read.
    """
    keys = read_toml(path, dict[str, object])
    if "window" in keys or "minima" in keys:
        return "surfaces"
    return "schedules" if "formula" in keys else "rules"


def _own_name(stem: str, what: str) -> str:
    """The name of a file as the name of a text."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", stem)[:_LONGEST_NAME].strip("_-")
    return name if name[:1].isalpha() else f"{what}_{name}".rstrip("_")


def _free_name(name: str, taken: set[str]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name}_{number}"
        number += 1
    return candidate


def with_schedule_files(experiment: Experiment, text: str) -> tuple[Experiment, str]:
    """The same for the kinds that the text of a schedule names; the text with their names."""
    names = {}
    for name in schedule_kind_names(text):
        experiment, names[name] = with_file(experiment, "schedules", name)
    renamed = {name: own for name, own in names.items() if name != own}
    return experiment, with_kind_names(text, renamed) if renamed else text


def with_all_files(experiment: Experiment) -> Experiment:
    """The experiment with the text of every file that it names by a path.

    A path whose file is not there, or is of no use, stays; resolving the experiment tells why.
    """
    surface = experiment.surface
    if not surface.formula:
        experiment, problem = _tried(experiment, "surfaces", surface.problem)
        if problem != surface.problem:
            replaced: Surface = msgspec.structs.replace(surface, problem=problem)
            experiment = changed(experiment, surface=replaced)
    runs = []
    for run in experiment.runs:
        then = []
        for switch in run.then:
            experiment, switch = _with_texts(experiment, switch)
            then.append(switch)
        experiment, run = _with_texts(experiment, run)
        if tuple(then) != run.then:
            run = msgspec.structs.replace(run, then=tuple(then))
        runs.append(run)
    if tuple(runs) != experiment.runs:
        experiment = changed(experiment, runs=tuple(runs))
    return with_data_file(with_recording_texts(experiment))


def _with_texts(experiment: Experiment, part: Part) -> tuple[Experiment, Part]:
    """The same for what a run begins with, or for one of its changes on the way."""
    experiment, optimizer = _tried(experiment, "rules", part.optimizer)
    schedule = part.schedule
    if schedule:
        with contextlib.suppress(UnknownNameError, DataError):
            experiment, schedule = with_schedule_files(experiment, schedule)
    if (optimizer, schedule) != (part.optimizer, part.schedule):
        part = msgspec.structs.replace(part, optimizer=optimizer, schedule=schedule)
    return experiment, part


def _tried(experiment: Experiment, kind: Kind, name: str) -> tuple[Experiment, str]:
    try:
        return with_file(experiment, kind, name)
    except (UnknownNameError, DataError):
        return experiment, name
