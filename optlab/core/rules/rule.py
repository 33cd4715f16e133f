"""An update rule: parameters, options, memory, and equations that run in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from optlab.core.display import display_symbol
from optlab.core.formula.algebra import ZERO
from optlab.core.formula.lower import fold
from optlab.core.formula.nodes import Apply, Node, Number, postorder, substitute, symbols
from optlab.core.formula.operations import constant_values, evaluate
from optlab.core.library_calls import BuiltIn, LibraryCall, built_in
from optlab.core.parameters import Parameter, Role, SettingError
from optlab.core.rules.steppers import STEPPERS

Choice = str | bool
_YES_NO = {"1": True, "yes": True, "on": True, "0": False, "no": False, "off": False}
_YES: Node = Apply("eq", (ZERO, ZERO))
_NO: Node = Apply("ne", (ZERO, ZERO))
_SECOND = ("curvature", "hessian_product")


@dataclass(frozen=True)
class Option:
    """A choice that changes the equations; a yes/no option has the choices True and False."""

    name: str
    choices: tuple[Choice, ...]
    default: Choice
    help: str

    def check(self, value: object) -> Choice:
        """One of the choices, also from its text; yes and no may be written as 1 and 0.

        Raises :class:`SettingError`.
        """
        if isinstance(value, str) and True in self.choices:
            value = _YES_NO.get(value.lower(), value)
        for choice in self.choices:
            if value == choice and type(value) is type(choice):
                return choice
            if isinstance(value, str) and value.lower() == choice_text(choice):
                return choice
        known = ", ".join(choice_text(choice) for choice in self.choices)
        raise SettingError(self.name, f"must be one of {known}, not {value}")


def choice_text(choice: Choice) -> str:
    """A choice as it is typed: ``inside``, ``true``."""
    return str(choice).lower() if isinstance(choice, bool) else choice


@dataclass(frozen=True)
class StateVariable:
    """What a rule remembers from step to step: one value per weight, or one in all (scalar).

    ``start`` is its value before the first step, a formula of the parameters and of ``w``.
    ``rows`` is set for the matrices of steppers, which have so many rows of one value per
    weight (``"n"``: as many as there are weights) and start at zero.
    """

    name: str
    help: str
    scalar: bool
    start: Node
    rows: int | Literal["n"] | None = None

    def titles(self, dimension: int) -> tuple[str, ...]:
        """The names of its columns: ``m1``, ``m2``; row by row ``H11``, ``H12``, ``H21``, ..."""
        columns = range(1, dimension + 1)
        if self.scalar:
            return (self.name,)
        if self.rows is None:
            return tuple(f"{self.name}{i}" for i in columns)
        rows = dimension if self.rows == "n" else self.rows
        mark = "" if max(rows, dimension) < 10 else "_"
        return tuple(f"{self.name}{row}{mark}{i}" for row in range(1, rows + 1) for i in columns)

    @property
    def symbol(self) -> str:
        """As it is shown, such as m̂."""
        return display_symbol(self.name)


@dataclass(frozen=True)
class Equation:
    """``target = tree``, where ``guard`` holds; ``line`` is its line in the file's text."""

    target: str
    tree: Node
    guard: Node | None
    line: int


@dataclass(frozen=True)
class Preset:
    """Settings that make a rule what one source says it is; the learning rate is never in it.

    All presets of a rule set the same names, so that each can follow any other.
    """

    parameters: Mapping[str, float]
    options: Mapping[str, Choice]


@dataclass(frozen=True)
class Variant:
    """A rule with its options decided: what is left to compute.

    ``equations`` in order; ``state`` the memory that they use; ``intermediates`` what else they
    assign, in order of first assignment, without ``w`` and ``g``; ``parameters`` those that
    still matter.  A rule whose steps are computed by a ``stepper`` has no equations, and its
    ``options`` go to the stepper.
    """

    rule: str
    equations: tuple[Equation, ...]
    state: tuple[StateVariable, ...]
    intermediates: tuple[str, ...]
    parameters: tuple[str, ...]
    stepper: str = ""
    options: tuple[tuple[str, Choice], ...] = ()

    @cached_property
    def needs_hessian(self) -> bool:
        """Whether a step asks for second derivatives."""
        if self.stepper:
            return STEPPERS[self.stepper].needs_hessian
        parts = postorder(*(equation.tree for equation in self.equations))
        return any(isinstance(part, Apply) and part.operation in _SECOND for part in parts)

    @cached_property
    def needs_gradient(self) -> bool:
        """Whether ``g`` is the gradient at w: an equation uses it before one assigns it, or
        none does."""
        for equation in self.equations:
            if "g" in symbols(equation.tree):
                return True
            if equation.target == "g":
                return False
        return True


