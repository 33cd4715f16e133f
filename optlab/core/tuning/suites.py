"""Suites: problems that are compared together, from ``resources/suites``."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from optlab.core.problems import Problem, load_problem, problem_names
from optlab.core.resources import (
    DataError,
    UnknownNameError,
    data_folder,
    data_names,
    find_data_file,
    read_toml,
)

_KIND = "suites"
DEFAULT_SUITE = "small"
"""Taken where none is named."""


class _SuiteData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    summary: str
    problems: list[str]
    optimizers: list[str]


@dataclass(frozen=True)
class Suite:
    """Problems by their catalogue names, under a title, and the rules that are usually compared
    on them."""

    key: str
    name: str
    summary: str
    problems: tuple[str, ...]
    optimizers: tuple[str, ...]


def suite_names() -> tuple[str, ...]:
    """The shipped suites, sorted."""
    return data_names(data_folder(_KIND))


def load_suite(name: str) -> Suite:
    """A suite by its name. Raises UnknownNameError, and DataError for a damaged file."""
    path = find_data_file(data_folder(_KIND), name, "suite")
    data = read_toml(path, _SuiteData)
    for field in ("problems", "optimizers"):
        if not getattr(data, field):
            raise DataError(path.name, field, "needs one at least")
    return Suite(name, data.name, data.summary, tuple(data.problems), tuple(data.optimizers))


def usual_optimizers(text: str) -> tuple[str, ...]:
    """The rules of the first suite in a text such as ``valleys,booth``, else of the usual one."""
    named = [name for name in text.split(",") if name in suite_names()]
    return load_suite(named[0] if named else DEFAULT_SUITE).optimizers


def problems_of(text: str) -> dict[str, Problem]:
    """The problems of a text such as ``valleys,booth``: names of suites and of problems.

    Raises UnknownNameError for a name that is neither.
    """
    found: dict[str, Problem] = {}
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name in suite_names():
            found |= {one: load_problem(one) for one in load_suite(name).problems}
        elif name in problem_names():
            found[name] = load_problem(name)
        else:
            raise UnknownNameError(f"'{name}' is neither a suite nor a problem")
    return found
