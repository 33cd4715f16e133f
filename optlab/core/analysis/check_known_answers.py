"""Whether a rule gives the known answers that its file states."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optlab.core.rules import KnownAnswer, Rule
from optlab.core.rules.known_answers import objective_of
from optlab.core.run import RunSpec, run


@dataclass(frozen=True)
class AnswerCheck:
    """One known answer beside what the rule gives.

    ``weights`` are those after ``answer.step`` updates, fewer where the run ended before, which
    ``sentence`` then says; ``error`` is the largest distance of a component, nan without an end.
    """

    answer: KnownAnswer
    weights: tuple[float, ...]
    error: float
    passed: bool
    sentence: str


def check_known_answers(rule: Rule) -> tuple[AnswerCheck, ...]:
    """What the rule gives for each of its known answers, in the order of the file.

    A difference is a value, not an error.  Raises SettingError where the rule cannot be run from
    a test's settings.
    """
    return tuple(_check(rule, answer) for answer in rule.tests)


def _check(rule: Rule, answer: KnownAnswer) -> AnswerCheck:
    path = run(
        RunSpec(
            objective_of(answer),
            rule,
            answer.parameters,
            answer.options,
            start=answer.start,
            steps=answer.step,
        )
    )
    found = tuple(path.final_weights)
    objective = answer.formula or answer.problem
    head = f"{rule.name} on {objective}, step {answer.step}"
    if path.steps < answer.step:
        return AnswerCheck(answer, found, math.nan, False, f"{head}: {path.outcome.sentence}")
    error = max(abs(a - b) for a, b in zip(found, answer.weights, strict=True))
    passed = error <= answer.tolerance
    distance = f"within {answer.tolerance:g}" if passed else f"not within {answer.tolerance:g}"
    sentence = f"{head}: {distance} of the known weights (largest difference {error:.3g})"
    return AnswerCheck(answer, found, error, passed, sentence)
