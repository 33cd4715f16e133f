"""Runs of a shipped rule beside an independent generator of its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest

from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, run
from optlab.core.schedules import parse_schedule

STEPS = 60
START = (-0.3, 0.1)
DECAY = 0.98


@pytest.fixture
def assert_follows() -> Callable[..., None]:
    """Checks a rule, in a preset of its own, step by step under a falling learning rate.

    ``generator(grad, start, rates, **constants)`` yields the weights after each step.  Constants
    named ``surface``, ``start`` and ``steps`` change what it runs on; ``with_diagonal`` hands over
    the diagonal of the Hessian.
    """

    def check(
        key: str,
        preset: str,
        settings: Mapping[str, float],
        generator: Callable[..., Iterator[np.ndarray]],
        constants: Mapping[str, object],
    ) -> None:
        given = dict(constants)
        problem, rule = load_problem(str(given.pop("surface", "himmelblau"))), load_rule(key)
        start, steps = given.pop("start", START), given.pop("steps", STEPS)
        parameters, options = rule.preset(preset) if preset else ({}, {})
        parameters |= settings
        eta = rule.complete_parameters(parameters)["eta"]
        spec = RunSpec(
            problem,
            rule,
            parameters,
            options,
            parse_schedule(f"exponential:gamma={DECAY}"),
            start=start,
            steps=steps,
        )
        if given.pop("with_diagonal", False):
            given["diagonal"] = lambda x: np.diag(problem.hessian(x))
        rates = [eta * DECAY**k for k in range(steps)]
        path = generator(lambda x: np.array(problem.gradient(x)), np.array(start), rates, **given)
        found, expected = run(spec), np.array([start, *path])
        assert found.outcome.kind == "finished"
        assert np.ptp(expected, axis=0).max() > 0.1  # it goes somewhere
        assert found.weights == pytest.approx(expected, rel=1e-9, abs=1e-9)

    return check