@dataclass(frozen=True)
class KnownAnswer:
    """Where a run is known to be after ``step`` updates from ``start``.

    The objective is a ``problem`` of the catalogue or a ``formula``.  ``weights`` may differ by
    ``tolerance`` in each component; ``source`` says who knows them.
    """

    problem: str
    formula: str
    start: tuple[float, ...]
    parameters: Mapping[str, float]
    options: Mapping[str, Choice]
    step: int
    weights: tuple[float, ...]
    tolerance: float
    source: str


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule as its file describes it; ``key`` is the file's name without ``.toml``.

    ``words`` gives each choice that is a word its number in the equations.  ``stepper`` is the
    key of what computes the steps of a rule without equations, else empty.  ``tests`` are the
    known answers of its file, ``aliases`` other catalogue names.  ``moves_at_rest`` is a condition
    of the parameters, such as a weight decay above 0, under which it leaves a point without slope;
    None for a rule that never does.  ``builtins`` are libraries' calls of it.
    """

    key: str
    name: str
    summary: str
    reference: str
    convention: str
    parameters: Mapping[str, Parameter]
    options: Mapping[str, Option]
    presets: Mapping[str, Preset]
    state: tuple[StateVariable, ...]
    equations: tuple[Equation, ...]
    words: Mapping[str, int]
    stepper: str = ""
    tests: tuple[KnownAnswer, ...] = ()
    aliases: tuple[str, ...] = ()
    moves_at_rest: Node | None = None
    builtins: tuple[LibraryCall, ...] = ()

    def in_role(self, role: Role) -> Parameter | None:
        """The parameter that the file declares to be the ``role``, or None."""
        found = (item for item in self.parameters.values() if item.role == role)
        return next(found, None)

    def leaves_rest(self, parameters: Mapping[str, float]) -> bool:
        """Whether, with these parameters (all of them), it moves where there is no slope."""
        return self.moves_at_rest is not None and bool(evaluate(self.moves_at_rest, parameters))

    def complete_parameters(self, given: Mapping[str, float]) -> dict[str, float]:
        """All parameters, the given ones checked. Raises :class:`SettingError`."""
        for name in given:
            if name not in self.parameters:
                raise SettingError(name, f"is not a parameter of {self.key}")
        return {
            name: parameter.check(given.get(name, parameter.default))
            for name, parameter in self.parameters.items()
        }

    def complete_options(self, given: Mapping[str, Choice]) -> dict[str, Choice]:
        """All options, the given ones checked. Raises :class:`SettingError`."""
        for name in given:
            if name not in self.options:
                raise SettingError(name, f"is not an option of {self.key}")
        return {
            name: option.check(given[name]) if name in given else option.default
            for name, option in self.options.items()
        }

    def preset(self, name: str) -> tuple[dict[str, float], dict[str, Choice]]:
        """The parameters and the options of a preset. Raises :class:`SettingError`."""
        if name not in self.presets:
            known = ", ".join(self.presets) or "none"
            raise SettingError("preset", f"'{name}' is not known for {self.key}; known are {known}")
        found = self.presets[name]
        return dict(found.parameters), dict(found.options)

    def variant(self, options: Mapping[str, Choice]) -> Variant:
        """The equations that are left once the options (all of them) are decided."""
        return _variant(self, tuple(sorted(options.items())))

    def built_in(
        self, library: str, parameters: Mapping[str, float], options: Mapping[str, Choice]
    ) -> BuiltIn | None:
        """The call of a library that takes the same steps with these settings, all of them."""
        values: dict[str, float] = {**self.words, **parameters}
        for name, choice in options.items():
            values[name] = float(self.words[choice] if isinstance(choice, str) else choice)
        return built_in(self.builtins, library, values)


@lru_cache(maxsize=512)
def _variant(rule: Rule, options: tuple[tuple[str, Choice], ...]) -> Variant:
    if rule.stepper:
        records, parameters = tuple(STEPPERS[rule.stepper].records), tuple(rule.parameters)
        return Variant(rule.key, (), rule.state, records, parameters, rule.stepper, options)
    decided: dict[str, Node] = {word: Number(float(n)) for word, n in rule.words.items()}
    for name, choice in options:
        if isinstance(choice, bool):
            decided[name] = _YES if choice else _NO
        else:
            decided[name] = Number(float(rule.words[choice]))
    equations = []
    for equation in rule.equations:
        if equation.guard is None or _holds(substitute(equation.guard, decided)):
            tree = fold(substitute(equation.tree, decided))
            equations.append(Equation(equation.target, tree, None, equation.line))
    targets = dict.fromkeys(equation.target for equation in equations)
    used = set(targets).union(*(symbols(equation.tree) for equation in equations))
    state = tuple(variable for variable in rule.state if variable.name in used)
    memory = {variable.name for variable in state} | {"w", "g"}
    intermediates = tuple(target for target in targets if target not in memory)
    used |= symbols(*(variable.start for variable in state))
    parameters = tuple(name for name in rule.parameters if name in used)
    return Variant(rule.key, tuple(equations), state, intermediates, parameters)


def _holds(condition: Node) -> bool:
    return bool(constant_values(condition)[condition])
