"""The source text of a kernel: the loop over the steps of one run.

Two shapes share one body.  The plain one takes floats and appends a tuple per step; the compiled
one takes arrays and writes rows, and is what Numba sees.  Both stop after the row in which a
number left its range, and before a step whose gradient is small enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from optlab.core.formula.emit import PLAIN, Dialect, straight_lines
from optlab.core.formula.lower import lower
from optlab.core.formula.nodes import Node
from optlab.core.formula.operations import STRIDE
from optlab.core.run.equations import GRADIENT_NORM
from optlab.core.run.kernels.scalar_program import StepProgram
from optlab.core.run.outcome import FARTHEST

KERNEL = "steps"
Series = tuple[tuple[str, Node], ...]
"""Powers with the step as exponent: their names and their bases."""
_INDENT = " " * 8


def plain_source(program: StepProgram, dialect: Dialect) -> str:
    """``steps(count, t, inputs..., values, noise, append) -> steps done``."""
    lines, names = step_lines(program, dialect)
    record = "".join(f"{names.get(holder, holder)}, " for _, holder in program.columns)
    head = f"def {KERNEL}(count, t, {', '.join(program.inputs)}, values, noise, append):\n"
    head += f"    {', '.join(program.values)}, = values\n" if program.values else ""
    for name, lines_of_base in bases_of(program.series, dialect):
        head += lines_of_base + f"    {name}_low = powers({name}_base)\n"
    head += series_begin(program.series)
    loop = "    for i in range(count):\n"
    if program.noise:
        loop += f"{_INDENT}{', '.join(program.noise)}, = noise[i]\n"
    body = "".join(f"{_INDENT}{line}\n" for line in lines)
    stop = f"{_INDENT}append(({record}))\n{_INDENT}if {_stop(program, names)}:\n"
    return head + loop + body + stop + f"{_INDENT}    return i + 1\n" + "    return count\n"


def compiled_source(program: StepProgram) -> str:
    """``steps(count, t, inputs, values, noise, out, tables) -> steps done``.

    All but the first two are float64 arrays; ``tables`` has 64 places for each series.
    """
    lines, names = step_lines(program, PLAIN)
    columns, series = len(program.columns), len(program.series)
    head = f"def {KERNEL}(count, t, inputs_, values_, noise_, out_, tables_):\n"
    head += f"    inputs = array(inputs_, ({len(program.inputs)},))\n"
    head += f"    values = array(values_, ({max(1, len(program.values))},))\n"
    head += f"    noise = array(noise_, (count, {max(1, len(program.noise))}))\n"
    head += f"    out = array(out_, (count, {columns}))\n"
    head += f"    tables = array(tables_, ({max(1, series)}, {STRIDE}))\n"
    head += "".join(f"    {name} = inputs[{i}]\n" for i, name in enumerate(program.inputs))
    head += "".join(f"    {name} = values[{i}]\n" for i, name in enumerate(program.values))
    for index, (name, lines_of_base) in enumerate(bases_of(program.series, PLAIN)):
        head += lines_of_base + f"    {name}_low = tables[{index}]\n"
        head += f"    for i in range({STRIDE}):\n"
        head += f"        {name}_low[i] = pow({name}_base, float(i))\n"
    head += series_begin(program.series)
    loop = "    for i in range(count):\n"
    loop += "".join(f"{_INDENT}{name} = noise[i, {j}]\n" for j, name in enumerate(program.noise))
    body = "".join(f"{_INDENT}{line}\n" for line in lines)
    rows = "".join(
        f"{_INDENT}out[i, {j}] = {names.get(holder, holder)}\n"
        for j, (_, holder) in enumerate(program.columns)
    )
    stop = f"{_INDENT}if {_stop(program, names)}:\n{_INDENT}    return i + 1\n"
    return head + loop + body + rows + stop + "    return count\n"


def bases_of(series: Series, dialect: Dialect) -> list[tuple[str, str]]:
    """Each series and the lines that compute its base from the run's numbers."""
    bases = []
    for name, tree in series:
        pairs = straight_lines([(f"{name}_base", lower(tree))], dialect, f"{name}_")
        bases.append((name, "".join(f"    {target} = {text}\n" for target, text in pairs)))
    return bases


def series_begin(series: Series) -> str:
    """What the series need before the loop: where t stands in a stride, and the high powers."""
    if not series:
        return ""
    text = f"    offset = int(t) + 1\n    whole = float((offset - 1) // {STRIDE} * {STRIDE})\n"
    return text + "".join(f"    {name}_high = pow({name}_base, whole)\n" for name, _ in series)


def series_lines(series: Series) -> list[str]:
    """The value of each series at this step; see operations.step_power."""
    if not series:
        return []
    lines = [f"r = (i + offset) & {STRIDE - 1}", "if r == 0:"]
    lines += [f"    {name}_high = pow({name}_base, t)" for name, _ in series]
    return lines + [f"{name} = {name}_high * {name}_low[r]" for name, _ in series]


def _stop(program: StepProgram, names: Mapping[str, str]) -> str:
    held = {title: names.get(holder, holder) for title, holder in program.columns}
    weights = [names.get(name, name) for name in program.carry[: program.dimension]]
    inside = [f"-{FARTHEST} <= {name} <= {FARTHEST}" for name in weights]
    return f"not ({' and '.join(inside)} and -inf < {held['loss']} < inf)"


def step_lines(program: StepProgram, dialect: Dialect) -> tuple[list[str], dict[str, str]]:
    """The lines of one step, and the names that were changed on the way."""
    pairs = straight_lines(program.assignments, dialect)
    names = _reused_names(program, pairs)
    lines = ["t += 1.0", *series_lines(program.series)]
    for target, text in pairs:
        lines.append(f"{names.get(target, target)} = {_renamed(text, names)}")
        if program.watches_gradient and target == GRADIENT_NORM:
            lines.append(f"if {target} <= c_tolerance:")
            lines.append("    return i")
    for old, new in zip(program.inputs, program.carry, strict=True):
        kept = names.get(new, new)
        if kept != old:
            lines.append(f"{old} = {kept}")
    return lines, names


_NAME = re.compile(r"\b[A-Za-z_]\w*")


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda match: names.get(match[0], match[0]), text)


def _reused_names(program: StepProgram, pairs: list[tuple[str, str]]) -> dict[str, str]:
    """New values that can take the name of the old one, because it is not read any more."""
    last_use = dict.fromkeys(program.inputs, -1)
    defined: dict[str, int] = {}
    for index, (target, text) in enumerate(pairs):
        defined[target] = index
        for name in _NAME.findall(text):
            if name in last_use:
                last_use[name] = index
    return {
        new: old
        for old, new in zip(program.inputs, program.carry, strict=True)
        if new in defined and last_use[old] <= defined[new]
    }
