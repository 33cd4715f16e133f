"""Tuning as people do it by hand, torch and Optuna, beside OptLab: the same studies.

Both run the same trials (those that Optuna's random sampler draws) from the same starts, with the
same batches; their best values must agree, or the row says that they do not.  PyTorch runs some of
the trials of one rule, and its row is scaled to all steps.
"""

from __future__ import annotations

import importlib.util
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.measure import Row, Table
from optlab.core.data import load_table
from optlab.core.problems import Network, load_problem, network_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, has_scalar_code
from optlab.core.run.sampling import Sampling
from optlab.core.tuning.compare import compare
from optlab.core.tuning.comparison import ComparisonPlan, start_of
from optlab.core.tuning.search import Search, search
from optlab.core.tuning.space import space_of
from optlab.core.tuning.trials import run_trials
from optlab.session.kernel_cache import kernel_store

RATES, STARTS, STEPS, RULES = 64, 10, 1_000, 40
NETWORK_RULES = (
    *("gd", "momentum", "nesterov", "adagrad", "rmsprop"),
    *("adam", "adamw", "nadam", "lion", "radam"),
)
TRIALS, SEEDS, NETWORK_STEPS, BATCH = 50, 5, 500, 32
TORCH_TRIALS = 6
OPTLAB, TORCH = "OptLab", "torch + Optuna, scaled"
Losses = Callable[[float], list[float]]
"""The final losses of Adam with a learning rate, one for each start or seed."""


def compiled_rules() -> list[str]:
    """Rules whose steps are equations, which is what maps compile; the first forty."""
    problem = load_problem("rosenbrock")
    known = (name for name in rule_names() if has_scalar_code(RunSpec(problem, load_rule(name))))
    return list(known)[:RULES]


def surface_seconds(names: Sequence[str]) -> float:
    """The second of two comparisons of rules with their rate tuned: the first one compiles."""
    problems = {"rosenbrock": load_problem("rosenbrock")}
    rules = [load_rule(name) for name in names]
    plan = ComparisonPlan(problems, rules, STEPS, RATES, STARTS, STARTS, tunings=("eta",))
    compare(plan, store=kernel_store())
    begin = time.perf_counter()
    compare(plan, store=kernel_store())
    return time.perf_counter() - begin


def network_spec(name: str) -> RunSpec:
    """A training of a small network with mini-batches."""
    table = load_table("moons:n=200,noise=0.1,seed=1")
    problem = network_problem(Network((2, 16, 1), "tanh", "squared"), table)
    sampling = Sampling(batch=BATCH)
    return RunSpec(problem, load_rule(name), steps=NETWORK_STEPS, sampling=sampling)


def network_seconds(names: Sequence[str]) -> float:
    """The second of two searches of each rule."""
    total = 0.0
    for name in names:
        spec = network_spec(name)
        plan = Search(space_of(spec.rule), TRIALS, tuple(range(SEEDS)))
        search(spec, replace(plan, trials=2), store=kernel_store())
        begin = time.perf_counter()
        search(spec, plan, store=kernel_store())
        total += time.perf_counter() - begin
    return total


def surface_losses(torch: Any) -> Losses:
    """Adam on Rosenbrock, from two starts."""
    problem = load_problem("rosenbrock")
    starts = [start_of(problem, seed) for seed in range(2)]

    def losses(rate: float) -> list[float]:
        ends = []
        for start in starts:
            w = torch.tensor(start, dtype=torch.float64, requires_grad=True)

            def loss(w: Any = w) -> Any:
                return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2

            ends.append(_trained(torch, [w], rate, STEPS, lambda _step: loss(), loss))
        return ends

    return losses


