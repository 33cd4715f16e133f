"""The window around paths."""

import numpy as np
import pytest

from optlab.core.analysis.view_window import as_meant, path_window

HOME = ((-5.0, 5.0), (-2.0, 2.0))


def test_it_holds_the_path_with_room():
    path = np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 1.0]])
    (left, right), (bottom, top) = path_window([path], HOME)
    assert left < 0 and right > 2 and bottom < 0 and top > 1
    assert right - left < 2.5


def test_a_diverged_run_does_not_squash_the_others():
    calm = np.array([[0.0, 0.0], [1.0, 1.0]])
    wild = np.array([[0.0, 0.0], [-3.0, 0.0], [1e9, 1e30], [np.inf, np.nan]])
    (left, right), _ = path_window([calm, wild], HOME)
    assert left == pytest.approx(-3.0, abs=0.5)
    assert right == pytest.approx(1.0, abs=0.5)


@pytest.mark.parametrize("end", [(3.0, 0.0), (0.0, 1.0), (0.0, 0.0)])
def test_straight_and_standing_paths_have_a_window(end):
    for low, high in path_window([np.array([[0.0, 0.0], end])], HOME):
        assert low < high


def test_nothing_to_show():
    assert path_window([], HOME) is None
    assert path_window([np.full((3, 2), np.nan)], HOME) is None


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 7.0, 1e6])
def test_a_place_has_the_digits_that_the_window_shows(scale):
    window = ((-5.0 * scale, 5.0 * scale), (-2.0 * scale, 2.0 * scale))
    at = (1.23456789 * scale, -0.98765432 * scale)
    meant = as_meant(at, window)
    for value, exact, (low, high) in zip(meant, at, window, strict=True):
        assert abs(value - exact) <= (high - low) / 1000
        assert len(repr(value)) < 12
    assert as_meant(meant, window) == meant
