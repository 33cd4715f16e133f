"""What lists offer: an experiment's own rules, surfaces and schedules, then shipped ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import Final

import msgspec

from optlab.core.problems import problem_titles
from optlab.core.resources import DataError, Title, UnknownNameError, data_folder, read_toml
from optlab.core.rules import load_rule, rule_titles
from optlab.core.schedules import ScheduleKind, load_schedule_kind, schedule_names
from optlab.session.experiment import Experiment

RUN_COLORS: Final = 8
"""How many run colours a theme has."""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    usual: tuple[str, ...]
    colors: dict[str, int]


def usual_rules() -> tuple[str, ...]:
    """The keys of the rules that lists begin with.

    Raises :class:`~optlab.core.resources.DataError` where the file that says so cannot be used.
    """
    return _rules().usual


def rule_color(key: str) -> int:
    """The run colour 0 … 7 that a rule has by itself, the same in all experiments.

    Raises :class:`~optlab.core.resources.DataError` as :func:`usual_rules` does.
    """
    return _rules().colors.get(key, zlib.crc32(key.encode())) % RUN_COLORS


@cache
def _rules() -> _Rules:
    return read_toml(data_folder("topics") / "optimizers.toml", _Rules)


def rule_choices(experiment: Experiment) -> tuple[Title, ...]:
    """Every rule that a run can have, and those that runs name but cannot have, with the reason.

    The experiment's own come first, then the usual ones, then the others by name.
    """
    known = sorted(map(_marked, rule_titles(own=experiment.rules)), key=_place)
    keys = {title.key for title in known}
    lost: dict[str, Title] = {}
    for optimizer in optimizers_of(experiment):
        if optimizer not in keys:
            try:
                rule = load_rule(optimizer, own=experiment.rules)
                lost[optimizer] = Title(optimizer, rule.name, rule.summary)
            except (UnknownNameError, DataError) as error:
                name = PurePath(optimizer).stem
                lost[optimizer] = Title(optimizer, f"{name} (cannot be used)", str(error))
    return (*lost.values(), *known)


def optimizers_of(experiment: Experiment) -> tuple[str, ...]:
    """The optimizers of all runs, and those that they go on with, each once."""
    named = [
        name
        for run in experiment.runs
        for name in (run.optimizer, *(switch.optimizer for switch in run.then))
        if name
    ]
    return tuple(dict.fromkeys(named))


def first_rules(titles: Iterable[Title]) -> int:
    """How many of them are the experiment's own or usual; they stand first."""
    return sum(_place(title) < len(usual_rules()) for title in titles)


def _place(title: Title) -> int:
    usual = usual_rules()
    if title.own:
        return -1
    return usual.index(title.key) if title.key in usual else len(usual)


def surface_choices(experiment: Experiment) -> tuple[Title, ...]:
    """Every surface by name."""
    return tuple(_marked(title) for title in problem_titles(own=experiment.surfaces))


def schedule_choices(experiment: Experiment) -> tuple[ScheduleKind, ...]:
    """Every kind of schedule that can be read."""
    own, kinds = experiment.schedules, []
    for name in (*own, *(name for name in schedule_names() if name not in own)):
        try:
            kinds.append(load_schedule_kind(name, own=own))
        except DataError:
            continue  # naming it in a schedule tells why
    return tuple(kinds)


def _marked(title: Title) -> Title:
    if not title.own:
        return title
    mark = "Of this experiment"
    if title.hides:
        mark += f", in place of the shipped '{title.key}'"
    sentence = f"{mark}: {title.sentence}" if title.sentence else mark
    return replace(title, name=f"{title.name} (own)", sentence=sentence)
