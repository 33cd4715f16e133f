"""The source of a kernel for many runs at once.

Runs go in lanes of 128: for each step, what is the same for all of them is computed once, then a
short loop without branches does the rest lane by lane, which LLVM turns into vector instructions.
A run that has ended keeps its values while the others of its block go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from optlab.core.formula.emit import PLAIN, Assignment, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import symbols
from optlab.core.formula.operations import STRIDE
from optlab.core.native import Argument
from optlab.core.run.outcome import FARTHEST
from optlab.core.run.program import GRADIENT_NORM, StepProgram

LANES = 128
CELLS = "cells"
_LOOK = 32
_ARRAYS: tuple[Argument, ...] = (
    *("numbers", "numbers", "numbers"),
    *("numbers", "numbers", "numbers", "numbers"),
)
_POINTERS = "values_, noise_, settings_, inputs_, lanes_, tables_, out_"
ARGUMENTS: tuple[Argument, ...] = ("integer", "integer", "number", *_ARRAYS)
RESULTS = ("steps", "converged")
"""What is always kept of each run besides its last weights, loss and gradient."""


@dataclass(frozen=True)
class Batch:
    """What a kernel for many runs is made from.

    ``varying`` names the numbers that each run has of its own; ``extras`` are some of
    ``reached`` and ``length``, which cost time at every step and are kept only where wanted.
    """

    program: StepProgram
    varying: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


def lane_rows(batch: Batch) -> tuple[str, ...]:
    """What each lane keeps between steps: inputs, loss, gradient, results, alive, settings."""
    program = batch.program
    return (*program.inputs, *_ends(batch), "alive", *batch.varying)


def kept_rows(batch: Batch) -> tuple[str, ...]:
    """The rows that a kernel hands back."""
    program = batch.program
    return (*program.inputs[: program.dimension], *_ends(batch))


def _ends(batch: Batch) -> tuple[str, ...]:
    gradient = tuple(f"g_{i}" for i in range(batch.program.dimension))
    return ("loss", *gradient, *RESULTS, *batch.extras)


def batch_source(batch: Batch) -> str:
    """``cells(count, steps, target, values, noise, settings, inputs, lanes, tables, out)``.

    ``settings`` has a row for each of ``varying`` and ``inputs`` a row for each input and a last
    one that says which runs begin at all (1 or 0), both with ``count`` columns, as has ``out``
    with the rows of :func:`kept_rows`.  ``lanes`` and ``tables`` are room to work in.
    """
    return "\n".join([*_head(batch), *_load(batch), *_steps(batch)])


def _head(batch: Batch) -> list[str]:
    program, varying = batch.program, batch.varying
    rows, kept = len(lane_rows(batch)), len(kept_rows(batch))
    lines = [
        f"def {CELLS}(count, steps, target, {_POINTERS}):",
        f"    values = array(values_, ({max(1, len(program.values))},))",
        f"    noise = array(noise_, (steps, {max(1, len(program.noise))}))",
        f"    settings = array(settings_, ({max(1, len(varying))}, count))",
        f"    inputs = array(inputs_, ({len(program.inputs) + 1}, count))",
        f"    lanes = array(lanes_, ({rows}, {LANES}))",
        f"    tables = array(tables_, ({max(1, len(program.series))}, {STRIDE}))",
        f"    out = array(out_, ({kept}, count))",
    ]
    lines += [
        f"    {name} = values[{i}]" for i, name in enumerate(program.values) if name not in varying
    ]
    for index, pairs in _series(program, varying, uniform=True):
        name = program.series[index][0]
        lines += [f"    {target} = {text}" for target, text in pairs]
        lines += [f"    for i in range({STRIDE}):"]
        lines += [f"        tables[{index}, i] = pow({name}_base, float(i))"]
    return lines


def _load(batch: Batch) -> list[str]:
    program, varying, rows = batch.program, batch.varying, lane_rows(batch)
    lines = [f"    for begin in range(0, count, {LANES}):", f"        for i in range({LANES}):"]
    lines += ["            j = min(begin + i, count - 1)"]
    for row, name in enumerate(rows):
        if name in program.inputs:
            text = f"inputs[{program.inputs.index(name)}, j]"
        elif name == "alive":
            text = f"inputs[{len(program.inputs)}, j]"
        elif name in varying:
            text = f"settings[{varying.index(name)}, j]"
        else:
            text = "inf" if name == "reached" else "0.0"
        lines.append(f"            lanes[{row}, i] = {text}")
    return lines


def _series(
    program: StepProgram, varying: tuple[str, ...], uniform: bool
) -> list[tuple[int, list[tuple[str, str]]]]:
    """The series whose base is the same for all runs, or those whose base is not."""
    found = []
    for index, (name, base) in enumerate(program.series):
        if symbols(base).isdisjoint(varying) is uniform:
            pairs = straight_lines([(f"{name}_base", lower(base))], PLAIN, f"{name}_")
            found.append((index, pairs))
    return found


def _split(
    program: StepProgram, varying: tuple[str, ...]
) -> tuple[list[Assignment], list[Assignment]]:
    """Assignments that are the same for all runs at a step, and those that are not."""
    own = {*program.inputs, *varying}
    own |= {program.series[index][0] for index, _ in _series(program, varying, uniform=False)}
    shared: list[Assignment] = []
    single: list[Assignment] = []
    for target, tree in program.assignments:
        if symbols(tree) & own:
            own.add(target)
            single.append((target, tree))
        else:
            shared.append((target, tree))
    return shared, single


def _steps(batch: Batch) -> list[str]:
    program, varying = batch.program, batch.varying
    shared, single = _split(program, varying)
    step, lane = " " * 12, " " * 16
    lines = ["        t = 0.0", "        for step in range(steps):", f"{step}t += 1.0"]
    lines += [f"{step}{name} = noise[step, {j}]" for j, name in enumerate(program.noise)]
    if program.series:
        lines += [f"{step}rest = (step + 1) & {STRIDE - 1}", f"{step}whole = t - rest"]
    for index, _ in _series(program, varying, uniform=True):
        name = program.series[index][0]
        lines += [
            f"{step}if rest == 0 or step == 0:",
            f"{step}    {name}_high = pow({name}_base, whole)",
            f"{step}{name} = {name}_high * tables[{index}, rest]",
        ]
    lines += [f"{step}{name} = {text}" for name, text in straight_lines(shared, PLAIN, "_s")]
    lines += [f"{step}for i in range({LANES}):"]
    lines += [f"{lane}{line}" for line in _lane(batch, single)]
    kept, rows = kept_rows(batch), lane_rows(batch)
    # Looking whether anybody still goes is a sum that cannot be split: only now and then.
    lines += [f"{step}if (step & {_LOOK - 1}) == {_LOOK - 1}:", f"{lane}going = 0.0"]
    lines += [f"{lane}for i in range({LANES}):"]
    lines += [f"{lane}    going += lanes[{rows.index('alive')}, i]"]
    lines += [f"{lane}if going == 0.0:", f"{lane}    break"]
    lines += [f"        for i in range(min({LANES}, count - begin)):"]
    lines += [
        f"            out[{index}, begin + i] = lanes[{rows.index(name)}, i]"
        for index, name in enumerate(kept)
    ]
    return [*lines, "    return count", ""]


def _lane(batch: Batch, single: list[Assignment]) -> list[str]:
    """One step of one run, without branches: what has ended keeps its values."""
    program, varying = batch.program, batch.varying
    row = {name: index for index, name in enumerate(lane_rows(batch))}
    held = dict(program.columns)
    lines = [f"{name} = lanes[{row[name]}, i]" for name in (*program.inputs, *varying)]
    for index, pairs in _series(program, varying, uniform=False):
        name = program.series[index][0]
        lines += [f"{target} = {text}" for target, text in pairs]
        lines += [f"{name} = pow({name}_base, whole) * pow({name}_base, float(rest))"]
    lines += [f"{name} = {text}" for name, text in straight_lines(single, PLAIN, "_l")]
    weights = [held[f"w{i + 1}"] for i in range(program.dimension)]
    old = program.inputs[: program.dimension]
    lines.append(f"alive = lanes[{row['alive']}, i] > 0.0")
    go = "alive"
    if program.watches_gradient:
        norm = GRADIENT_NORM
        lines.append(f"done = alive & ({norm} <= c_tolerance)")
        lines.append(
            f"lanes[{row['converged']}, i] = 1.0 if done else lanes[{row['converged']}, i]"
        )
        lines.append(f"go = alive & (({norm} > c_tolerance) | ({norm} != {norm}))")
        go = "go"
    keep = list(zip(program.inputs, program.carry, strict=True))
    lines += [f"lanes[{row[name]}, i] = {new} if {go} else {name}" for name, new in keep]
    moved = " + ".join(f"({n} - {o}) * ({n} - {o})" for n, o in zip(weights, old, strict=True))
    results = {
        "loss": held["loss"],
        **{f"g_{i}": held[f"g{i + 1}"] for i in range(program.dimension)},
        "steps": "t",
    }
    if "length" in batch.extras:
        results["length"] = f"lanes[{row['length']}, i] + sqrt({moved})"
    lines += [
        f"lanes[{row[name]}, i] = ({text}) if {go} else lanes[{row[name]}, i]"
        for name, text in results.items()
    ]
    if "reached" in batch.extras:
        reached = f"lanes[{row['reached']}, i]"
        lines.append(f"first = {go} & ({held['loss']} <= target) & ({reached} > t)")
        lines.append(f"{reached} = t if first else {reached}")
    inside = [f"(abs({name}) <= {FARTHEST})" for name in weights]
    lines.append(f"fine = {' & '.join(inside)} & (abs({held['loss']}) < inf)")
    return [*lines, f"lanes[{row['alive']}, i] = 1.0 if {go} & fine else 0.0"]
