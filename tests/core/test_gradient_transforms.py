"""What happens to a gradient before the rule sees it: noise, L2, clipping, in that order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optlab.core.gradient_transforms import NOISE_CHUNK, STAGES, GradientTransforms, noise_block
from optlab.core.parameters import SettingError
from optlab.core.problems import formula_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import RunSpec, Trajectory, run

PLANE = formula_problem("3 w1 - 4 w2")  # its gradient is (3, -4) everywhere
ALL = GradientTransforms(noise_relative=0.5, noise=2.0, l2=0.3, clip_value=3.5, clip_norm=4.5)


def walk(treatment: GradientTransforms, *, rule: str = "gd", **settings: object) -> Trajectory:
    given = {"steps": 50, "seed": 5, "start": (10.0, -20.0), **settings}
    return run(RunSpec(PLANE, load_rule(rule), treatment=treatment, **given))  # type: ignore[arg-type]


def gradients(path: Trajectory) -> np.ndarray:
    return np.column_stack([path["g1"], path["g2"]])[1:]


def test_stages_are_applied_in_the_order_noise_l2_clip_value_clip_norm() -> None:
    assert list(STAGES) == ["noise_relative", "noise", "l2", "clip_value", "clip_norm"]
    path = walk(ALL)
    random = noise_block(5, 0, 50, 2)
    for row, g in enumerate(gradients(path)):
        w = path.weights[row]
        expected = np.array([3.0, -4.0])
        expected = expected * (1 + 0.5 * random[row, 2:]) + 2.0 * random[row, :2]
        expected = np.clip(expected + 0.3 * w, -3.5, 3.5)
        norm = math.hypot(*expected)
        expected = expected * (4.5 / norm if norm > 4.5 else 1.0)
        assert g == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        ({}, (3.0, -4.0)),
        ({"noise": 0.0, "l2": 0.0, "noise_relative": 0.0}, (3.0, -4.0)),
        ({"l2": 0.5}, (8.0, -14.0)),
        ({"clip_value": 3.5}, (3.0, -3.5)),
        ({"clip_value": 3.0}, (3.0, -3.0)),
        ({"clip_norm": 1.0}, (0.6, -0.8)),
        ({"clip_norm": 5.0}, (3.0, -4.0)),
        ({"clip_norm": 9.0}, (3.0, -4.0)),
        ({"clip_value": 3.0, "clip_norm": 3.0}, (math.sqrt(4.5), -math.sqrt(4.5))),
        ({"l2": 0.5, "clip_value": 10.0}, (8.0, -10.0)),
    ],
)
def test_treated_gradient_is_the_one_of_the_formula(
    treatment: dict[str, float], expected: tuple[float, float]
) -> None:
    path = walk(GradientTransforms(**treatment), steps=1)
    assert gradients(path)[0] == pytest.approx(expected, rel=1e-15)


def test_loss_and_stop_test_see_the_problem_and_not_the_treatment() -> None:
    bowl = formula_problem("w1^2 + w2^2")
    treatment = GradientTransforms(l2=5.0, noise=1.0)
    spec = RunSpec(bowl, load_rule("gd"), start=(0.0, 0.0), treatment=treatment, stop_gradient=1e-9)
    path = run(spec)
    assert (path.outcome.kind, path.steps, path.final_loss) == ("converged", 0, 0.0)


def test_noise_is_standard_normal() -> None:
    numbers = noise_block(11, 0, 50_000, 2)
    assert numbers.shape == (50_000, 4)
    assert np.abs(numbers.mean(axis=0)).max() < 0.02
    assert np.abs(numbers.std(axis=0) - 1).max() < 0.02
    assert np.abs(np.corrcoef(numbers.T) - np.eye(4)).max() < 0.02
    assert np.abs(np.corrcoef(numbers[:-1, 0], numbers[1:, 0])[0, 1]) < 0.02
    assert abs((np.abs(numbers) > 1.959964).mean() - 0.05) < 0.003


def test_noise_of_a_step_does_not_depend_on_the_block_it_is_drawn_in() -> None:
    whole = noise_block(3, 0, 3 * NOISE_CHUNK, 2)
    edges = (0, 1, NOISE_CHUNK - 1, NOISE_CHUNK, NOISE_CHUNK + 7, 2 * NOISE_CHUNK)
    for first in edges:
        for count in (1, 2, NOISE_CHUNK, NOISE_CHUNK + 1):
            part = noise_block(3, first, count, 2)[: 3 * NOISE_CHUNK - first]
            assert np.array_equal(part, whole[first : first + count])
    assert noise_block(3, NOISE_CHUNK, 0, 2).shape == (0, 4)


def test_noise_repeats_with_its_seed_and_changes_with_it() -> None:
    assert np.array_equal(noise_block(2**63 - 1, 0, 9, 2), noise_block(2**63 - 1, 0, 9, 2))
    seeds = [noise_block(seed, 0, 9, 2).tolist() for seed in (0, 1, 2, 2**32, 2**33, 2**63 - 1)]
    assert len({str(numbers) for numbers in seeds}) == len(seeds)
    chunks = [noise_block(0, i * NOISE_CHUNK, 9, 2).tolist() for i in range(4)]
    assert len({str(numbers) for numbers in chunks}) == len(chunks)


def test_all_rules_see_the_same_noise_at_the_same_step() -> None:
    treatment = GradientTransforms(noise=1.0)
    seen = []
    for name in rule_names():
        path = walk(treatment, rule=name, steps=1)
        seen.append(gradients(path)[0].tolist())
    assert all(g == seen[0] for g in seen)


def test_rule_that_takes_two_gradients_sees_one_noise_in_both() -> None:
    path = walk(GradientTransforms(noise=1.0), rule="nesterov", options={"form": "lookahead"})
    other = walk(GradientTransforms(noise=1.0))
    assert np.array_equal(gradients(path), gradients(other))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in STAGES for value in (-1.0, math.nan, math.inf)),
        *(("clip_value", 0.0), ("clip_norm", 0.0)),
    ],
)
def test_strength_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(SettingError, match="must be a finite number") as caught:
        GradientTransforms(**{name: value})
    assert caught.value.name == name
