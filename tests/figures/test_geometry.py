"""Which window a picture shows."""

import numpy as np
import pytest

from optlab.figures.panes.geometry import shown_window
from optlab.session.experiment import Surface
from tests.figures.conftest import Make


def test_a_named_window_is_kept(make: Make) -> None:
    surface = Surface(formula="w1^2+w2^2", window=((2.0, 3.0), (4.0, 5.0)))
    assert shown_window(make(surface=surface, start=(9.0, 9.0))) == surface.window


def test_a_start_inside_needs_no_other_window(make: Make) -> None:
    drawn = make(problem="booth")
    assert shown_window(drawn) == drawn.resolved.problem.window


def test_a_start_outside_makes_the_window_larger(make: Make) -> None:
    drawn = make(problem="booth", start=(30.0, 0.0), steps=0)
    (low, high), second = shown_window(drawn)
    old = drawn.resolved.problem.window
    assert low == old[0][0] and high > 30 and second == old[1]


def test_a_typed_formula_is_shown_where_its_runs_are(make: Make) -> None:
    drawn = make("3w1^2 + 10w2^2", start=(-15.0, 20.0), steps=300)
    (left, right), (bottom, top) = shown_window(drawn)
    assert -30 < left < -15 and 0 < right < 15 and -15 < bottom < 0 and 20 < top < 30


def test_a_run_that_runs_away_does_not_take_the_window_with_it(make: Make) -> None:
    drawn = make("3w1^2 + 10w2^2", etas=(0.01, 3.0), start=(-15.0, 20.0), steps=300)
    assert np.abs(shown_window(drawn)).max() < 40


@pytest.mark.parametrize("start", [(100.0, 100.0), (0.0, 1e6), (1e-9, 77.0)])
def test_no_steps_still_give_a_window(make: Make, start: tuple[float, float]) -> None:
    for low, high in shown_window(make("w1", start=start, steps=0)):
        assert high - low > 0
