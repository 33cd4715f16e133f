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


class _SuiteData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    summary: str
    problems: list[str]


@dataclass(frozen=True)
class Suite:
    """Problems by their catalogue names, under a title."""

    key: str
    name: str
    summary: str
    problems: tuple[str, ...]


def suite_names() -> tuple[str, ...]:
    """The shipped suites, sorted."""
    return data_names(data_folder(_KIND))


def load_suite(name: str) -> Suite:
    """A suite by its name. Raises UnknownNameError, and DataError for a damaged file."""
    path = find_data_file(data_folder(_KIND), name, "suite")
    data = read_toml(path, _SuiteData)
    if not data.problems:
        raise DataError(path.name, "problems", "needs one at least")
    return Suite(name, data.name, data.summary, tuple(data.problems))


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
