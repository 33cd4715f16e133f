"""What holds for every rule on every surface."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from optlab.core.analysis.check_known_answers import check_known_answers
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import load_problem, surface_names
from optlab.core.rules import Rule, load_rule, rule_names
from optlab.core.run import (
    RunSpec,
    Trajectory,
    compiled_kernel,
    plain_kernel,
    run,
)
from optlab.core.schedules import parse_schedule

RULES = rule_names()
SURFACES = surface_names()
FIRST, STEPS = 13, 40


def same(a: Trajectory, b: Trajectory) -> bool:
    return a.outcome == b.outcome and np.array_equal(a.data, b.data, equal_nan=True)


def spec(rule: str, surface: str, steps: int = STEPS, **settings: object) -> RunSpec:
    return RunSpec(load_problem(surface), load_rule(rule), steps=steps, **settings)  # type: ignore[arg-type]


def settings_of(rule: Rule) -> Iterator[dict[str, str | bool]]:
    """Every combination of the rule's options."""
    names = list(rule.options)
    for combination in itertools.product(*(rule.options[name].choices for name in names)):
        yield dict(zip(names, combination, strict=True))


@pytest.mark.parametrize("rule", RULES)
def test_some_steps_and_then_the_others_are_all_steps(rule: str) -> None:
    broken = []
    for surface in SURFACES:
        first = run(spec(rule, surface, FIRST))
        whole = run(spec(rule, surface))
        if not same(run(spec(rule, surface), resume=first), whole):
            broken.append(surface)
    assert not broken


@pytest.mark.parametrize("rule", RULES)
def test_recorded_numbers_are_those_of_the_surface_and_finite_while_it_is(rule: str) -> None:
    broken = []
    for surface in SURFACES:
        path = run(spec(rule, surface))
        problem = load_problem(surface)
        losses = [problem.loss(w) for w in path.weights]
        fine = slice(1, None if path.outcome.kind == "finished" else -1)
        if not np.array_equal(path.loss, losses, equal_nan=True):
            broken.append(f"{surface}: loss")
        if not np.isfinite(path.data[fine]).all():
            columns = [n for n in path.names if not np.isfinite(path[n][fine]).all()]
            broken.append(f"{surface}: {columns} at {path.outcome}")
        if path.outcome.kind == "left_domain":
            last = [*problem.gradient(path.weights[-2]), problem.loss(path.weights[-1])]
            if np.isfinite(last).all():
                broken.append(f"{surface}: {path.outcome.sentence}")
    assert not broken


@pytest.mark.parametrize("rule", RULES)
def test_replay_with_every_option_noise_and_schedule_is_the_same_to_the_bit(rule: str) -> None:
    for options in settings_of(load_rule(rule)):
        given = spec(
            *(rule, "himmelblau"),
            options=options,
            seed=7,
            schedule=parse_schedule("warmup:steps=5+cosine:T_max=40"),
            treatment=GradientTransforms(noise=0.1, l2=0.01, clip_value=50.0, clip_norm=40.0),
        )
        path = run(given)
        # a kernel of its own, not the one that is kept
        assert same(run(given, kernels=plain_kernel.__wrapped__), path), options
        first = run(spec(rule, "himmelblau", 1, **settings_without_steps(given)))
        assert same(run(given, resume=first), path), options


def settings_without_steps(given: RunSpec) -> dict[str, object]:
    return {
        "options": given.options,
        "seed": given.seed,
        "schedule": given.schedule,
        "treatment": given.treatment,
    }


COMPILED = [
    *zip(RULES, itertools.cycle(SURFACES)),
    *(("adam", surface) for surface in SURFACES[len(RULES) :]),
]
"""Each rule on a surface of its own; what formulas compile to has tests of its own."""


@pytest.mark.parametrize(("rule", "surface"), COMPILED)
def test_compiled_steps_are_the_plain_ones_to_the_bit(rule: str, surface: str) -> None:
    given = spec(rule, surface, 300)
    assert same(run(given, kernels=compiled_kernel), run(given))


# -- rules that become one another --------------------------------------------------------------

EQUAL = [
    ("momentum", {"alpha": 0.0}, {"form": "accumulate"}, "gd", {}),
    ("momentum", {"alpha": 0.0}, {"form": "velocity"}, "gd", {}),
    ("momentum", {"alpha": 0.0}, {"form": "average"}, "gd", {}),
    ("nesterov", {"alpha": 0.0}, {"form": "lookahead"}, "gd", {}),
    ("nesterov", {"alpha": 0.0}, {"form": "literal"}, "gd", {}),
    ("nesterov", {"alpha": 0.0}, {"form": "pytorch"}, "gd", {}),
    ("adamw", {"weight_decay": 0.0}, {}, "adam", {}),
    ("adam", {"beta1": 0.0}, {"second_moment": False}, "gd", {}),
    ("adam", {"beta1": 0.0}, {"bias_correction": False}, "rmsprop", {"beta2": 0.999}),
]


@pytest.mark.parametrize(("rule", "parameters", "options", "other", "others"), EQUAL)
def test_rule_without_its_extra_is_the_simpler_one(
    rule: str,
    parameters: dict[str, float],
    options: dict[str, str | bool],
    other: str,
    others: dict[str, float],
) -> None:
    broken = []
    for surface in SURFACES:
        a = run(spec(rule, surface, parameters={"eta": 0.01, **parameters}, options=options))
        b = run(spec(other, surface, parameters={"eta": 0.01, **others}))
        if a.outcome != b.outcome or not np.array_equal(a.weights, b.weights, equal_nan=True):
            broken.append(surface)
    assert not broken


def test_velocity_form_of_momentum_is_the_same_path_at_a_constant_rate() -> None:
    for surface in SURFACES:
        a, b = (
            run(spec("momentum", surface, parameters={"eta": 1e-4}, options={"form": form}))
            for form in ("accumulate", "velocity")
        )
        assert a.weights == pytest.approx(b.weights, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_gives_the_answers_that_its_file_knows(rule: str) -> None:
    wrong = [check.sentence for check in check_known_answers(load_rule(rule)) if not check.passed]
    assert wrong == []
