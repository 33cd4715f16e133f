"""Which window is shown, what of a path is drawn, where it leaves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.figures.geometry import clip_segments, exit_of, path_of, shown_window
from optlab.session.experiment import Surface
from tests.figures.conftest import Make

BOX = ((0.0, 1.0), (0.0, 2.0))
NUMBERS = st.floats(-1e6, 1e6)


def test_a_named_window_is_kept(make: Make) -> None:
    surface = Surface(formula="w1^2+w2^2", window=((2.0, 3.0), (4.0, 5.0)))
    assert shown_window(*make(surface=surface, start=(9.0, 9.0)).parts) == surface.window


def test_a_start_inside_needs_no_other_window(make: Make) -> None:
    drawn = make(problem="booth")
    assert shown_window(*drawn.parts) == drawn.resolved.problem.window


def test_a_start_outside_makes_the_window_larger(make: Make) -> None:
    drawn = make(problem="booth", start=(30.0, 0.0), steps=0)
    (low, high), second = shown_window(*drawn.parts)
    old = drawn.resolved.problem.window
    assert low == old[0][0] and high > 30 and second == old[1]


def test_a_typed_formula_is_shown_where_its_runs_are(make: Make) -> None:
    drawn = make("3w1^2 + 10w2^2", start=(-15.0, 20.0), steps=300)
    (left, right), (bottom, top) = shown_window(*drawn.parts)
    assert -30 < left < -15 and 0 < right < 15 and -15 < bottom < 0 and 20 < top < 30


def test_a_run_that_runs_away_does_not_take_the_window_with_it(make: Make) -> None:
    drawn = make("3w1^2 + 10w2^2", etas=(0.01, 3.0), start=(-15.0, 20.0), steps=300)
    assert np.abs(shown_window(*drawn.parts)).max() < 40


@pytest.mark.parametrize("start", [(100.0, 100.0), (0.0, 1e6), (1e-9, 77.0)])
def test_no_steps_still_give_a_window(make: Make, start: tuple[float, float]) -> None:
    for low, high in shown_window(*make("w1", start=start, steps=0).parts):
        assert high - low > 0


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_clipped_segments_lie_in_the_box(a: float, b: float, c: float, d: float) -> None:
    start, end = np.array([[a, b]]), np.array([[c, d]])
    (enter,), (leave,) = clip_segments(start, end, BOX)
    if enter > leave:
        return
    slack = 1e-9 * max(map(abs, (a, b, c, d, 1.0)))
    for share in (enter, leave):
        x, y = (start + share * (end - start))[0]
        assert -slack <= x <= 1 + slack and -slack <= y <= 2 + slack


def test_segments_that_miss_the_box() -> None:
    start = np.array([[-1.0, -1.0], [0.5, -3.0], [2.0, 0.5], [0.5, 0.5]])
    end = np.array([[-1.0, 5.0], [0.5, -1.0], [2.0, 0.5], [0.5, 0.5]])
    enter, leave = clip_segments(start, end, BOX)
    assert (enter <= leave).tolist() == [False, False, False, True]


def test_the_exit_lies_on_the_border() -> None:
    left = exit_of(np.array([[0.5, 1.0], [2.5, 1.0]]), BOX)
    assert left is not None and left.at == (1.0, 1.0) and left.direction == (1.0, 0.0)
    assert exit_of(np.array([[0.5, 1.0], [2.5, 1.0], [0.5, 1.0]]), BOX) is None
    beyond = exit_of(np.array([[3.0, 1.0], [1e30, 1.0]]), BOX)
    assert beyond is not None and beyond.at == (1.0, 1.0)
    assert exit_of(np.empty((0, 2)), BOX) is None


def test_paths_are_finite_and_not_far_outside(make: Make) -> None:
    drawn = make("w1^2 + w2^2", etas=(1.7,), start=(1.0, 1.0), steps=3000)
    window = shown_window(*drawn.parts)
    path = path_of(drawn.trajectories["0"], window)
    assert np.isfinite(path.points).all() and path.pieces
    for steps, points in path.pieces:
        assert len(steps) == len(points) and (np.diff(steps) > 0).all()
        assert np.abs(points).max() <= 16


def test_long_paths_have_few_points_and_keep_their_ends(make: Make) -> None:
    drawn = make("w1^2 + w2^2", etas=(1e-4,), start=(4.0, 4.0), steps=50_000)
    path = path_of(drawn.trajectories["0"], shown_window(*drawn.parts))
    ((steps, points),) = path.pieces
    assert len(points) < 3000 and (steps[0], steps[-1]) == (0, 50_000)
    assert points[-1].tolist() == path.points[-1].tolist()
    assert [len(piece) for _, piece in path.until(0)] == []
