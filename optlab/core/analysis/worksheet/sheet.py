"""One update taken apart: every equation of a step with its numbers and its result; as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from optlab.core.analysis.worksheet.formula_lines import FormulaLine, norm_line, parameter_names
from optlab.core.analysis.worksheet.number_text import MOST, SHOWN, latex_value, plain_value
from optlab.core.analysis.worksheet.part_values import (
    Machine,
    TreatedGradient,
    Value,
    components,
    part_values,
)
from optlab.core.analysis.worksheet.plan import GRADIENT, STEP, WEIGHTS, plan_of, schedule_line
from optlab.core.analysis.worksheet.reduce import Slot
from optlab.core.analysis.worksheet.template import Template
from optlab.core.formula.nodes import Apply, Node
from optlab.core.problems.weight_names import weight_title
from optlab.core.rules import LEARNING_RATE
from optlab.core.run import RunSpec, Trajectory, program_of
from optlab.core.run.measures import AGE
from optlab.core.run.spec import equations_of, starting_memory
from optlab.core.schedules.schedule import EPOCHS

FEW, FEWEST = 4, 3
"""Significant digits where there is little room, and where there is hardly any."""

_RECORDED = "record"


@dataclass(frozen=True, eq=False)
class Row:
    """One equation at one step.

    ``result`` is the recorded value where the target is recorded, else the computed one: a float
    or one float per weight.  ``parts`` has the values of the equation's parts; of vectors only
    the ``component`` is shown, unless that is None.
    """

    line: FormulaLine
    result: Value
    parts: Mapping[Node, Value]
    scope: Mapping[str, Value]
    machine: Machine
    is_last: bool = False
    component: int | None = None
    _more: dict[Node, Value] = field(default_factory=dict, repr=False)

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown as a tuple: one value per weight, or a single one."""
        return self.shown if isinstance(self.shown, tuple) else (self.shown,)

    @property
    def shown(self) -> Value:
        """The result, or its component."""
        return self._part(self.result)

    @property
    def computed(self) -> Value:
        """What the equation gives for the numbers put in; equals a recorded result."""
        if self.line.kind == _RECORDED:
            return self.result
        value = self.parts[self.line.tree]
        is_vector = isinstance(self.result, tuple)
        return components(value, self.machine.size) if is_vector else value

    @property
    def forms(self) -> int:
        """How many ways of different length there are to put the numbers in; may be 0."""
        return len(self._templates) + len(self._short_templates)

    def numbers(self, form: int = 0, *, full: bool = False) -> str:
        """The right side with this step's numbers, in Unicode.

        ``form`` counts from 0, the most detailed, to ``forms`` - 1, the shortest; ``full`` shows
        all digits.  Empty where there is nothing to put in.
        """
        if not self.forms:
            return ""
        detailed = len(self._templates)
        if form < detailed:
            return self._templates[form].plain(self._value, None if full else SHOWN)
        template, digits = self._short_templates[form - detailed]
        return template.plain(self._value, None if full else digits)

    def numbers_latex(self, *, full: bool = False) -> str:
        """The most detailed form in LaTeX."""
        if not self.forms:
            return ""
        return self._templates[0].latex(self._value, None if full else SHOWN)

    def result_text(self, *, full: bool = False) -> str:
        """The result in Unicode, a vector in brackets."""
        return plain_value(self.shown, None if full else SHOWN)

    @cached_property
    def _templates(self) -> tuple[Template, ...]:
        at_point = self.line.kind == "gradient" and self.component is not None
        if self.line.kind == _RECORDED or at_point:
            return ()
        return self.line.forms(self.parts, self.machine.size, self.component)

    @property
    def _short_templates(self) -> tuple[tuple[Template, int], ...]:
        """Those that are worth writing with fewer digits, with how many."""
        few = tuple((template, FEW) for template in self._templates[-2:])
        return (*few, *((template, FEWEST) for template in self._templates[-1:]))

    def _value(self, slot: Slot) -> Value:
        value = self.parts.get(slot.tree)
        if value is None:
            value = self._more.get(slot.tree)
        if value is None:
            self._more.update(part_values(slot.tree, self.scope, self.machine))
            value = self._more[slot.tree]
        if slot.component is None or not isinstance(value, tuple):
            return self._part(value)
        return value[slot.component]

    def _part(self, value: Value) -> Value:
        """The component of a vector that is shown, or all of it."""
        if self.component is None or not isinstance(value, tuple):
            return value
        return value[self.component]


