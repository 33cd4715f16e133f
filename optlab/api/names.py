"""The names of what can be chosen."""

from __future__ import annotations

from pathlib import Path

from optlab.core.analysis.check_known_answers import AnswerCheck, check_known_answers
from optlab.core.problems import problem_names
from optlab.core.rules import load_rule, read_rule, rule_names
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
