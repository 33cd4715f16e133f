"""Writes docs/which-optimizer.md from measured comparisons.

``python packaging/which_optimizer.py [SUITE ...]`` takes some minutes.
Every sentence is made from the numbers that stand below it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path

from optlab.core.rules import load_rule
from optlab.core.tuning.compare import compare
from optlab.core.tuning.comparison import TUNINGS, ComparisonPlan, ComparisonResult, Tuning
from optlab.core.tuning.statistics import median
from optlab.core.tuning.suites import Suite, load_suite, treatments_of
from optlab.session.kernel_cache import kernel_store

SUITES = ("convex", "ravines", "valleys", "plateaus", "multimodal", "noisy", "data", "networks")
RULES = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
BUDGET, TRIALS, SEEDS = 300, 8, 10
_SAME = 0.5
"""Mean ranks nearer than this are called about the same."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "which-optimizer.md"

HEAD = """\
# Which optimizer when

Made by `packaging/which_optimizer.py` from measured
[fair comparisons](tuning.md#compare-fairly), not from opinion: {rules} with {budget} gradients
a run and {trials} trials for each parameter, tuned on ten seeds and reported on ten others. A
rank is the mean over the problems of a suite, 1 being the best; *solved* is the share of
problems whose target was reached by half of the runs or more.

Most of these are losses of two weights: they say how a rule copes with a shape, and what tuning is
worth to it, not how a large training ends. The last suite has small networks.
"""


def measured(suite: Suite) -> ComparisonResult:
    """The comparison on a suite."""
    plan = ComparisonPlan(
        suite.tasks(),
        [load_rule(name) for name in RULES],
        budget=BUDGET,
        trials=TRIALS,
        seeds=SEEDS,
        treatments=treatments_of([suite.key]),
    )
    return compare(plan, store=kernel_store())


def in_short(found: Mapping[str, tuple[Suite, ComparisonResult]]) -> str:
    """Who leads on which kind of problem, for who has no time to tune, a little, or enough."""
    lines = [
        "| kind of problem | as they ship | only η tuned | all tuned |",
        "|---|---|---|---|",
    ]
    first: dict[str, list[str]] = {tuning: [] for tuning in TUNINGS}
    for suite, result in found.values():
        cells = []
        for tuning in TUNINGS:
            leading = _leading(result, tuning)
            first[tuning] += leading
            cells.append(", ".join(leading))
        lines.append(f"| {suite.name} | {' | '.join(cells)} |")
    count = len(found)
    said = []
    for tuning, how in (("defaults", "as they ship"), ("all", "with all parameters tuned")):
        rule = max(dict.fromkeys(first[tuning]), key=first[tuning].count)
        said.append(
            f"{how}, **{rule}** leads or is level on {first[tuning].count(rule)} of {count}"
        )
    text = (
        f"Rules whose mean rank is within {_SAME} of the lowest; the first one has the lowest. "
        f"Of the kinds of problems, {'; '.join(said)}. What a rule needs to be tuned is part of "
        "its price: settings that lead in the last column took eight trials for each parameter, "
        "those in the first none."
    )
    return "\n".join(["## In short", "", text, "", *lines, ""])


def _leading(result: ComparisonResult, tuning: Tuning) -> list[str]:
    """The names of rules that rank about the same as the first, that one first."""
    names = {rule.key: rule.name for rule in result.plan.rules}
    ranks = result.ranks(tuning)
    order = sorted(ranks, key=lambda rule: (ranks[rule], rule))
    return [names[rule] for rule in order if ranks[rule] - ranks[order[0]] < _SAME]


def section(suite: Suite, result: ComparisonResult) -> str:
    """The sentences of a suite, and the table behind them."""
    names = {rule.key: rule.name for rule in result.plan.rules}
    tuned, eta = result.ranks("all"), result.ranks("eta")
    plain = result.ranks("defaults")
    best, second = sorted(tuned, key=lambda rule: (tuned[rule], rule))[:2]
    usual = min(plain, key=lambda rule: (plain[rule], rule))
    alone = sum(_wins(result, problem, best) for problem in result.plan.problems)
    count = len(result.plan.problems)
    if tuned[second] - tuned[best] < _SAME:
        first = f"**{names[best]}** and **{names[second]}** rank about the same"
    else:
        first = f"**{names[best]}** has the lowest mean rank"
    apart = f"on {alone} of {count} problems" if alone else f"on none of {count} problems"
    said = (
        f"{suite.summary} With all parameters tuned, {first} ({names[best]} {tuned[best]:.1f}, "
        f"{names[second]} {tuned[second]:.1f}); {apart} the interval of {names[best]} lies below "
        f"those of all others. As they ship, **{names[usual]}** has the lowest mean rank "
        f"({plain[usual]:.1f})."
    )
    rows = [
        f"| {names[rule]} | {plain[rule]:.1f} | {eta[rule]:.1f} | {tuned[rule]:.1f} "
        f"| {_solved(result, rule):.0%} |"
        for rule in sorted(tuned, key=lambda rule: (tuned[rule], rule))
    ]
    head = ["| rule | rank at defaults | η tuned | all tuned | solved, all tuned |"]
    lines = "\n".join([*head, "|---|---:|---:|---:|---:|", *rows])
    problems = ", ".join(result.plan.problems)
    return f"## {suite.name}\n\n{said}\n\n{lines}\n\nProblems: {problems}.\n"


def _wins(result: ComparisonResult, problem: str, rule: str) -> bool:
    said = result.verdict(problem, "all")
    return said == f"{rule} ends lowest"


def _solved(result: ComparisonResult, rule: str) -> float:
    costs = [median(one.costs) for one in result.of("all", [rule])]
    return sum(math.isfinite(cost) for cost in costs) / len(costs)


def main() -> None:
    """Measure the suites that are named, or all, and write the page."""
    names = ", ".join(load_rule(name).name for name in RULES)
    head = HEAD.format(rules=names, budget=BUDGET, trials=TRIALS)
    found: dict[str, tuple[Suite, ComparisonResult]] = {}
    for key in sys.argv[1:] or SUITES:
        suite = load_suite(key)
        found[key] = suite, measured(suite)
        parts = [head, in_short(found), *(section(*one) for one in found.values())]
        PAGE.write_text("\n".join(parts), encoding="utf-8")
        print(key, flush=True)


if __name__ == "__main__":
    main()
