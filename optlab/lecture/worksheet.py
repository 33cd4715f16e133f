"""The worksheet of a run for a page that fills it in: its lines, and a function for their numbers.

The numbers that stand in an equation are made by equations of their own, put in front of it: what
computes the step computes them as well, with every function that a rule may call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from optlab.core.analysis.worksheet.formula_lines import FormulaLine
from optlab.core.analysis.worksheet.plan import plan_of, schedule_line
from optlab.core.analysis.worksheet.reduce import reduced
from optlab.core.analysis.worksheet.template import Template
from optlab.core.formula.algebra import ONE, TWO, ZERO
from optlab.core.formula.dialects.javascript_dialect import javascript_function
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, substitute
from optlab.core.gradient_transforms import NOISE_STAGES, stage_tree
from optlab.core.rules import LEARNING_RATE, Equation, Variant
from optlab.core.run import Leg, RunSpec
from optlab.core.run.equations import STALE
from optlab.core.run.spec import equations_of
from optlab.core.run.step_compiler import step_equations
from optlab.lecture.functions import StepText
from optlab.pictures.formula_drawing import formula_mathml

_L2 = "l2"
"""The treatment that changes loss and second derivatives as well."""
Noted = Callable[[Node], int]


@dataclass
class _Probes:
    """Equations of a step with the numbers of a worksheet in between; ``stages`` are what is done
    to each gradient."""

    stages: tuple[str, ...]
    equations: list[Equation] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, target: str, tree: Node) -> None:
        """An equation; gradients and losses in it are treated as those of the run."""
        self._append(target, self._treated(tree) if self.stages else tree)

    def probe(self, tree: Node) -> int:
        """Has the value of a tree noted; its number among all that are."""
        self.names.append(f"shown{len(self.names)}")
        self.add(self.names[-1], tree)
        return len(self.names) - 1

    def take_gradient(self, target: str, point: Node) -> None:
        """``target`` gets the gradient at a point as the problem gives it."""
        self._append(target, Apply("grad", (point,)))

    def _append(self, target: str, tree: Node) -> None:
        self.equations.append(Equation(target, tree, None, 0))

    def _treated(self, tree: Node) -> Node:
        done: dict[Node, Node] = {}
        for part in postorder(tree):
            done[part] = part
            if isinstance(part, Apply):
                args = tuple(done[arg] for arg in part.args)
                done[part] = self._treated_part(part.operation, args)
        return done[tree]

    def _treated_part(self, operation: str, args: tuple[Node, ...]) -> Node:
        whole, strength = Apply(operation, args), Symbol(_L2)
        if operation == "grad":
            taken = f"taken{len(self.equations)}"
            self.take_gradient(taken, args[0])
            for stage in self.stages:
                inner = {"g": Symbol(taken), "w": args[0]}
                self._append(taken, substitute(stage_tree(stage), inner))
            return Symbol(taken)
        if _L2 not in self.stages:
            return whole
        if operation == "loss":
            square = Apply("mul", (strength, Apply("dot", (args[0], args[0]))))
            return Apply("add", (whole, Apply("div", (square, TWO))))
        if operation == "curvature":
            return Apply("add", (whole, strength))
        if operation == "hessian_product":
            return Apply("add", (whole, Apply("mul", (strength, args[0]))))
        return whole


def worksheet_of(leg: Leg, dimension: int) -> dict[str, Any]:
    """What a page needs: ``lines``, ``numbers`` (a function of the step), the ``sizes`` of what it
    gives, and the ``values`` that it takes; ``pieces`` of a schedule with their ``numbers``."""
    spec = leg.spec
    stages = spec.treatment.active()
    probes = _Probes(tuple(stages))
    lines = list(_lines(leg, probes))
    own = spec.variant
    variant = Variant(
        own.rule, tuple(probes.equations), own.state, tuple(probes.names), own.parameters
    )
    parameters = (*spec.parameters, *stages)
    equations = step_equations(
        variant, parameters, spec.schedule, (), False, leg.shift != 0, spec.sampling.features
    )
    text = StepText(equations, dimension, noisy=bool(set(stages) & set(NOISE_STAGES)))
    return {
        "lines": lines,
        "sizes": [text.size_of(name) for name in probes.names],
        "numbers": text.values_of(probes.names),
        "values": [_value_name(name, stages) for name in equations.values],
        "pieces": list(_schedule(leg)),
    }


def lines_of(spec: RunSpec) -> list[dict[str, Any]]:
    """The equations of a run of one rule whose numbers are stored, each with what it gives."""
    if spec.then:
        return []
    return [
        {
            "math": formula_mathml(line.inline) or "",
            "text": line.text,
            "help": line.help,
            "column": line.target,
            "last": line.target == "w",
        }
        for line in plan_of(spec).lines
    ]


def _value_name(name: str, stages: Mapping[str, float]) -> str:
    """The strength of a treatment stands among the numbers of a run under another name."""
    own = name.removeprefix("p_")
    return f"c_{own}" if own in stages and name.startswith("p_") else name


def _lines(leg: Leg, probes: _Probes) -> Iterator[dict[str, Any]]:
    plan = plan_of(leg.spec)
    recorded = {record.name for record in equations_of(leg).records}
    last = {line.target: index for index, line in enumerate(plan.lines)}
    for index, line in enumerate(plan.lines):
        treatments = plan.treatments.get(index, ())
        final = last[line.target] == index and line.target in recorded
        if line.kind == "gradient":
            assert isinstance(line.tree, Apply)
            point = line.tree.args[0]
            if leg.spec.sampling.delayed:
                point = substitute(point, {"w": Symbol(STALE)})
            forms = {"pieces": ["at ", "0", ""], "slots": [[probes.probe(point), False]]}
            probes.take_gradient(line.target, point)
            yield _line(line, forms, probes, final and not treatments)
            for number, stage in enumerate(treatments, 1):
                inner = {"g": Symbol(line.target), "w": point}
                filled = _forms(stage, stage.tree, probes.probe, inner)
                probes.add(stage.target, substitute(stage.tree, inner))
                yield _line(stage, filled, probes, final and number == len(treatments))
        else:
            filled = _forms(line, line.tree, probes.probe, {})
            probes.add(line.target, line.tree)
            shown = _line(line, filled, probes, final)
            yield shown | ({"last": True} if line.target == "w" and final else {})


def _line(line: FormulaLine, forms: dict[str, Any], probes: _Probes, final: bool) -> dict[str, Any]:
    """``column`` names the recorded quantity that holds the result, else ``probe`` its number."""
    result = {"column": line.target} if final else {"probe": probes.probe(Symbol(line.target))}
    shown = {"math": formula_mathml(line.inline) or "", "text": line.text, "help": line.help}
    return shown | {"forms": forms} | result


def _forms(
    line: FormulaLine, tree: Node, noted: Noted, inner: Mapping[str, Node]
) -> dict[str, Any]:
    """The right side with places for numbers; of a choice, the condition and both branches.

    ``noted`` has the value of a tree computed, and gives its number.
    """
    if isinstance(tree, Apply) and tree.operation == "where":
        condition = substitute(tree.args[0], inner)
        return {
            "if": noted(Apply("where", (condition, ONE, ZERO))),
            "yes": _forms(line, tree.args[1], noted, inner),
            "no": _forms(line, tree.args[2], noted, inner),
        }
    part = reduced(tree, 0, line.settings, not line.is_vector)
    template = Template((part,))
    slots = [[noted(substitute(slot.tree, inner)), slot.exact] for slot in template.slots]
    copy = {} if isinstance(tree, Apply) else {"copy": True}
    return {"pieces": template.plain_pieces, "slots": slots, **copy}


def _schedule(leg: Leg) -> Iterator[dict[str, Any]]:
    """The pieces of a schedule that changes the learning rate, in order."""
    schedule = leg.spec.schedule
    if schedule.is_constant:
        return
    for index, piece in enumerate(schedule.pieces):
        line = schedule_line(leg.spec.rule, piece)
        names = (LEARNING_RATE, "k", "t", "T", *piece.kind.parameters)
        renamed = {name: Symbol(f"a_{name}") for name in names}
        numbers: list[str] = []

        def noted(
            tree: Node, renamed: Mapping[str, Node] = renamed, numbers: list[str] = numbers
        ) -> int:
            arguments = [f"a_{name}" for name in renamed]
            numbers.append(javascript_function((substitute(tree, renamed),), arguments))
            return len(numbers) - 1

        yield {
            "math": formula_mathml(line.inline) or "",
            "text": line.text,
            "help": line.help,
            "forms": _forms(line, line.tree, noted, {}),
            "numbers": numbers,
            "constants": [f"s{index}_{name}" for name in piece.kind.parameters],
            "length": f"s{index}_steps" if piece.length is not None else "",
        }