@dataclass(frozen=True, eq=False)
class Worksheet:
    """The rows of one update; ``size`` is the number of weights that they show, ``weight`` the
    name of the only one."""

    name: str
    step: int
    steps: int
    size: int
    rows: tuple[Row, ...]
    weight: str = ""

    @property
    def title(self) -> str:
        """Such as ``Adam, update 24``."""
        return f"{self.name}, update {self.step}{', ' * bool(self.weight)}{self.weight}"


def worksheet(
    spec: RunSpec,
    trajectory: Trajectory,
    step: int,
    name: str = "",
    weight: int | None = None,
) -> Worksheet:
    """The worksheet of update ``step`` (1 ... steps done) of a run.

    ``trajectory`` is what running ``spec`` gave; ``name`` is what the run is called, by default
    its rule's name.  Of ``weight``, counted from 0, it shows the equations of that one alone.
    Where there are many weights the lengths of gradient, memory and update stand below.  Raises
    ValueError where there is no such update.
    """
    if not 1 <= step <= trajectory.steps:
        raise ValueError(f"there is no update {step}; the run has {trajectory.steps}")
    writer, problem = _Writer(spec, trajectory, step, weight), spec.problem
    rows = [*_mark_last(list(writer.rows()))]
    if problem.dimension > MOST:
        rows += writer.norm_rows()
    return Worksheet(
        name or spec.leg_at(step).spec.rule.name,
        step,
        trajectory.steps,
        problem.dimension if weight is None else 1,
        tuple(rows),
        "" if weight is None else weight_title(problem, weight),
    )


