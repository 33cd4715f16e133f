"""The names of what can be chosen."""

from __future__ import annotations

from optlab.core.problems import problem_names
from optlab.core.rules import rule_names
from optlab.core.schedules import schedule_names
from optlab.session.files import experiment_names


def optimizers() -> tuple[str, ...]:
    """The update rules, as :meth:`~optlab.Lab.add` takes them."""
    return rule_names()


def problems() -> tuple[str, ...]:
    """The surfaces of the catalogue, as :func:`~optlab.experiment` takes them."""
    return problem_names()


def schedules() -> tuple[str, ...]:
    """The schedules, which a text such as ``cosine:T_max=100`` begins with."""
    return schedule_names()


def experiments() -> tuple[str, ...]:
    """The experiments that are shipped, as :func:`~optlab.load` takes them."""
    return experiment_names()
