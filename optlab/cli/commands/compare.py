"""``optlab compare``: rules under one budget, over problems and seeds."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optlab.cli.exits import CommandError, print_lines, stopped_by_signals
from optlab.cli.progress import ProgressBar
from optlab.core.parameters import SettingError
from optlab.core.resources import DataError, UnknownNameError
from optlab.core.rules import load_rule
from optlab.core.text_table import aligned
from optlab.core.tuning.comparison import ComparisonPlan, ComparisonResult, compare
from optlab.core.tuning.statistics import median
from optlab.core.tuning.suites import problems_of
from optlab.files.temp_files import FileProblemError, write_whole
from optlab.session.kernel_cache import kernel_store

_PROBLEMS, _OPTIMIZERS = "small", "gd,momentum,rmsprop,adam"
_PICTURES = (".png", ".svg", ".pdf")


def execute(options: argparse.Namespace) -> int:
    """Checks everything, compares, writes, then prints the ranks and the verdicts."""
    with stopped_by_signals():
        try:
            return _execute(options)
        except (SettingError, UnknownNameError) as error:
            raise CommandError(str(error)) from None
        except (DataError, FileProblemError) as error:
            raise CommandError(str(error)) from None


def _execute(options: argparse.Namespace) -> int:
    plan = _plan(options)
    if options.image is not None and Path(options.image).suffix.lower() not in _PICTURES:
        raise CommandError(f"--image: needs one of {', '.join(_PICTURES)}, not {options.image}")
    with ProgressBar("comparing", quiet=options.quiet) as bar:
        result = compare(plan, store=kernel_store(), progress=bar.progress)
    if options.csv is not None:
        write_whole(Path(options.csv), lambda file: file.write(entries_csv(result)))
    if options.json is not None:
        text = json.dumps(summary(result), indent=1, ensure_ascii=False) + "\n"
        write_whole(Path(options.json), lambda file: file.write(text.encode()))
    if options.image is not None:
        from optlab.figures.comparison_figure import save_comparison_figure

        save_comparison_figure(result, Path(options.image))
    if not options.quiet:
        print_lines([*aligned(list(_ranks(result))), "", *aligned(list(_verdicts(result)))])
    return 0


def _plan(options: argparse.Namespace) -> ComparisonPlan:
    try:
        problems = problems_of(options.problems or _PROBLEMS)
    except UnknownNameError as error:
        raise CommandError(f"--problems: {error}") from None
    try:
        names = (options.optimizers or _OPTIMIZERS).split(",")
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


def entries_csv(result: ComparisonResult) -> bytes:
    """A row for each problem, rule and tuning: settings, loss with its interval, cost, failures."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ("problem", "optimizer", "tuning", "settings", "loss", "loss_low", "loss_high")
    writer.writerow([*head, "gradients_to_target", "failed", "seeds", "notes"])
    for one in result.entries:
        settings = " ".join(f"{name}={value}" for name, value in one.settings.items())
        loss = one.loss
        numbers = (loss.value, loss.low, loss.high, one.cost)
        cells = (repr(float(n)) for n in numbers)
        notes = "; ".join((*one.notes, *([one.reason] if one.reason else [])))
        row = (one.problem, one.rule, one.tuning, settings, *cells)
        writer.writerow([*row, one.failed, len(one.losses), notes])
    return text.getvalue().encode()


def summary(result: ComparisonResult) -> dict[str, Any]:
    """The protocol, the entries, ranks, profiles and verdicts; null stands for infinity."""
    plan = result.plan
    return {
        "protocol": plan.text,
        "budget": plan.budget,
        "trials": plan.trials,
        "tuning_seeds": plan.tuning_seeds,
        "seeds": plan.seeds,
        "seed": plan.seed,
        "problems": list(plan.problems),
        "optimizers": [rule.key for rule in plan.rules],
        "targets": {name: _number(value) for name, value in result.targets.items()},
        "entries": [
            {
                "problem": one.problem,
                "optimizer": one.rule,
                "tuning": one.tuning,
                "settings": dict(one.settings),
                "loss": _number(median(one.losses)),
                "interval": [_number(one.loss.low), _number(one.loss.high)],
                "losses": [_number(value) for value in one.losses.tolist()],
                "gradients_to_target": _number(one.cost),
                "failed": one.failed,
                "notes": list(one.notes),
                "reason": one.reason,
            }
            for one in result.entries
        ],
        "ranks": {tuning: result.ranks(tuning) for tuning in plan.tunings},
        "profiles": {tuning: _profile(result, tuning) for tuning in plan.tunings},
        "verdicts": {
            name: {tuning: result.verdict(name, tuning) for tuning in plan.tunings}
            for name in plan.problems
        },
    }


def _profile(result: ComparisonResult, tuning: Any) -> dict[str, Any]:
    tau, shares = result.profile(tuning)
    return {"tau": tau.tolist(), "share": {name: one.tolist() for name, one in shares.items()}}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
