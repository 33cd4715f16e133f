"""Refusing a rule that would not run, before it runs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from optlab.core.formula import symbols
from optlab.core.formula.operations import CONSTANTS
from optlab.core.resources import DataError
from optlab.core.rules.rule import Choice, Rule
from optlab.core.rules.state_roles import is_vector
from optlab.core.rules.steppers import STEPPERS

_MOST_COMBINATIONS = 256


def check_rule(file: str, rule: Rule) -> None:
    """Raises :class:`DataError` unless every combination of options leaves what can run."""
    if rule.stepper:
        _check_stepper(file, rule)
        return
    names = list(rule.options)
    choices = [rule.options[name].choices for name in names]
    if math.prod(map(len, choices)) > _MOST_COMBINATIONS:
        reason = f"more than {_MOST_COMBINATIONS} combinations, each of which has to be checked"
        raise DataError(file, "options", reason)
    for combination in itertools.product(*choices):
        options = dict(zip(names, combination, strict=True))
        _check_variant(file, rule, options)


def _check_variant(file: str, rule: Rule, options: Mapping[str, Choice]) -> None:
    variant = rule.variant(options)
    chosen = f" with {options}" if options else ""
    known = {*rule.parameters, "w", "g", "t", *(variable.name for variable in variant.state)}
    scalars = {variable.name for variable in variant.state if variable.scalar}
    vectors = {"w", "g", *(variable.name for variable in variant.state)} - scalars
    targets = set()
    for equation in variant.equations:
        unknown = sorted(symbols(equation.tree) - known - set(CONSTANTS))
        if unknown:
            reason = f"'{unknown[0]}' is used before it is assigned{chosen}"
            raise DataError(file, f"update, line {equation.line}", reason)
        if is_vector(equation.tree, vectors):
            if equation.target in scalars:
                reason = f"'{equation.target}' is one number, but this has one value per weight"
                raise DataError(file, f"update, line {equation.line}", reason)
            vectors.add(equation.target)
        elif equation.target in variant.intermediates:
            vectors.discard(equation.target)
        known.add(equation.target)
        targets.add(equation.target)
    if "w" not in targets:
        raise DataError(file, "update", f"'w' is never assigned{chosen}")
    for variable in variant.state:
        if variable.name not in targets:
            raise DataError(file, f"state.{variable.name}", f"never assigned{chosen}")
    for variable in rule.state:
        if not any(equation.target == variable.name for equation in rule.equations):
            raise DataError(file, f"state.{variable.name}", "never assigned")


def _check_stepper(file: str, rule: Rule) -> None:
    """A file must declare what its stepper asks for, and nothing that it would not use."""
    stepper = STEPPERS.get(rule.stepper)
    if stepper is None:
        known = ", ".join(STEPPERS)
        raise DataError(file, "stepper", f"'{rule.stepper}' is not known; known are {known}")
    memory = [variable.name for variable in rule.state]
    for key, declared, wanted in (
        ("parameters", list(rule.parameters), stepper.parameters),
        ("options", list(rule.options), list(stepper.options)),
        ("state", memory, stepper.memory),
    ):
        if set(declared) != set(wanted):
            names = ", ".join(wanted) or "nothing"
            raise DataError(file, key, f"'{rule.stepper}' needs {names} here")
    for name, choices in stepper.options.items():
        if set(rule.options[name].choices) != set(choices):
            raise DataError(file, f"options.{name}", f"must have the choices {choices}")
    for name in stepper.records:
        if name in (*memory, *rule.parameters, *rule.options):
            raise DataError(file, name, "is the name of a quantity that the stepper records")
