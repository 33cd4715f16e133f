import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.parameters import SettingError
from optlab.core.problems import (
    IDENTITY,
    Problem,
    Transform,
    formula_problem,
    load_problem,
    surface_names,
    transformed,
)

angles = st.floats(-720, 720)
factors = st.tuples(st.floats(0.25, 4), st.floats(0.25, 4))
moves = st.tuples(st.floats(-3, 3), st.floats(-3, 3))
transforms = st.builds(Transform, angles, factors, moves, moves)
points = st.tuples(st.floats(-2, 2), st.floats(-2, 2))

ROSENBROCK = load_problem("rosenbrock")


def test_the_identity_gives_the_very_same_problem() -> None:
    assert transformed(ROSENBROCK, IDENTITY) is ROSENBROCK
    assert transformed(ROSENBROCK, Transform(360.0, centre=(2.0, -1.0))) is ROSENBROCK


@given(transforms, points)
def test_a_place_takes_its_loss_along(transform: Transform, point: tuple[float, float]) -> None:
    moved = transformed(ROSENBROCK, transform)
    assert math.isclose(
        moved.loss(transform.place(point)), ROSENBROCK.loss(point), rel_tol=1e-9, abs_tol=1e-9
    )


@given(transforms, points)
def test_place_and_origin_are_inverse(transform: Transform, point: tuple[float, float]) -> None:
    assert transform.origin(transform.place(point)) == pytest.approx(point, abs=1e-12)


@given(transforms, points)
def test_the_gradient_turns_and_shrinks(transform: Transform, point: tuple[float, float]) -> None:
    cos, sin = transform.turn
    a, b = (g / s for g, s in zip(ROSENBROCK.gradient(point), transform.scale, strict=True))
    expected = (cos * a - sin * b, sin * a + cos * b)
    got = transformed(ROSENBROCK, transform).gradient(transform.place(point))
    assert got == pytest.approx(expected, rel=1e-8, abs=1e-8)


@given(angles, points)
def test_a_rotation_keeps_the_curvatures(angle: float, point: tuple[float, float]) -> None:
    transform = Transform(angle)
    old = np.linalg.eigvalsh(np.array(ROSENBROCK.hessian(point)))
    turned = transformed(ROSENBROCK, transform).hessian(transform.place(point))
    assert np.linalg.eigvalsh(np.array(turned)) == pytest.approx(old, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", surface_names())
def test_minima_and_start_go_along(name: str) -> None:
    problem = load_problem(name)
    transform = Transform(37.0, (1.5, 0.75), (0.25, -0.5), (0.5, 1.0))
    moved = transformed(problem, transform)
    assert moved.window == problem.window
    assert moved.start == transform.place(problem.start)
    before, after = problem.loss(problem.start), moved.loss(moved.start)
    assert math.isclose(before, after, rel_tol=1e-7, abs_tol=1e-9)
    for old, new in zip(problem.minima, moved.minima, strict=True):
        # As near to the value as rounding of the place allows on the steepest of the surfaces.
        slack = 1e-6 if problem.smooth else 1e-3
        assert moved.loss(new.at) == pytest.approx(old.value, abs=slack)
        around = [transform.place((old.at[0] + dx, old.at[1])) for dx in (-0.01, 0.01)]
        assert min(moved.loss(place) for place in around) >= moved.loss(new.at) - slack


def test_quarter_turns_are_exact() -> None:
    problem = formula_problem("w1^2 + 3*w2")
    turned = transformed(problem, Transform(90.0))
    # (1, 0) goes to (0, 1).
    assert turned.loss((0.0, 1.0)) == 1.0
    assert turned.gradient((0.0, 1.0)) == (-3.0, 2.0)
    assert turned.formula == problem.formula
    assert turned.title == "w1^2 + 3*w2, rotated by 90°"


def test_scale_above_one_makes_the_surface_wider() -> None:
    wide: Problem = transformed(formula_problem("w1^2 + w2^2"), Transform(scale=(2.0, 1.0)))
    assert wide.loss((2.0, 0.0)) == 1.0
    assert wide.loss((0.0, 2.0)) == 4.0


@pytest.mark.parametrize(
    ("setting", "fields"),
    [
        ("rotation", {"rotation": math.nan}),
        ("rotation", {"rotation": 1e9}),
        ("scale", {"scale": (0.0, 1.0)}),
        ("scale", {"scale": (1.0, math.nan)}),
        ("scale", {"scale": (-1.0, 1.0)}),
        ("shift", {"shift": (math.inf, 0.0)}),
        ("centre", {"centre": (0.0, math.nan)}),
    ],
)
def test_what_cannot_be_is_refused_by_name(setting: str, fields: dict[str, object]) -> None:
    with pytest.raises(SettingError) as caught:
        Transform(**fields)  # type: ignore[arg-type]
    assert caught.value.name == setting
