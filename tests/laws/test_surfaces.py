"""What holds for every shipped surface."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optlab.core.problems import load_problem, surface_names

KEYS = surface_names()
STEP = 1e-5


def places(key: str) -> list[tuple[float, float]]:
    """The start and some points around it, off every round number."""
    problem = load_problem(key)
    widths = [high - low for low, high in problem.window]
    offsets = [(0.0, 0.0), (0.0137, -0.0211), (-0.0173, 0.0093), (0.0071, 0.0149), (-0.019, -0.008)]
    return [
        (problem.start[0] + a * widths[0], problem.start[1] + b * widths[1]) for a, b in offsets
    ]


@pytest.mark.parametrize("key", KEYS)
def test_gradient_is_the_limit_of_differences(key: str) -> None:
    problem = load_problem(key)
    for point in places(key):
        exact = problem.gradient(point)
        scale = 1e-6 * (1 + math.hypot(*exact)) + 1e-10 * abs(problem.loss(point)) / STEP
        for i in range(2):
            low, high = list(point), list(point)
            low[i] -= STEP
            high[i] += STEP
            slope = (problem.loss(high) - problem.loss(low)) / (high[i] - low[i])
            assert abs(exact[i] - slope) <= scale, (point, i)


@pytest.mark.parametrize("key", KEYS)
def test_hessian_is_symmetric_and_the_limit_of_differences(key: str) -> None:
    problem = load_problem(key)
    for point in places(key):
        exact = problem.hessian(point)
        assert exact[0][1] == exact[1][0]
        size = 1 + max(abs(entry) for row in exact for entry in row)
        for i in range(2):
            low, high = list(point), list(point)
            low[i] -= STEP
            high[i] += STEP
            ahead, behind = problem.gradient(high), problem.gradient(low)
            for j in range(2):
                slope = (ahead[j] - behind[j]) / (high[i] - low[i])
                assert abs(exact[i][j] - slope) <= 1e-4 * size, (point, i, j)


@pytest.mark.parametrize("key", KEYS)
def test_map_and_path_see_the_same_loss_to_the_bit(key: str) -> None:
    problem = load_problem(key)
    axes = [np.linspace(low, high, 23) for low, high in problem.window]
    w1, w2 = np.meshgrid(*axes)
    grid = problem.grid(w1, w2)
    points = zip(w1.ravel(), w2.ravel(), strict=True)
    single = np.array([problem.loss(point) for point in points]).reshape(grid.shape)
    assert np.array_equal(grid, single, equal_nan=True)
