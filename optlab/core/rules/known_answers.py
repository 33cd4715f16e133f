"""The ``[[tests]]`` of a rule file: read and checked against the rule they belong to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

from optlab.core.formula import FormulaError
from optlab.core.parameters import SettingError
from optlab.core.problems import Problem, formula_problem, load_problem
from optlab.core.resources import DataError, UnknownNameError, is_path
from optlab.core.rules.data import TestData
from optlab.core.rules.rule import Choice, KnownAnswer, Rule

MOST_TESTS = 50
MOST_STEPS = 100_000
"""Updates of one test: all tests of a rule are run one after the other."""


def read_known_answers(file: str, tests: Sequence[TestData], rule: Rule) -> tuple[KnownAnswer, ...]:
    """The tests as values. Raises :class:`DataError` naming file, key and reason."""
    if len(tests) > MOST_TESTS:
        raise DataError(file, "tests", f"more than {MOST_TESTS}")
    return tuple(_read(file, f"tests[{i}]", item, rule) for i, item in enumerate(tests))


def objective_of(answer: KnownAnswer) -> Problem:
    """What a known answer minimises. Raises UnknownNameError, DataError or FormulaError."""
    return formula_problem(answer.formula) if answer.formula else load_problem(answer.problem)


def _read(file: str, key: str, item: TestData, rule: Rule) -> KnownAnswer:
    if bool(item.problem) == bool(item.formula):
        raise DataError(file, key, "needs either 'problem' or 'formula'")
    if is_path(item.problem):
        raise DataError(file, f"{key}.problem", "must be a problem of the catalogue")
    if not 1 <= item.step <= MOST_STEPS:
        raise DataError(file, f"{key}.step", f"must be from 1 to {MOST_STEPS}")
    if not (math.isfinite(item.tolerance) and item.tolerance >= 0):
        raise DataError(file, f"{key}.tolerance", "must be a finite number, at least 0")
    parameters: dict[str, float] = {}
    options: dict[str, Choice] = {}
    for name, value in item.settings.items():
        try:
            if name in rule.options:
                options[name] = rule.options[name].check(value)
            elif name not in rule.parameters:
                raise DataError(file, f"{key}.settings.{name}", "no option or parameter of it")
            elif isinstance(value, str | bool):
                raise DataError(file, f"{key}.settings.{name}", "must be a number")
            else:
                parameters[name] = rule.parameters[name].check(value)
        except SettingError as error:
            raise DataError(file, f"{key}.settings.{name}", error.reason) from None
    answer = KnownAnswer(
        item.problem,
        item.formula,
        item.start,
        MappingProxyType(parameters),
        MappingProxyType(options),
        item.step,
        item.weights,
        item.tolerance,
        item.source,
    )
    _check_dimension(file, key, answer)
    return answer


def _check_dimension(file: str, key: str, answer: KnownAnswer) -> None:
    try:
        dimension = objective_of(answer).dimension
    except FormulaError as error:
        raise DataError(file, f"{key}.formula", str(error)) from None
    except (UnknownNameError, DataError) as error:
        raise DataError(file, f"{key}.problem", str(error)) from None
    for name, values in (("start", answer.start), ("weights", answer.weights)):
        if len(values) != dimension or not all(map(math.isfinite, values)):
            raise DataError(file, f"{key}.{name}", f"must be {dimension} finite numbers")
