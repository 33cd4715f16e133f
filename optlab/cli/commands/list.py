"""``optlab list``: what can be chosen, one line each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from optlab.cli.exits import CommandError, print_lines, terminal_width
from optlab.core.resources import DataError
from optlab.core.text_table import Row, aligned, fitted


def execute(options: argparse.Namespace) -> int:
    """Prints the names of a kind: one line each for a program, as paragraphs on a terminal."""
    try:
        rows = _LISTS[options.kind]()
    except DataError as error:
        raise CommandError(str(error), status=1) from None
    width = terminal_width()
    print_lines(aligned(rows) if width is None else fitted(rows, width))
    return 0


def _optimizers() -> Sequence[Row]:
    from optlab.core.rules import choice_text, load_rule, rule_names

    rows = []
    for name in rule_names():
        rule = load_rule(name)
        settings = [f"{p.name}={p.default:g}" for p in rule.parameters.values()]
        for option in rule.options.values():
            # The default comes first.
            choices = sorted(option.choices, key=lambda choice: choice != option.default)
            settings.append(f"{option.name}={'|'.join(map(choice_text, choices))}")
        also = f" (also {', '.join(rule.aliases)})" if rule.aliases else ""
        rows.append((name, rule.summary + also, " ".join(settings), rule.reference))
    return rows


def _problems() -> Sequence[Row]:
    from optlab.core.problems import load_problem, problem_names

    rows = []
    for name in problem_names():
        problem = load_problem(name)
        start = ",".join(f"{value:g}" for value in problem.start)
        rows.append((name, problem.name, f"start {start}", problem.formula))
    return rows


def _suites() -> Sequence[Row]:
    from optlab.core.tuning.suites import load_suite, suite_names

    suites = [load_suite(name) for name in suite_names()]
    return [(one.key, one.name, one.summary, " ".join(one.problems)) for one in suites]


def _schedules() -> Sequence[Row]:
    from optlab.core.schedules import (
        EXAMPLE,
        TYPED,
        load_schedule_kind,
        schedule_names,
        typed_summary,
    )

    rows: list[Row] = []
    for name in schedule_names():
        kind = load_schedule_kind(name)
        constants = [
            f"{p.name}={'T' if p.default is None else format(p.default, 'g')}"
            for p in kind.parameters.values()
        ]
        rows.append((name, kind.summary, " ".join(constants), kind.reference))
    return [*rows, (f"{TYPED}(...)", typed_summary(), f"as in {EXAMPLE}", "")]


def _experiments() -> Sequence[Row]:
    from optlab.files.experiment_files import experiment_names, load_experiment, shipped_experiment

    rows = []
    for name in experiment_names():
        experiment = load_experiment(shipped_experiment(name))
        surface = experiment.surface.formula or experiment.surface.problem
        runs = f"{len(experiment.runs)} run{'s' * (len(experiment.runs) != 1)}"
        rows.append((name, experiment.title, f"{runs}, {experiment.steps} steps", surface))
    return rows


def _data() -> Sequence[Row]:
    from optlab.core.data import GENERATORS, load_table, shipped_tables

    rows: list[Row] = [
        (name, made.summary, f"{name}:{made.defaults}", "generator")
        for name, made in GENERATORS.items()
    ]
    for name, about in shipped_tables().items():
        table = load_table(name)
        columns = f"{table.rows} rows of {', '.join(table.names)}"
        rows.append((name, about.summary, columns, about.source))
    return rows


_LISTS: Mapping[str, Callable[[], Sequence[Row]]] = MappingProxyType(
    {
        "optimizers": _optimizers,
        "problems": _problems,
        "suites": _suites,
        "schedules": _schedules,
        "experiments": _experiments,
        "data": _data,
    }
)
