"""Runs every rule and schedule as code of every installed library, and records how far it is off.

``python packaging/emitted_code.py docs/emitted-code.md`` writes the record; a test checks that no
rule is missing in it.  Takes some minutes; PyTorch and optax have to be installed.
"""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from optlab.core.export.code import STEPS, rule_code
from optlab.core.export.code.numbers import TOLERANCE
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, run
from optlab.core.schedules import parse_schedule, schedule_names
from optlab.files.temp_files import write_whole

LIBRARIES = ("numpy", "torch", "optax")
ETA, RATES = 0.1, 300
HEAD = """# Code, as it was run

Made with `python packaging/emitted_code.py docs/emitted-code.md` on {machine}; {versions}.

Every rule was written with `optlab code RULE --for LIBRARY` and run as a person would run it,
{steps} steps on Rosenbrock in double precision. The numbers are the largest relative difference
of a weight to OptLab's own run; {tolerance} is what a file accepts of itself. Where a path
amplifies rounding errors beyond that, the learning rate is the next tenth, and only steps that can
be followed count: *to* is the last of them.

| rule | η | to | NumPy | PyTorch | optax |
|---|---:|---:|---:|---:|---:|
"""
SCHEDULES = """
## Schedules

Where a library has a schedule built in, the file names its call. The largest difference of a
learning rate over {rates} steps from η = {eta}, as a share of η; a dash stands where the library
has none.

| schedule | PyTorch | optax |
|---|---:|---:|
"""
WRITTEN = {
    "warmup": "warmup:steps=20+cosine",
    "cosine": "cosine:T_max=300,eta_min=0.01",
    "cyclic": "cyclic:base=0.01,up=5,down=9",
    "restarts": "restarts:T_0=10",
}
"""What stands for a kind of schedule where its defaults alone say little."""


def loaded(text: str) -> dict[str, Any]:
    """What a file of code defines."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(text, "<emitted>", "exec"), names)  # noqa: S102 - what a person would run
    return names


def rule_row(name: str) -> str:
    """The row of a rule."""
    rule, found = load_rule(name), []
    for library in LIBRARIES:
        code = loaded(rule_code(rule, library, {}, {}))
        found.append(float(code["check"]()))
    numbers = " | ".join(f"{value:.1e}" for value in found)
    return f"| `{name}` | {code['SETTINGS']['eta']:g} | {max(code['EXPECTED'])} | {numbers} |"


def rates_of_library(call: str, library: str, count: int) -> list[float]:
    """The learning rates of a library's schedule, from a call as a schedule file declares it."""
    if library == "optax":
        import jax
        import optax

        jax.config.update("jax_enable_x64", True)
        schedule = eval(call, {"optax": optax})  # noqa: S307 - declared in a shipped file
        return [float(schedule(step)) for step in range(count)]
    import torch

    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=ETA)
    scheduler = eval(call, {"torch": torch, "optimizer": optimizer})  # noqa: S307
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def rate_difference(text: str, library: str) -> float | None:
    """The largest difference of a rate to ours as a share of η; None where there is no call."""
    schedule = parse_schedule(text)
    call = schedule.built_in(library, ETA, RATES)
    if not call:
        return None
    rule, problem = load_rule("gd"), load_problem("round_bowl")
    ours = run(RunSpec(problem, rule, {"eta": ETA}, {}, schedule, steps=RATES))["eta"][1:]
    theirs = np.array(rates_of_library(call, library, RATES))
    return float(np.abs(theirs - ours).max() / ETA)


def schedule_row(name: str) -> str:
    """The row of a kind of schedule."""
    found = [rate_difference(WRITTEN.get(name, name), library) for library in LIBRARIES[1:]]
    cells = ("–" if value is None else f"{value:.1e}" for value in found)
    return f"| `{WRITTEN.get(name, name)}` | {' | '.join(cells)} |"


def main() -> int:
    """Writes the record to the file that is named."""
    versions = ", ".join(f"{name} {version(name)}" for name in (*LIBRARIES, "jax"))
    machine = f"{platform.system()}, Python {platform.python_version()}"
    rules = [name for name in rule_names() if not load_rule(name).stepper]
    head = HEAD.format(machine=machine, versions=versions, steps=STEPS, tolerance=TOLERANCE)
    lines = [rule_row(name) for name in rules]
    schedules = SCHEDULES.format(rates=RATES, eta=ETA)
    rows = [schedule_row(name) for name in schedule_names()]
    text = head + "\n".join(lines) + "\n" + schedules + "\n".join(rows) + "\n"
    write_whole(Path(sys.argv[1]), lambda file: file.write(text.encode()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
