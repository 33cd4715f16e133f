"""``optlab compare``: rules under one budget, over problems and seeds."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.outputs import table_outputs
from optlab.cli.progress import ProgressBar
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.text_table import aligned
from optlab.core.tuning.comparison import ComparisonPlan, ComparisonResult, compare
from optlab.core.tuning.suites import (
    DEFAULT_SUITE,
    problems_of,
    treatments_of,
    usual_optimizers,
)
from optlab.files.temp_files import FileProblemError, all_or_none, write_whole
from optlab.files.tuning_files import comparison_csv, comparison_summary, write_json
from optlab.session.kernel_cache import kernel_store


def execute(options: argparse.Namespace) -> int:
    """Checks everything, compares, writes, then prints the ranks and the verdicts."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except SettingError as error:
            raise CommandError(f"--{error.name}: {error.reason}") from None
        except (DataError, FileProblemError) as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    plan, outputs = _plan(options), table_outputs(options)
    with ProgressBar("comparing", quiet=options.quiet) as bar:
        result = compare(plan, store=kernel_store(), progress=bar.progress)
    with all_or_none():
        if outputs.csv is not None:
            write_whole(outputs.csv, lambda file: file.write(comparison_csv(result)))
        if outputs.json is not None:
            write_json(outputs.json, comparison_summary(result))
        if outputs.image is not None:
            from optlab.figures.charts_figure import save_comparison_figure

            save_comparison_figure(result, outputs.image)
    if not options.quiet:
        print_lines([*aligned(list(_ranks(result))), "", *aligned(list(_verdicts(result)))])
    return 0


def _plan(options: argparse.Namespace) -> ComparisonPlan:
    text = options.problems or DEFAULT_SUITE
    try:
        problems = problems_of(text)
    except UnknownNameError as error:
        raise CommandError(f"--problems: {error}") from None
    try:
        names = options.optimizers.split(",") if options.optimizers else usual_optimizers(text)
        rules = [load_rule(name.strip()) for name in dict.fromkeys(names)]
    except (UnknownNameError, DataError) as error:
        raise CommandError(f"--optimizers: {error}") from None
    return ComparisonPlan(
        problems,
        rules,
        budget=options.budget,
        trials=options.trials,
        seeds=options.seeds,
        seed=options.seed,
        treatments=treatments_of(text),
    )


def _ranks(result: ComparisonResult) -> Iterator[tuple[str, ...]]:
    tunings = result.plan.tunings
    ranks = {tuning: result.ranks(tuning) for tuning in tunings}
    yield ("mean rank", *tunings)
    order = sorted(result.plan.rules, key=lambda rule: ranks[tunings[-1]].get(rule.key, math.inf))
    for rule in order:
        cells = (ranks[tuning].get(rule.key) for tuning in tunings)
        yield (rule.key, *("-" if rank is None else f"{rank:.2f}" for rank in cells))


def _verdicts(result: ComparisonResult) -> Iterator[tuple[str, ...]]:
    yield ("problem", *result.plan.tunings)
    for problem in result.plan.problems:
        yield (problem, *(result.verdict(problem, tuning) for tuning in result.plan.tunings))
