"""Suites: problems that are compared together, from ``resources/suites``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from optlab.core.data import load_table
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import (
    Network,
    Problem,
    load_problem,
    network_problem,
    network_sizes,
    problem_names,
)
from optlab.core.resources import (
    NO_TEXTS,
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


class _NetworkData(msgspec.Struct, forbid_unknown_fields=True):
    sizes: str
    data: str
    loss: str = "squared"
    activation: str = "tanh"


class _SuiteData(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    summary: str
    optimizers: list[str]
    problems: list[str] = []
    noise: float = 0.0
    networks: dict[str, _NetworkData] = {}


@dataclass(frozen=True)
class Suite:
    """Problems by their names, under a title, and the rules that are usually compared on them.

    ``problems`` are those of the catalogue, ``networks`` the suite's own; ``noise`` is the standard
    deviation of what is added to each component of their gradients.
    """

    key: str
    name: str
    summary: str
    problems: tuple[str, ...]
    optimizers: tuple[str, ...]
    noise: float = 0.0
    networks: Mapping[str, Problem] = field(default_factory=dict)

    def tasks(self) -> dict[str, Problem]:
        """What is minimised, by the names that results have."""
        found = {f"{name}{self.suffix}": load_problem(name) for name in self.problems}
        return found | {f"{name}{self.suffix}": one for name, one in self.networks.items()}

    @property
    def suffix(self) -> str:
        """What the names of problems with noise end in."""
        return f" + noise {self.noise:g}" if self.noise else ""


def suite_names() -> tuple[str, ...]:
    """The shipped suites, sorted."""
    return data_names(data_folder(_KIND))


def load_suite(name: str) -> Suite:
    """A suite by its name. Raises UnknownNameError, and DataError for a damaged file."""
    path = find_data_file(data_folder(_KIND), name, "suite")
    data = read_toml(path, _SuiteData)
    if not (data.problems or data.networks):
        raise DataError(path.name, "problems", "needs one at least")
    if not data.optimizers:
        raise DataError(path.name, "optimizers", "needs one at least")
    named = tuple(data.problems), tuple(data.optimizers)
    networks = {key: _network(one) for key, one in data.networks.items()}
    return Suite(name, data.name, data.summary, *named, data.noise, networks)


def _network(data: _NetworkData) -> Problem:
    network = Network(network_sizes(data.sizes), data.activation, data.loss)
    return network_problem(network, load_table(data.data))


def usual_optimizers(names: Iterable[str]) -> tuple[str, ...]:
    """The rules of the first suite among some names, else of the usual one."""
    named = [name for name in names if name in suite_names()]
    return load_suite(named[0] if named else DEFAULT_SUITE).optimizers


def problems_of(names: Iterable[str], own: Mapping[str, str] = NO_TEXTS) -> dict[str, Problem]:
    """The problems of names of suites and of problems; ``own`` are texts of an experiment.

    Raises UnknownNameError for a name that is neither.
    """
    found: dict[str, Problem] = {}
    for name in names:
        if name in suite_names():
            found |= load_suite(name).tasks()
        elif name in problem_names() or name in own:
            found[name] = load_problem(name, own=own)
        else:
            raise UnknownNameError(f"'{name}' is neither a suite nor a problem")
    return found


def treatments_of(names: Iterable[str]) -> dict[str, GradientTransforms]:
    """What happens to gradients on the problems of such names, where it is not nothing."""
    found: dict[str, GradientTransforms] = {}
    for name in names:
        if name in suite_names() and (suite := load_suite(name)).noise:
            found |= dict.fromkeys(suite.tasks(), GradientTransforms(noise=suite.noise))
    return found
