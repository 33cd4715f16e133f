"""A rule as code is made of it: settings decided, names that Python allows, lines in order."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from optlab.core.formula.dialects.unicode import display_text
from optlab.core.formula.nodes import Apply, Node, Symbol, postorder, symbols
from optlab.core.formula.operations import VECTOR_FUNCTIONS
from optlab.core.library_calls import BuiltIn
from optlab.core.parameters import SettingError
from optlab.core.rules import LEARNING_RATE, Choice, Equation, Rule, Variant, choice_text
from optlab.core.rules.state_roles import is_vector
from optlab.core.schedules import EpochCount, Schedule

_TAKEN = frozenset(
    {"np", "jax", "jnp", "torch", "optax", "math", "ravel_pytree", "self", "params", "group"}
    | {"state", "closure", "updates", "unravel", "value_fn", "schedule", "evaluate", "value"}
    | {"init", "tree_map", "rate_now", "product", "abs", "min", "max", "float", "callable"}
)
"""What the code around the equations calls things."""
_ASKED = ("grad", "loss", "curvature", "hessian_product")


@dataclass(frozen=True, eq=False)
class Listing:
    """A rule with its settings, all of them, and the schedule of its learning rate.

    ``steps`` is the length that a schedule may refer to, ``epoch_steps`` that of an epoch, 0 where
    there are none.
    """

    rule: Rule
    parameters: Mapping[str, float]
    options: Mapping[str, Choice]
    schedule: Schedule
    steps: int
    epoch_steps: int = 0

    def __post_init__(self) -> None:
        if self.schedule.counts_epochs and not self.epoch_steps:
            reason = "counts epochs, and there is no data; name an experiment with data"
            raise SettingError("schedule", reason)
        if self.rule.stepper:
            reason = (
                f"'{self.rule.key}' computes its steps with matrices or a line search, which no"
                " equations of its file express; there is no code to write out"
            )
            raise SettingError("rule", reason)

    @property
    def epochs(self) -> EpochCount | None:
        """The epochs that the schedule may count."""
        return EpochCount(self.epoch_steps) if self.epoch_steps else None

    @cached_property
    def variant(self) -> Variant:
        """The equations that the options leave."""
        return self.rule.variant(self.options)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """They in order."""
        return self.variant.equations

    @cached_property
    def settings(self) -> dict[str, float]:
        """The parameters that still matter, by their names in code; η first."""
        names = dict.fromkeys((LEARNING_RATE, *self.variant.parameters))
        return {self.name(name): self.parameters[name] for name in names}

    @cached_property
    def names(self) -> dict[str, str]:
        """The names that cannot stay as they are in Python."""
        used = {*self.rule.parameters, *(e.target for e in self.rule.equations)}
        used |= {variable.name for variable in self.rule.state}
        taken = _TAKEN.union(keyword.kwlist, used)
        renamed: dict[str, str] = {}
        for name in sorted(used):
            if name in _TAKEN or keyword.iskeyword(name):
                fresh = f"{name}_"
                while fresh in taken or fresh in renamed.values():
                    fresh += "_"
                renamed[name] = fresh
        return renamed

    def name(self, name: str) -> str:
        """A name of the rule as the code has it."""
        return self.names.get(name, name)

    @property
    def function(self) -> str:
        """The rule's name as a function has it: ``averaged_sgd``."""
        name = re.sub(r"\W+", "_", self.rule.key, flags=re.ASCII).strip("_").lower() or "rule"
        name = name if name[0].isalpha() else f"rule_{name}"
        return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name

    @property
    def type(self) -> str:
        """The rule's name as a class has it: ``AveragedSgd``, and ``AdamW`` as its title says."""
        words = re.findall(r"[A-Za-z0-9]+", self.rule.name)
        joined = "".join(words)
        if joined.isascii() and joined.lower() == self.function.replace("_", "").lower():
            return "".join(word[:1].upper() + word[1:] for word in words)
        return self._camel_case

    @property
    def other_type(self) -> str:
        """Its key in CamelCase where the class is written otherwise: ``Adamw``; else empty."""
        return self._camel_case if self._camel_case != self.type else ""

    @property
    def _camel_case(self) -> str:
        return "".join(part[:1].upper() + part[1:] for part in self.function.split("_"))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """What the problem is asked beside the gradient at w: ``grad``, ``loss``, ..."""
        found = self._operations
        return tuple(name for name in _ASKED if name in found)

    @property
    def elementwise(self) -> bool:
        """Whether each weight goes its own way, so that each array can be updated alone."""
        return not self._operations & VECTOR_FUNCTIONS

    @cached_property
    def _operations(self) -> frozenset[str]:
        parts = postorder(*(equation.tree for equation in self.equations))
        return frozenset(part.operation for part in parts if isinstance(part, Apply))

    @cached_property
    def start_settings(self) -> tuple[str, ...]:
        """The parameters that the memory starts from, by their names in the rule."""
        used = symbols(*(variable.start for variable in self.variant.state))
        return tuple(name for name in self.rule.parameters if name in used)

    def vector_state(self) -> set[str]:
        """The names that have one value for each weight before the first equation."""
        return {"w", "g", *(v.name for v in self.variant.state if not v.scalar)}

    def is_vector(self, target: str, tree: Node, vectors: set[str]) -> bool:
        """Whether what an equation assigns has one value for each weight."""
        return target in self.vector_state() or is_vector(tree, vectors)

    @property
    def divides_in_choices(self) -> bool:
        """Whether a quotient stands in a choice made for each weight, where it may be 0/0."""
        return any(
            isinstance(part, Apply)
            and part.operation == "where"
            and any(
                isinstance(p, Apply) and p.operation == "div" for p in postorder(*part.args[1:])
            )
            for part in postorder(*(equation.tree for equation in self.equations))
        )

    # -- what people read ---------------------------------------------------------------------

    def docstring(self) -> list[str]:
        """What the rule is: its summary, equations, settings and source."""
        rule = self.rule
        shown = [
            f"    {display_text(Symbol(equation.target))} ← {display_text(equation.tree)}"
            for equation in self.equations
        ]
        lines = [f"{clean(rule.name)}: {clean(rule.summary)}.", "", *shown]
        decided = [f"{name}: {choice_text(choice)}" for name, choice in self.options.items()]
        if decided:
            lines += ["", f"Options decided: {', '.join(decided)}."]
        if rule.convention:
            lines += ["", f"{clean(rule.convention)}."]
        if rule.reference:
            lines += ["", f"Reference: {clean(rule.reference)}"]
        return lines

    def arguments(self) -> list[str]:
        """A line on each parameter that still matters."""
        by_name = {self.name(name): item for name, item in self.rule.parameters.items()}
        return [f"{name}: {clean(by_name[name].help)}" for name in self.settings]

    def builtin(self, library: str) -> BuiltIn | None:
        """The call of a library that does the same, or None."""
        return self.rule.built_in(library, self.parameters, self.options)

    def built_in_schedule(self, library: str) -> str:
        """The call of a library that gives the same learning rates, or an empty text."""
        eta = self.parameters[LEARNING_RATE]
        return self.schedule.built_in(library, eta, self.steps)


def clean(text: str) -> str:
    """A text of a rule file as a line of a docstring or a comment: nothing in it ends either."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(line.replace("\\", "/").replace('"', "'").split()).removesuffix(".")
