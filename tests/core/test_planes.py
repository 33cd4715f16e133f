"""Planes through the space of the weights, and what is said of them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from optlab.core.data import load_table
from optlab.core.planes import (
    Plane,
    PlaneError,
    hessian_plane,
    leading_eigenpairs,
    plane_problem,
    principal_plane,
    random_plane,
    random_walk_shares,
    three_point_plane,
    weight_plane,
)
from optlab.core.planes import plane as plane_module
from optlab.core.problems import Network, NetworkProblem, formula_problem, network_problem


def a_network() -> NetworkProblem:
    table = load_table("moons:n=60,noise=0.1,seed=1")
    return network_problem(Network((2, 4, 1), loss="cross_entropy"), table)


def a_path(rows: int = 50, n: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, n)).cumsum(axis=0)


def planes_of(problem: NetworkProblem) -> dict[str, Plane]:
    n = problem.dimension
    ends = np.random.default_rng(1).normal(size=(3, n))
    return {
        "weights": weight_plane(ends[0], 2, 5, problem.weights),
        "principal": principal_plane([a_path(n=n), a_path(seed=1, n=n)]),
        "random": random_plane(problem, ends[0], seed=3),
        "points": three_point_plane(*ends),
        "hessian": hessian_plane(problem, ends[0]),
    }


def test_a_point_of_a_plane_projects_onto_itself() -> None:
    at = np.array([[0.3, -0.7], [2.0, 1.0]])
    for name, plane in planes_of(a_network()).items():
        points = plane.points(at)
        assert plane.coordinates(points) == pytest.approx(at, abs=1e-12), name
        assert plane.distances(points) == pytest.approx(0.0, abs=1e-12), name
        beside = points + np.random.default_rng(0).normal(size=points.shape)
        nearest = plane.points(plane.coordinates(beside))
        rest = beside - nearest
        assert plane.directions @ rest.T == pytest.approx(np.zeros((2, 2)), abs=1e-10), name
        assert plane.distances(beside) == pytest.approx(np.linalg.norm(rest, axis=1)), name


def test_a_plane_of_two_weights_has_them_as_coordinates() -> None:
    point = np.array([1.0, 2.0, 3.0])
    plane = weight_plane(point, 2, 0, ("w1", "w2", "w3"))
    assert plane.names == ("w3", "w1")
    assert plane.coordinates(point[None])[0].tolist() == [3.0, 1.0]


def test_principal_components_are_those_of_the_singular_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plane_module, "_MOST_EXACT", 60)
    for rows, n in ((50, 6), (5, 40), (80, 70)):
        path = a_path(rows, n)
        plane = principal_plane([path])
        _, sizes, directions = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
        shares = sizes**2 / np.sum(sizes**2)
        assert plane.explained == pytest.approx(shares[:2].tolist(), rel=1e-5)
        aligned = np.abs(np.sum(plane.directions * directions[:2], axis=1))
        assert aligned == pytest.approx([1.0, 1.0], abs=1e-5)
        assert np.array_equal(principal_plane([path]).directions, plane.directions)
        assert all(direction[np.abs(direction).argmax()] > 0 for direction in plane.directions)


def test_a_straight_path_has_a_plane_too() -> None:
    for path in (np.outer(np.arange(9), np.ones(4)), np.array([np.zeros(9), np.arange(9.0)])):
        plane = principal_plane([path])
        assert plane.explained == pytest.approx((1.0, 0.0), abs=1e-12)
        assert plane.distances(path) == pytest.approx(0.0, abs=1e-9)
        assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-12)


def test_steps_that_are_not_finite_do_not_count() -> None:
    path = a_path()
    broken = np.concatenate([path, np.full((1, 6), math.nan), np.full((1, 6), math.inf)])
    assert np.array_equal(principal_plane([broken]).directions, principal_plane([path]).directions)


def test_random_walks_have_the_shares_of_their_formula() -> None:
    assert random_walk_shares([100_000]) == pytest.approx((6 / math.pi**2, 1.5 / math.pi**2), 1e-4)
    walks = np.random.default_rng(0).normal(size=(60, 4000)).cumsum(axis=0)
    first, second = principal_plane([walks]).explained
    assert random_walk_shares([60]) == pytest.approx((first, second), rel=0.03)
    three = [walks[:, :1000], walks[:30, 1000:2000], walks[:45, 2000:3000]]
    padded = []
    for index, walk in enumerate(three):
        whole = np.zeros((len(walk), 3000))
        whole[:, 1000 * index : 1000 * (index + 1)] = walk - walk[0]
        padded.append(whole)
    found = principal_plane(padded).explained
    assert random_walk_shares([60, 30, 45]) == pytest.approx(found, rel=0.1)
    assert random_walk_shares([1]) == (0.0, 0.0)


def test_a_random_direction_has_the_length_of_each_filter() -> None:
    problem = a_network()
    point = np.random.default_rng(2).normal(size=problem.dimension)
    plane = random_plane(problem, point, seed=1)
    for direction in plane.directions:
        for unit in range(4):
            here = slice(2 * unit, 2 * unit + 2)
            assert np.linalg.norm(direction[here]) == pytest.approx(np.linalg.norm(point[here]))
        assert not direction[8:12].any()
    assert not np.array_equal(plane.directions, random_plane(problem, point, seed=2).directions)
    zeros = random_plane(problem, np.zeros(problem.dimension))
    assert np.isfinite(zeros.directions).all()


def test_lanczos_finds_the_leading_eigenvalues() -> None:
    source = np.random.default_rng(4)
    for values in (np.linspace(-3, 2, 40), np.ones(5), np.array([5.0, 5.0, 1.0, 0.0]), np.zeros(3)):
        n = len(values)
        q, _ = np.linalg.qr(source.normal(size=(n, n)))
        matrix = q @ np.diag(values) @ q.T
        found = leading_eigenpairs(lambda v, m=matrix: m @ v, n)
        assert found is not None
        wanted = np.sort(values)[::-1][:2]
        assert found[0] == pytest.approx(wanted, abs=1e-6)
        assert matrix @ found[1] == pytest.approx(found[1] * wanted, abs=1e-4)
    assert leading_eigenpairs(lambda v: v * math.nan, 3) is None


def test_the_plane_of_the_hessian_bends_most() -> None:
    problem = formula_problem("w1^2 + 5*w2^2 + 3*w3^2 + 0.1*w4^2")
    plane = hessian_plane(problem, np.ones(4))
    assert np.abs(plane.directions) == pytest.approx(np.eye(4)[[1, 2]], abs=1e-6)


def test_the_loss_on_a_plane_is_the_loss_of_its_points() -> None:
    problem = a_network()
    a, b = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-2, 2, 30))
    for name, plane in planes_of(problem).items():
        shown = plane_problem(problem, plane, problem.start)
        grid = shown.grid(a, b)
        points = plane.points(np.column_stack([a.ravel(), b.ravel()]))
        for index in (0, 7, 1199):
            assert grid.ravel()[index] == problem.loss(points[index]), name
        w, h = np.array([0.2, -0.4]), 1e-5
        ends = [(shown.loss(w + h * e) - shown.loss(w - h * e)) / (2 * h) for e in np.eye(2)]
        assert shown.loss_and_gradient(w)[1] == pytest.approx(ends, abs=1e-7)
        slopes = [shown.loss_and_gradient(w + sign * h * np.eye(2)[0])[1] for sign in (1, -1)]
        change = (slopes[0] - slopes[1]) / (2 * h)
        assert shown.hessian(w)[0] == pytest.approx(change, abs=1e-6)
    with ThreadPoolExecutor(2) as pool:
        shared = plane_problem(problem, plane, problem.start, spread=pool.map)
        assert np.array_equal(shared.grid(a, b), grid)
    assert np.isnan(shown.losses(a, b, cancelled=lambda: True)).all()
    at_once = replace(shown, compiled=False).grid(a[:2], b[:2])
    assert np.array_equal(at_once, grid[:2])


def test_known_minima_are_projected() -> None:
    problem = formula_problem("(w1-1)^2 + w2^2 + w3^2")
    plane = weight_plane(np.zeros(3), 0, 2, problem.weights)
    shown = plane_problem(problem, plane, (3.0, 1.0, -2.0))
    assert shown.start == (3.0, -2.0)
    assert shown.is_surface and shown.dimension == 2 and shown.minima == ()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: weight_plane(np.zeros(3), 1, 1, "abc"), "two different weights"),
        (lambda: principal_plane([]), "no path"),
        (lambda: principal_plane([np.ones((3, 5))]), "single point"),
        (lambda: three_point_plane(np.zeros(3), np.zeros(3), np.ones(3)), "the same"),
        (lambda: three_point_plane(np.zeros(3), np.ones(3), 2 * np.ones(3)), "on a line"),
        (lambda: hessian_plane(formula_problem("w1+w2+w3"), np.full(3, math.nan)), "not finite"),
        (lambda: three_point_plane(np.zeros(3), np.ones(3), np.full(3, math.inf)), "finite|line"),
    ],
)
def test_what_makes_no_plane_is_refused(make, reason: str) -> None:
    with np.errstate(all="ignore"), pytest.raises(PlaneError, match=reason):
        make()


def test_two_planes_of_one_loss_are_two_problems() -> None:
    problem = a_network()
    made = [plane_problem(problem, plane, problem.start) for plane in planes_of(problem).values()]
    assert len(set(made)) == len(made)
    assert all(one == one for one in made)
