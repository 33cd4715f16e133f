"""The options of ``optlab tune`` and ``optlab compare``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from optlab.cli.cluster_options import add_cluster
from optlab.cli.option_values import finite, whole

_SAMPLERS = ("halton", "grid", "random", "tpe")
_MEASURES = ("loss", "steps", "area", "test_loss")


def add_tune(
    commands: argparse._SubParsersAction[Any],
    add_experiment: Callable[[argparse.ArgumentParser], None],
) -> None:
    """``optlab tune``"""
    tune = commands.add_parser(
        "tune",
        help="the best settings of one or more rules",
        description="Runs many settings of each rule and says which are best. --optimizer may "
        "name several rules, separated by commas; with FILE its runs are tuned. The settings as "
        "they are come first, so that tuning never makes a run worse.",
        allow_abbrev=False,
    )
    add_experiment(tune)
    group = tune.add_argument_group("the search")
    group.add_argument(
        "--budget", type=whole, default=64, metavar="N", help="trials of each rule (default 64)"
    )
    group.add_argument(
        "--space",
        metavar="NAMES",
        help="what is varied, e.g. eta=1e-4:1:log,beta1=0:0.99:decay or eta,beta1 on their usual "
        "ranges (default: all parameters, widened where the best lies on an edge)",
    )
    group.add_argument(
        "--sampler", choices=_SAMPLERS, default="halton", help="how points are chosen"
    )
    group.add_argument(
        "--measure",
        choices=_MEASURES,
        default="loss",
        help="what is made small: the final loss, the gradients until --target, the area under the "
        "curve of log10(loss), or the final test loss (default loss); the median over the seeds",
    )
    group.add_argument("--target", type=finite, metavar="LOSS", help="for --measure steps")
    group.add_argument(
        "--seeds", type=whole, default=1, metavar="N", help="seeds of each trial (default 1)"
    )
    _add_results(tune, "every trial", "the best of each rule")
    tune.add_argument(
        "--sqlite", metavar="FILE", help="the trials as a database for Optuna's dashboard"
    )
    add_cluster(tune)


def add_compare(commands: argparse._SubParsersAction[Any]) -> None:
    """``optlab compare``"""
    compare = commands.add_parser(
        "compare",
        help="compare rules fairly, over problems and seeds",
        description="Gives every rule the same number of gradients, at its defaults, with its "
        "learning rate tuned, and with all parameters tuned, and reports on other seeds than it "
        "was tuned on. The protocol stands in the JSON.",
        allow_abbrev=False,
    )
    group = compare.add_argument_group("what is compared")
    group.add_argument(
        "--problems", metavar="NAMES", help="surfaces, or a suite (optlab list suites)"
    )
    group.add_argument("--optimizers", metavar="NAMES", help="rules, separated by commas")
    group.add_argument(
        "--budget", type=whole, default=1000, metavar="N", help="gradients a run (default 1000)"
    )
    group.add_argument(
        "--trials",
        type=whole,
        default=32,
        metavar="N",
        help="points for each tuned parameter (default 32)",
    )
    group.add_argument(
        "--seeds", type=whole, default=10, metavar="N", help="seeds reported on (default 10)"
    )
    group.add_argument("--seed", type=whole, default=0, metavar="N", help="decides all others")
    _add_results(compare, "every entry", "all figures, and the protocol in words")
    compare.add_argument("--image", metavar="FILE", help="the pictures: .png, .svg or .pdf")
    add_cluster(compare)


def _add_results(command: argparse.ArgumentParser, rows: str, whole_text: str) -> None:
    group = command.add_argument_group("results")
    group.add_argument("--csv", metavar="FILE", help=f"{rows} as a row")
    group.add_argument("--json", metavar="FILE", help=whole_text)
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")