def network_losses(torch: Any) -> Losses:
    """Adam on the network, with the batches and initial weights of OptLab."""
    spec = network_spec("adam")
    table = spec.problem.table  # type: ignore[attr-defined]
    target = np.array(table.columns[table.target])
    x, y = torch.tensor(np.array(table.inputs)), torch.tensor(target[:, None])
    square = torch.nn.MSELoss()

    def losses(rate: float) -> list[float]:
        ends = []
        for seed in range(2):
            net = torch.nn.Sequential(
                torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)
            ).double()
            start = torch.tensor(spec.start, dtype=torch.float64)
            torch.nn.utils.vector_to_parameters(start, net.parameters())
            batches = spec.sampling.batches(spec.problem.rows, seed)
            assert batches is not None
            block = batches.block(1, NETWORK_STEPS)

            def of_step(step: int, net: Any = net, block: Any = block) -> Any:
                rows = torch.tensor(block.rows(step))
                return square(net(x[rows]), y[rows])

            weights = list(net.parameters())
            full = lambda net=net: square(net(x), y)  # noqa: E731
            ends.append(_trained(torch, weights, rate, NETWORK_STEPS, of_step, full))
        return ends

    return losses


def _trained(
    torch: Any,
    weights: list[Any],
    rate: float,
    steps: int,
    of_step: Callable[[int], Any],
    full: Callable[[], Any],
) -> float:
    optimizer = torch.optim.Adam(weights, lr=rate)
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        of_step(step).backward()
        optimizer.step()
    return float(full().detach())


def peer(
    losses_of: Callable[[Any], Losses],
    spec: RunSpec,
    starts: dict[int, tuple[float, ...]],
    steps: int,
) -> Row:
    """Torch's and Optuna's time for so many steps, if the best values are OptLab's."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "optuna")):
        return Row(TORCH, missing="torch or optuna is not installed")
    import optuna
    import torch

    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    losses = losses_of(torch)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    begin = time.perf_counter()
    study.optimize(
        lambda trial: sum(losses(trial.suggest_float("eta", 1e-3, 1.0, log=True))) / 2,
        n_trials=TORCH_TRIALS,
    )
    each = (time.perf_counter() - begin) / (TORCH_TRIALS * 2 * spec.steps)
    settings = [{"eta": trial.params["eta"]} for trial in study.trials]
    ours = run_trials(spec, settings, (0, 1), starts=starts, store=kernel_store())
    best = int(np.argmin(ours.loss.mean(axis=1)))
    same = math.isclose(ours.loss[best].mean(), study.best_value, rel_tol=1e-4, abs_tol=1e-12)
    if not (same and settings[best]["eta"] == study.best_params["eta"]):
        return Row(TORCH, missing=f"{study.best_value:g} is not {ours.loss[best].mean():g}")
    return Row.of(TORCH, [each * steps])


def tables(rounds: int, scale: float) -> list[Table]:
    """The tables: rates of rules on a surface, all parameters of rules on a network."""
    names = compiled_rules()[: max(1, round(RULES * scale))]
    steps = len(names) * RATES * STARTS * STEPS
    surface = load_problem("rosenbrock")
    starts = {seed: start_of(surface, seed) for seed in range(2)}
    spec = RunSpec(surface, load_rule("adam"), steps=STEPS)
    rows = [Row.of(OPTLAB, [surface_seconds(names) for _ in range(rounds)])]
    rows.append(peer(surface_losses, spec, starts, steps))
    title = f"Tuning η of {len(names)} rules on Rosenbrock: {steps / 1e6:.1f} M steps"
    found = [Table(title, "s", OPTLAB, tuple(rows), higher=False)]
    nets = NETWORK_RULES[: max(1, round(len(NETWORK_RULES) * scale))]
    steps = len(nets) * TRIALS * SEEDS * NETWORK_STEPS
    rows = [Row.of(OPTLAB, [network_seconds(nets) for _ in range(rounds)])]
    rows.append(peer(network_losses, network_spec("adam"), {}, steps))
    title = f"Tuning {len(nets)} rules on a network 2-16-1, batch 32: {steps / 1e6:.2f} M steps"
    return [*found, Table(title, "s", OPTLAB, tuple(rows), higher=False)]
