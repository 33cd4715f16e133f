"""What lists offer in an experiment: its own rules, surfaces and schedules, then shipped ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from optlab.core.data_files import DataError, Title, UnknownNameError
from optlab.core.problems import problem_titles
from optlab.core.rules import rule_titles
from optlab.core.schedules import ScheduleKind, load_schedule_kind, schedule_names
from optlab.session.experiment import Experiment
from optlab.session.own_texts import rule_of


def rule_choices(experiment: Experiment) -> tuple[Title, ...]:
    """Every rule that a run can have, and those that runs name but cannot have, with the reason."""
    known = tuple(_marked(title) for title in rule_titles(own=experiment.rules))
    keys = {title.key for title in known}
    lost: dict[str, Title] = {}
    for run in experiment.runs:
        if run.optimizer not in keys:
            try:
                rule = rule_of(experiment, run)
                lost[run.optimizer] = Title(run.optimizer, rule.name, rule.summary)
            except (UnknownNameError, DataError) as error:
                name = PurePath(run.optimizer).stem
                lost[run.optimizer] = Title(run.optimizer, f"{name} (cannot be used)", str(error))
    return (*lost.values(), *known)


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
