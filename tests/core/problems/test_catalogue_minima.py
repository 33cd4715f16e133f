"""Every shipped surface keeps what its file promises: minima are minima, starts are usable."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from optlab.core.problems import Problem, Window, load_problem, surface_names

KEYS = tuple(surface_names())
DIRECTIONS = tuple(2 * math.pi * k / 64 for k in range(64))
RADII = (1e-4, 1e-3)  # of the wider side of the window


def gradient_scale(problem: Problem) -> float:
    """The median gradient norm on a coarse lattice: what counts as steep on this surface."""
    (low1, high1), (low2, high2) = problem.window
    # an irrational shift keeps the lattice off creases, where a gradient need not exist
    fractions = (np.arange(21) + 1 / math.sqrt(2)) / 22
    norms = [
        math.hypot(*problem.gradient((low1 + a * (high1 - low1), low2 + b * (high2 - low2))))
        for a in fractions
        for b in fractions
    ]
    return float(np.nanmedian(norms))


def inside(point: Sequence[float], window: Window) -> bool:
    return all(low <= x <= high for x, (low, high) in zip(point, window, strict=True))


def test_there_are_at_least_thirty_surfaces_with_names_of_their_own() -> None:
    names = [load_problem(key).name for key in KEYS]
    assert len(KEYS) >= 30
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("key", KEYS)
def test_story_is_a_short_text_of_whole_sentences(key: str) -> None:
    story = load_problem(key).story
    assert story == story.strip()
    assert story.endswith(".")
    assert 20 <= len(story) <= 300


@pytest.mark.parametrize("key", KEYS)
def test_start_is_a_place_from_which_a_run_can_move(key: str) -> None:
    problem = load_problem(key)
    gradient = problem.gradient(problem.start)
    assert inside(problem.start, problem.window)
    assert math.isfinite(problem.loss(problem.start))
    assert all(math.isfinite(component) for component in gradient)
    assert math.hypot(*gradient) > 1e-6 * gradient_scale(problem)


@pytest.mark.parametrize("key", KEYS)
def test_minima_lie_in_the_window_and_are_listed_once(key: str) -> None:
    problem = load_problem(key)
    places = [minimum.at for minimum in problem.minima]
    assert all(inside(place, problem.window) for place in places)
    for index, place in enumerate(places):
        assert all(math.dist(place, other) > 1e-3 for other in places[:index])


@pytest.mark.parametrize("key", KEYS)
def test_loss_at_each_minimum_is_the_stated_value(key: str) -> None:
    problem = load_problem(key)
    for minimum in problem.minima:
        assert problem.loss(minimum.at) == pytest.approx(minimum.value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_gradient_vanishes_at_each_minimum_of_a_smooth_surface(key: str) -> None:
    problem = load_problem(key)
    if not problem.smooth:
        return  # the minimum may be a crease or a point, where no gradient exists
    scale = gradient_scale(problem)
    for minimum in problem.minima:
        assert math.hypot(*problem.gradient(minimum.at)) <= 1e-8 * scale, minimum


@pytest.mark.parametrize("key", KEYS)
def test_no_neighbour_of_a_minimum_is_lower(key: str) -> None:
    problem = load_problem(key)
    width = max(high - low for low, high in problem.window)
    for minimum in problem.minima:
        rounding = 1e-12 * max(1.0, abs(minimum.value))
        for radius in RADII:
            for angle in DIRECTIONS:
                neighbour = (
                    minimum.at[0] + radius * width * math.cos(angle),
                    minimum.at[1] + radius * width * math.sin(angle),
                )
                assert problem.loss(neighbour) >= minimum.value - rounding, (minimum, neighbour)
