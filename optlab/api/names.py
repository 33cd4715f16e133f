"""The names of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from optlab.api.lab import Lab, experiment
from optlab.core.analysis.check_known_answers import AnswerCheck, check_known_answers
from optlab.core.problems import problem_names
from optlab.core.rules import Choice, load_rule, read_rule, rule_names
from optlab.core.schedules import schedule_names
from optlab.files.experiment_files import experiment_names


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


def check_rule(rule: str | Path) -> tuple[AnswerCheck, ...]:
    """What a rule gives beside the known answers (``[[tests]]``) of its file.

    ``rule`` is a name of :func:`~optlab.optimizers`, the path of a rule file (``.toml``), or the
    text of one.  An answer that is missed is a result, not an error.
    """
    if isinstance(rule, str) and "\n" in rule:
        return check_known_answers(read_rule(rule))
    return check_known_answers(load_rule(str(rule)))


def code(
    rule: str | Path,
    target: str = "numpy",
    *,
    schedule: str = "constant",
    preset: str = "",
    steps: int = 1000,
    **settings: float | Choice,
) -> str:
    """An update rule as a file for another library: ``numpy``, ``torch``, ``optax``, ``latex`` or
    ``markdown``.

    ``rule``, ``schedule``, ``preset`` and ``settings`` are as for :meth:`Lab.add`; ``steps`` is
    the length of a run that a schedule refers to.  A file of code that is run as a program
    compares itself with stored numbers.
    """
    lab = experiment(loss="w1^2 + w2^2", start=(1.0, 1.0), steps=steps)
    add: Callable[..., Lab] = lab.add
    return add(rule, schedule=schedule, preset=preset, **settings).code(None, target)
