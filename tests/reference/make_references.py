"""Write the reference trajectories and schedules that the tests compare OptLab with.

Run by hand, with torch, optax, jax and pytorch_optimizer installed (see README.md):

    python tests/reference/make_references.py

It writes optimizers/*.csv, schedules/*.csv and index.json beside itself and removes CSV files that
no longer belong to a case. The same versions on the same machine give the same bytes.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cases import CASES, PROBLEMS, Case
from reference_runs import LOSSES, Jitter, Row, run_optax, run_schedule, run_torch
from reference_schedules import SCHEDULES, ScheduleCase

HERE = Path(__file__).resolve().parent
PACKAGES = {"torch": "torch", "optax": "optax", "pytorch_optimizer": "pytorch-optimizer"}
ROUNDING = 2.0**-52
JITTERS = [Jitter(ROUNDING, seed) for seed in range(5)]
# A path on which roundings grow beyond this says nothing about another program: change the case.
LOOSEST = 1e-6
TIGHTEST = 1e-12


def main() -> None:
    """Make every record, then the index that describes them all."""
    records = [
        optimizer_record(case, problem, eta) for case in CASES for problem, eta in case.eta.items()
    ]
    records += [schedule_record(name, case) for name, case in SCHEDULES.items()]
    files = [record["file"] for record in records]
    if len(set(files)) != len(files):
        raise ValueError("two cases write the same file")
    for folder in ("optimizers", "schedules"):
        for path in (HERE / folder).glob("*.csv"):
            if f"{folder}/{path.name}" not in files:
                path.unlink()
    text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    (HERE / "index.json").write_text(text, encoding="utf-8")


def optimizer_record(case: Case, problem: str, eta: float) -> dict[str, Any]:
    """Run one case on one problem, write its CSV and return its entry of the index."""
    formula, start = PROBLEMS[problem]
    parameters = {"eta": eta, **case.parameters}
    values = {**parameters, **case.treatment}
    uses_optax = case.calls[0].path.startswith("optax.")
    schedule = SCHEDULES[case.schedule] if case.schedule else None
    if uses_optax and schedule is not None:
        raise ValueError(f"{case.name}: schedules are recorded with torch only")

    def run(jitter: Jitter | None = None) -> list[Row]:
        loss = LOSSES[problem]
        if uses_optax:
            return run_optax(loss, start, case.steps, case.calls, values, jitter)
        attach = partial(schedule.build, eta=eta) if schedule else None
        return run_torch(loss, start, case.steps, case.calls[0], values, attach, jitter)

    rows = run()
    name = f"{case.name}_{problem}"
    if not all(math.isfinite(number) for row in rows for number in row):
        raise ValueError(f"{name} is not finite")
    tolerance = tolerance_of(name, [spread(rows, run(jitter)) for jitter in JITTERS])
    file = f"optimizers/{name}.csv"
    write_csv(file, ("t", "w1", "w2", "loss"), ((t, *row) for t, row in enumerate(rows)))
    return {
        "kind": "optimizer",
        "file": file,
        "problem": problem,
        "formula": formula,
        "start": list(start),
        "steps": case.steps,
        "optimizer": case.optimizer,
        "parameters": parameters,
        "options": dict(case.options),
        "treatment": dict(case.treatment),
        "schedule": schedule.text if schedule else "constant",
        "tolerance": tolerance,
        "source": source_of(case, values, uses_optax, schedule),
    }


def source_of(
    case: Case, values: Mapping[str, Any], uses_optax: bool, schedule: ScheduleCase | None
) -> str:
    """Library, version and the call as one would type it."""
    if uses_optax:
        calls = [call.text(values) for call in case.calls]
        text = calls[0] if len(calls) == 1 else f"optax.chain({', '.join(calls)})"
    else:
        text = case.calls[0].text(values, "[w]")
    text = f"{library_of(case.calls[0].path)} {text}"
    return f"{text} with {schedule.source(values['eta'])}" if schedule else text


def library_of(path: str) -> str:
    """Name and version of the library a call belongs to."""
    package = path.split(".")[0]
    return f"{package} {version(PACKAGES[package])}"


def spread(rows: Sequence[Row], others: Sequence[Row]) -> float:
    """Largest distance of two paths in one component of w, relative to 1 + |w|."""
    return max(
        abs(a - b) / (1.0 + abs(a))
        for row, other in zip(rows, others, strict=True)
        for a, b in zip(row[:2], other[:2], strict=True)
    )


def tolerance_of(name: str, spreads: Sequence[float]) -> float:
    """A power of ten at least 100 times above what roundings alone do to this path."""
    largest = 100.0 * max(spreads)
    if not largest <= LOOSEST:
        raise ValueError(f"{name}: roundings grow to {max(spreads):.1e}, a smoother case is needed")
    return max(TIGHTEST, float(f"1e{math.ceil(math.log10(largest))}")) if largest else TIGHTEST


def schedule_record(name: str, case: ScheduleCase) -> dict[str, Any]:
    """Record the learning rates of one schedule and return its entry of the index."""
    rates = run_schedule(partial(case.build, eta=case.eta), case.eta, case.steps)
    file = f"schedules/{name}.csv"
    write_csv(file, ("k", "eta"), enumerate(rates))
    return {
        "kind": "schedule",
        "file": file,
        "schedule": case.text,
        "eta": case.eta,
        "steps": case.steps,
        "tolerance": TIGHTEST,
        "source": f"torch {version('torch')} {case.source(case.eta)}",
    }


def write_csv(file: str, header: Sequence[str], rows: Iterable[tuple[float | int, ...]]) -> None:
    """Write rows below this folder; numbers in the shortest form that reads back exactly."""
    path = HERE / file
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([repr(number) for number in row] for row in rows)


if __name__ == "__main__":
    main()
