"""The lines of a worksheet as far as they do not depend on the step: formulas and their forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Literal

from optlab.core.analysis.worksheet.part_values import Values, components
from optlab.core.analysis.worksheet.reduce import LEVELS, Reduced, Slot, reduced
from optlab.core.analysis.worksheet.template import Template
from optlab.core.display import display_symbol
from optlab.core.formula.dialects.latex import latex_letters, latex_symbol, to_latex
from optlab.core.formula.dialects.unicode import display_text, plain_symbol
from optlab.core.formula.nodes import Apply, Node, Symbol
from optlab.core.parameters import Parameter

Kind = Literal["schedule", "gradient", "treatment", "equation", "record"]
Choice = tuple[Node, ...]
"""The branch that holds, or one for each component."""


@dataclass(frozen=True)
class SymbolNames:
    """How names are written in Unicode and in LaTeX, where it is not as usual."""

    plain: Mapping[str, str] = field(default_factory=dict)
    latex: Mapping[str, str] = field(default_factory=dict)

    def changed(self, plain: Mapping[str, str], latex: Mapping[str, str]) -> SymbolNames:
        """These names with some written in another way."""
        return SymbolNames({**self.plain, **plain}, {**self.latex, **latex})

    def text(self, name: str) -> str:
        """A name in Unicode."""
        return self.plain.get(name, plain_symbol(name))

    def math(self, name: str) -> str:
        """A name in LaTeX."""
        return self.latex.get(name, latex_symbol(name))


def parameter_names(parameters: Mapping[str, Parameter]) -> SymbolNames:
    """The names of parameters that have a symbol of their own."""
    own = {
        name: parameter.symbol
        for name, parameter in parameters.items()
        if parameter.symbol != display_symbol(name)
    }
    plain = {name: symbol.replace(" ", "_") for name, symbol in own.items()}
    latex = {name: latex_letters(symbol) for name, symbol in own.items()}
    return SymbolNames(plain, latex)


@dataclass(frozen=True, eq=False)
class FormulaLine:
    """``target`` ← ``tree``, and how its numbers may be written.

    ``settings`` are the names whose values a person has chosen; ``is_vector`` says whether
    anything in the tree has one value per weight; ``help`` is a sentence about the target.
    """

    kind: Kind
    target: str
    tree: Node
    names: SymbolNames
    settings: frozenset[str]
    is_vector: bool
    help: str = ""
    _forms: dict[Choice, tuple[Template, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def symbol(self) -> str:
        """The target in Unicode."""
        return self.names.text(self.target)

    @cached_property
    def symbol_latex(self) -> str:
        """The target in LaTeX."""
        return self.names.math(self.target)

    @property
    def is_definition(self) -> bool:
        """Whether the target is defined rather than changed."""
        return self.kind in ("schedule", "gradient")

    @cached_property
    def right_latex(self) -> str:
        """The right side in LaTeX."""
        return to_latex(self.tree, self.names.latex)

    @cached_property
    def inline(self) -> str:
        """The equation in LaTeX, with slashes for fractions; a name alone for a record."""
        if self.kind == "record":
            return self.symbol_latex
        arrow = "=" if self.is_definition else "\\leftarrow"
        right = to_latex(self.tree, self.names.latex, inline=True)
        return f"{self.symbol_latex} {arrow} {right}"

    @cached_property
    def text(self) -> str:
        """The equation in one line of Unicode."""
        if self.kind == "record":
            return self.symbol
        arrow = "=" if self.is_definition else "←"
        return f"{self.symbol} {arrow} {display_text(self.tree, self.names.plain)}"

    def forms(
        self, values: Values, size: int, component: int | None = None
    ) -> tuple[Template, ...]:
        """The right side with slots for its numbers, in falling detail.

        Of a choice between formulas only the one that holds is shown; for a single ``component``
        that which holds for it.
        """
        if component is None:
            choice = _choice(self.tree, values, size)
        else:
            choice = (_branch(self.tree, values, component, size),)
        if choice not in self._forms:
            self._forms[choice] = self._templates(choice)
        return self._forms[choice]

    def _templates(self, choice: Choice) -> tuple[Template, ...]:
        tree = choice[0]
        if len(choice) == 1 and not isinstance(tree, Apply):
            return ()  # a copy: the result says it all
        if isinstance(tree, Apply) and tree.operation == "grad" and len(choice) == 1:
            point = Reduced(Symbol("#0"), (Slot(tree.args[0], False),))
            return (Template((point,), ("at ", "\\nabla E")),)
        found: list[Template] = []
        for level in range(LEVELS):
            scalar = not self.is_vector
            parts = [reduced(part, level, self.settings, scalar) for part in choice]
            if len(choice) > 1:
                parts = [_of_component(part, index) for index, part in enumerate(parts)]
            template = Template(tuple(parts))
            if all(template.parts != known.parts for known in found):
                found.append(template)
        return tuple(found)


def _of_component(part: Reduced, index: int) -> Reduced:
    return Reduced(part.tree, tuple(slot._replace(component=index) for slot in part.slots))


def _choice(tree: Node, values: Values, size: int) -> Choice:
    chosen = [_branch(tree, values, index, size) for index in range(size)]
    return (chosen[0],) if all(branch == chosen[0] for branch in chosen) else tuple(chosen)


def _branch(tree: Node, values: Values, index: int, size: int) -> Node:
    while isinstance(tree, Apply) and tree.operation == "where":
        condition, first, second = tree.args
        holds = components(values[condition], size)[index]
        tree = first if holds else second
    return tree


@lru_cache(maxsize=256)
def norm_line(name: str, symbol: str, latex: str) -> FormulaLine:
    """The length of a vector, which is shown under the equations of a single weight."""
    names = SymbolNames({name: f"‖{symbol}‖"}, {name: f"\\|{latex}\\|"})
    about = f"length of {symbol} over all weights"
    return FormulaLine("record", name, Symbol(name), names, frozenset(), False, about)


def record_line(name: str, help_text: str = "") -> FormulaLine:
    """A quantity that is shown as it was recorded."""
    none: Mapping[str, str] = MappingProxyType({})
    return FormulaLine(
        "record", name, Symbol(name), SymbolNames(none, none), frozenset(), True, help_text
    )
