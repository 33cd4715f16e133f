"""Seconds to tune the learning rates of rules: 64 rates, 10 starts, 1,000 steps on Rosenbrock.

OptLab tunes up to 40 rules at once, on all cores, kernels cached; PyTorch with Optuna, as people
write it, tunes one (Adam) with fewer trials: its row is scaled to the same number of steps.
"""

from __future__ import annotations

import importlib.util
import time
from typing import Any

from benchmarks.measure import Row, Table
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, has_scalar_code
from optlab.core.tuning.comparison import ComparisonPlan, compare, start_of
from optlab.session.kernel_cache import kernel_store

RATES, STARTS, STEPS, RULES = 64, 10, 1_000, 40
TORCH_TRIALS, TORCH_STARTS = 8, 2
OPTLAB, TORCH = "OptLab, all rules", "torch + Optuna, scaled"


def plan_of(names: list[str]) -> ComparisonPlan:
    """The comparison of rules with their learning rate tuned."""
    problems = {"rosenbrock": load_problem("rosenbrock")}
    rules = [load_rule(name) for name in names]
    return ComparisonPlan(problems, rules, STEPS, RATES, STARTS, STARTS, tunings=("eta",))


def compiled_rules() -> list[str]:
    """Rules whose steps are equations, which is what maps compile; the first forty."""
    problem = load_problem("rosenbrock")
    known = (name for name in rule_names() if has_scalar_code(RunSpec(problem, load_rule(name))))
    return list(known)[:RULES]


def optlab_seconds(names: list[str]) -> float:
    """The second of two comparisons: the first one compiles."""
    compare(plan_of(names), store=kernel_store())
    begin = time.perf_counter()
    compare(plan_of(names), store=kernel_store())
    return time.perf_counter() - begin


def torch_seconds() -> float:
    """Seconds of a step of Adam, tuned by Optuna at random."""
    import optuna
    import torch

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    problem = load_problem("rosenbrock")
    starts = [start_of(problem, seed) for seed in range(TORCH_STARTS)]

    def loss_of(w: Any) -> Any:
        return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2

    def objective(trial: Any) -> float:
        rate = trial.suggest_float("eta", 1e-5, 10.0, log=True)
        ends = []
        for start in starts:
            w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
            optimizer = torch.optim.Adam([w], lr=rate)
            for _ in range(STEPS):
                optimizer.zero_grad()
                loss_of(w).backward()
                optimizer.step()
            ends.append(float(loss_of(w)))
        return sum(ends) / len(ends)

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    begin = time.perf_counter()
    study.optimize(objective, n_trials=TORCH_TRIALS)
    return (time.perf_counter() - begin) / (TORCH_TRIALS * TORCH_STARTS * STEPS)


def tables(rounds: int, scale: float) -> list[Table]:
    """The table."""
    names = compiled_rules()[: max(1, round(RULES * scale))]
    rows = [Row.of(OPTLAB, [optlab_seconds(names) for _ in range(rounds)])]
    steps = len(names) * RATES * STARTS * STEPS
    if all(importlib.util.find_spec(name) for name in ("torch", "optuna")):
        rows.append(Row.of(TORCH, [torch_seconds() * steps]))
    else:
        rows.append(Row(TORCH, missing="torch or optuna is not installed"))
    title = f"Tuning η of {len(names)} rules: {steps / 1e6:.1f} M steps"
    return [Table(title, "s", OPTLAB, tuple(rows), higher=False)]