class _Writer:
    def __init__(
        self, spec: RunSpec, trajectory: Trajectory, step: int, weight: int | None
    ) -> None:
        self.weight = weight
        self.leg = leg = spec.leg_at(step)
        self.step = step
        self.trajectory = trajectory
        self.vectors = trajectory.vectors
        weights = tuple(trajectory.weights[step - 1].tolist())
        self.machine = Machine(leg, step, weights)
        self.stale: Value | None = None
        if leg.spec.sampling.delayed:
            age = int(trajectory[AGE][step])
            self.stale = tuple(trajectory.weights[step - 1 - age].tolist())
        self.scope: dict[str, Value] = dict(leg.spec.parameters)
        self.scope[STEP] = float(step - leg.started)
        fresh = self.fresh_memory()
        for name in (WEIGHTS, *program_of(leg).state):
            self.scope[name] = fresh.get(name, self.column(name, step - 1))
        self.rate = self.column(LEARNING_RATE, step)

    def fresh_memory(self) -> dict[str, Value]:
        """The memory that starts afresh with this update, because the rule has just changed."""
        leg, before = self.leg, self.step - 1
        if before != leg.first or before == 0:
            return {}
        weights = self.trajectory.weights[before]
        memory = starting_memory(equations_of(leg), leg.values(), weights)
        return {
            name: float(values[0]) if self.vectors.is_scalar(name) else tuple(values.tolist())
            for name, values in memory.items()
            if name not in leg.kept
        }

    def column(self, name: str, step: int) -> Value:
        values = tuple(self.trajectory.data[step, self.vectors.place(name)].tolist())
        return values[0] if self.vectors.is_scalar(name) else values

    def rows(self) -> Iterator[Row]:
        if not self.leg.spec.schedule.is_constant:
            yield self.schedule_row()
        self.scope[LEARNING_RATE] = self.rate
        plan = plan_of(self.leg.spec)
        last = {line.target: index for index, line in enumerate(plan.lines)}
        for index, line in enumerate(plan.lines):
            is_final = last[line.target] == index
            if line.kind == _RECORDED:
                yield self.row(line, {}, is_final=True)
                continue
            if line.kind == "gradient":
                yield from self.gradient_rows(line, plan.treatments.get(index, ()), is_final)
            else:
                parts = part_values(line.tree, self.scope, self.machine)
                yield self.row(line, parts, is_final)

    def row(self, line: FormulaLine, parts: Mapping[Node, Value], is_final: bool) -> Row:
        """Takes note of the result, which later equations use."""
        recorded = line.target in self.vectors
        if is_final and recorded:
            result = self.column(line.target, self.step)
        else:
            result = parts[line.tree]
            if line.is_vector and recorded and not self.vectors.is_scalar(line.target):
                result = components(result, self.machine.size)
        scope = dict(self.scope)
        self.scope[line.target] = result
        return Row(line, result, parts, scope, self.machine, component=self.weight)

    def norm_rows(self) -> Iterator[Row]:
        """The lengths of gradient, memory and update."""
        names = parameter_names(self.leg.spec.rule.parameters)
        weights = self.trajectory.weights
        found = {GRADIENT: self.scope.get(GRADIENT)}
        found |= {name: self.scope[name] for name in program_of(self.leg).state}
        found["dw"] = tuple((weights[self.step] - weights[self.step - 1]).tolist())
        for name, value in found.items():
            if isinstance(value, tuple):
                symbol, latex = names.text(name), names.math(name)
                if name == "dw":
                    symbol, latex = "Δw", "\\Delta w"
                line = norm_line(name, symbol, latex)
                yield Row(line, self.machine.norm(value), {}, {}, self.machine)

    def gradient_rows(
        self, line: FormulaLine, treatments: tuple[FormulaLine, ...], is_final: bool
    ) -> Iterator[Row]:
        assert isinstance(line.tree, Apply)
        place = line.tree.args[0]
        scope = self.scope if self.stale is None else {**self.scope, WEIGHTS: self.stale}
        parts = part_values(place, scope, self.machine)
        point = components(parts[place], self.machine.size)
        taken: TreatedGradient = self.machine.gradient(point)
        yield self.row(line, {**parts, line.tree: taken.raw}, is_final and not treatments)
        for index, (treatment, stage) in enumerate(zip(treatments, taken.stages, strict=True)):
            ends = is_final and index == len(treatments) - 1
            yield self.row(treatment, stage.values, ends)

    def schedule_row(self) -> Row:
        spec = self.leg.spec
        schedule, epochs = spec.schedule, self.leg.epoch_count
        index, own = schedule.piece_at(self.step - 1 - self.leg.scheduled, epochs)
        piece = schedule.pieces[index]
        constants = schedule.constants(spec.steps, epochs)
        horizon = constants[EPOCHS] if piece.epochs else spec.steps
        scope: dict[str, Value] = {
            name: constants[f"s{index}_{name}"] for name in piece.kind.parameters
        }
        scope |= {"k": float(own), STEP: own + 1.0, "T": float(horizon)}
        scope[LEARNING_RATE] = spec.parameters[LEARNING_RATE]
        line = schedule_line(spec.rule, piece)
        machine = Machine(self.leg, self.step, (), schedule=True)
        return Row(line, self.rate, part_values(line.tree, scope, machine), scope, machine)


def _mark_last(rows: list[Row]) -> tuple[Row, ...]:
    """Marks the row that gives the new weights."""
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        if row.line.target == WEIGHTS:
            rows[index] = replace(row, is_last=True)
            break
    return tuple(rows)


def worksheet_text(sheet: Worksheet, *, full: bool = False) -> str:
    """The worksheet in Unicode: each equation, its numbers, its result. ``full``: all digits."""
    blocks = [sheet.title]
    for row in sheet.rows:
        steps = [row.numbers(full=full), row.result_text(full=full)]
        lines = [row.line.text, *(f"= {text}" for text in steps if text)]
        blocks.append("\n    ".join(line.replace("= at ", "at ") for line in lines))
    return "\n".join(blocks) + "\n"


def worksheet_latex(sheet: Worksheet, *, full: bool = False) -> str:
    """The worksheet as an ``align*`` environment of the amsmath package."""
    rows = " \\\\\n".join(_latex_row(row, full) for row in sheet.rows)
    return f"% {sheet.title}\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"


def _latex_row(row: Row, full: bool) -> str:
    line = row.line
    arrow = "=" if line.is_definition else "\\leftarrow"
    if line.kind == "record":
        return f"{line.symbol_latex} &= {latex_value(row.shown, None if full else SHOWN)}"
    lines = [f"{line.symbol_latex} &{arrow} {line.right_latex}"]
    numbers = row.numbers_latex(full=full)
    if numbers:
        lines.append(f"&= {numbers}")
    lines.append(f"&= {latex_value(row.shown, None if full else SHOWN)}")
    return " \\\\\n".join(lines)
