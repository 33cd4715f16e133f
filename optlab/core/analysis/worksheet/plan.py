"""Which lines a worksheet has: the learning rate, the gradient with its treatment, the rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

from optlab.core.analysis.worksheet.formula_lines import (
    FormulaLine,
    Kind,
    SymbolNames,
    parameter_names,
    record_line,
)
from optlab.core.formula.dialects.latex import to_latex
from optlab.core.formula.dialects.unicode import display_text
from optlab.core.formula.nodes import Apply, Node, Symbol, symbols
from optlab.core.gradient_transforms import stage_tree
from optlab.core.rules import LEARNING_RATE, Rule, Variant
from optlab.core.rules.state_roles import is_vector
from optlab.core.run import RunSpec
from optlab.core.schedules import SchedulePiece

WEIGHTS, GRADIENT, STEP = "w", "g", "t"
_WEIGHTS_HELP = "the weights"
AT_WEIGHTS: Node = Apply("grad", (Symbol(WEIGHTS),))

_STAGE_SYMBOLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "noise_relative": ("σ", "\\sigma"),
        "noise": ("σ", "\\sigma"),
        "l2": ("λ", "\\lambda"),
        "clip_value": ("c", "c"),
        "clip_norm": ("c", "c"),
        "n1": ("ξ", "\\xi"),
        "n2": ("ξ", "\\xi"),
    }
)
_STAGE_HELP: Mapping[str, str] = MappingProxyType(
    {
        "noise_relative": "noise in proportion to the gradient; ξ is a standard normal number",
        "noise": "noise on the gradient; ξ is a standard normal number",
        "l2": "the gradient of the L2 term",
        "clip_value": "each component clipped",
        "clip_norm": "clipped to a largest length",
    }
)


@dataclass(frozen=True, eq=False)
class Plan:
    """The lines of a run's worksheet, in order.

    ``treatments`` belong to the gradient (or the equation that takes a gradient) with that
    number in ``lines``.
    """

    lines: tuple[FormulaLine, ...]
    treatments: Mapping[int, tuple[FormulaLine, ...]]

    @cached_property
    def _symbols(self) -> tuple[tuple[str, frozenset[str]], ...]:
        return tuple((line.text, frozenset(symbols(line.tree))) for line in self.lines)

    def standing(self, name: str) -> tuple[str, ...]:
        """The lines that a name stands in, as text."""
        return tuple(text for text, names in self._symbols if name in names)


def plan_of(spec: RunSpec) -> Plan:
    """The same for all runs that differ in numbers only."""
    variant = spec.rule.variant(spec.options)
    stages = tuple(spec.treatment.active())
    return _plan(spec.rule, variant, spec.schedule.is_constant, stages)


def parameter_equations(spec: RunSpec) -> dict[str, tuple[str, ...]]:
    """For each parameter of a run's rule the equations that it stands in, as text."""
    return {name: plan_of(spec).standing(name) for name in spec.rule.parameters}


def schedule_line(rule: Rule, piece: SchedulePiece) -> FormulaLine:
    """The learning rate by the piece of the schedule that is in force."""
    return _schedule_line(rule, piece)


@lru_cache(maxsize=256)
def _plan(rule: Rule, variant: Variant, constant_rate: bool, stages: tuple[str, ...]) -> Plan:
    lines: list[FormulaLine] = []
    treatments: dict[int, tuple[FormulaLine, ...]] = {}
    for line in _equations(rule, variant, constant_rate):
        if stages and _takes_gradient(line.tree):
            treatments[len(lines)] = tuple(_treatment(line, stage) for stage in stages)
        lines.append(line)
    return Plan(tuple(lines), MappingProxyType(treatments))


def _equations(rule: Rule, variant: Variant, constant_rate: bool) -> Iterator[FormulaLine]:
    names = parameter_names(rule.parameters)
    rate_text, rate_math = names.text(LEARNING_RATE), names.math(LEARNING_RATE)
    settings = {*rule.parameters, STEP}
    if not constant_rate:
        names = names.changed({LEARNING_RATE: f"{rate_text}ₜ"}, {LEARNING_RATE: f"{rate_math}_t"})
        settings.discard(LEARNING_RATE)
    helps = {variable.name: variable.help for variable in variant.state}
    vectors = {WEIGHTS, GRADIENT, *(item.name for item in variant.state if not item.scalar)}
    fixed = frozenset(settings)
    if variant.needs_gradient:
        yield FormulaLine("gradient", GRADIENT, AT_WEIGHTS, names, fixed, True, "the gradient")
    if not variant.equations:  # steps that are computed in Python: what they recorded
        for name in (*variant.intermediates, *helps):
            yield record_line(name, helps.get(name, ""))
        yield record_line(WEIGHTS, _WEIGHTS_HELP)
    for equation in variant.equations:
        tree, target = equation.tree, equation.target
        vector = is_vector(tree, vectors)
        if vector:
            vectors.add(target)
        kind: Kind = "gradient" if _takes_gradient(tree) else "equation"
        has_vectors = vector or bool(symbols(tree) & vectors)
        help_text = helps.get(target, _WEIGHTS_HELP if target == WEIGHTS else "")
        yield FormulaLine(kind, target, tree, names, fixed, has_vectors, help_text)


def _takes_gradient(tree: Node) -> bool:
    return isinstance(tree, Apply) and tree.operation == "grad"


def _treatment(line: FormulaLine, stage: str) -> FormulaLine:
    """What a treatment does to the gradient that a line takes."""
    plain = {name: text for name, (text, _) in _STAGE_SYMBOLS.items()}
    latex = {name: math for name, (_, math) in _STAGE_SYMBOLS.items()}
    plain[GRADIENT], latex[GRADIENT] = line.symbol, line.symbol_latex
    if isinstance(line.tree, Apply) and line.tree.args[0] != Symbol(WEIGHTS):
        point = line.tree.args[0]
        plain[WEIGHTS] = f"({display_text(point, line.names.plain)})"
        latex[WEIGHTS] = f"({to_latex(point, line.names.latex)})"
    names = SymbolNames(plain, latex)
    help_text = _STAGE_HELP.get(stage, "")
    target = line.target
    return FormulaLine(
        "treatment",
        target,
        stage_tree(stage),
        names.changed({target: line.symbol}, {target: line.symbol_latex}),
        frozenset((stage,)),
        True,
        help_text,
    )


@lru_cache(maxsize=256)
def _schedule_line(rule: Rule, piece: SchedulePiece) -> FormulaLine:
    names = parameter_names(rule.parameters)
    rate = names.text(LEARNING_RATE), names.math(LEARNING_RATE)
    shown = names.changed({"rate": f"{rate[0]}ₜ"}, {"rate": f"{rate[1]}_t"})
    settings = {LEARNING_RATE, "k", STEP, "T", *piece.kind.parameters}
    help_text = f"learning rate: {piece.kind.summary}" if piece.kind.summary else "learning rate"
    return FormulaLine(
        "schedule", "rate", piece.kind.tree, shown, frozenset(settings), False, help_text
    )
