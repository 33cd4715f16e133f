"""``optlab compare``: rules under one budget, over problems and seeds."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator

from optlab.cli.cluster_options import connected
from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.outputs import Outputs, table_outputs
from optlab.cli.progress import ProgressBar
from optlab.core.parameters import SettingError
from optlab.core.text_table import aligned
from optlab.core.tuning.compare import compare
from optlab.core.tuning.comparison import ComparisonPlan, ComparisonResult
from optlab.core.tuning.suites import DEFAULT_SUITE
from optlab.files.temp_files import FileProblemError, all_or_none, write_whole
from optlab.files.tuning_files import comparison_csv, comparison_summary, write_json
from optlab.session.experiment import Comparison
from optlab.session.kernel_cache import kernel_store
from optlab.session.resolve import NOTHING
from optlab.session.tuning.fair_comparison import comparison_plan


def execute(options: argparse.Namespace) -> int:
    """Checks everything, compares, writes, then prints the ranks and the verdicts."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except SettingError as error:
            raise CommandError(f"--{error.name}: {error.reason}") from None
        except FileProblemError as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    plan, outputs = _plan(options), table_outputs(options)
    with connected(options) as machines:
        with ProgressBar("comparing", quiet=options.quiet) as bar:
            result = compare(
                plan,
                store=kernel_store(),
                stop=machines.stops(bar.cancelled),
                progress=bar.progress,
                executor=machines.on(NOTHING),
            )
        _write(result, outputs, options)
    return 0


def _write(result: ComparisonResult, outputs: Outputs, options: argparse.Namespace) -> None:
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


def _plan(options: argparse.Namespace) -> ComparisonPlan:
    given = {name: getattr(options, name) for name in ("budget", "trials", "seeds", "seed")}
    optimizers = _names(options.optimizers)
    return comparison_plan(
        Comparison(_names(options.problems) or (DEFAULT_SUITE,), optimizers, **given)
    )


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in (text or "").split(","))))


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
