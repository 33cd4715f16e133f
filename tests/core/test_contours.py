"""Robust ranges, levels, lines and shading of surfaces, also of hostile ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optlab.core.contours import (
    base_of,
    contour_levels,
    contour_lines,
    finite_view,
    shade,
    surface_picture,
)

WINDOW = ((-2.0, 2.0), (-1.0, 3.0))


def bowl(w1, w2):
    return w1**2 + w2**2


def test_values_that_are_not_finite_are_masked_and_replaced():
    view = finite_view([[1.0, np.nan], [np.inf, 3.0], [-np.inf, 2.0]])
    assert view.count == 3
    assert view.mask.tolist() == [[False, True], [True, False], [True, False]]
    assert (view.low, view.high) == (1.0, 3.0)
    assert view.values.tolist() == [[1.0, 3.0], [3.0, 3.0], [1.0, 2.0]]


def test_nothing_finite_is_drawn_as_nothing():
    view = finite_view(np.full((3, 3), np.nan))
    assert (view.low, view.high, view.count) == (0.0, 0.0, 9)
    assert contour_levels(view, 10, "log").size == 0
    assert np.all(shade(view, "log") == 0.5)


def test_a_pole_does_not_flatten_the_rest():
    z = np.linspace(0.0, 1.0, 10_000)
    z[17] = 1e300
    view = finite_view(z.reshape(100, 100))
    assert 1.0 <= view.high < 100.0
    assert view.values.max() == view.high


def test_the_whole_range_of_an_ordinary_surface_stays():
    z = bowl(*np.meshgrid(np.linspace(-2, 2, 50), np.linspace(-2, 2, 50)))
    view = finite_view(z)
    assert (view.low, view.high) == (z.min(), z.max())


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_constant_surface_has_no_levels_and_one_shade(scale):
    view = finite_view(np.full((4, 5), 7.0))
    assert contour_levels(view, 10, scale).size == 0
    assert np.all(shade(view, scale) == 0.5)


def test_linear_levels_are_even_and_inside():
    view = finite_view(np.linspace(-1.0, 1.0, 400).reshape(20, 20))
    levels = contour_levels(view, 9, "linear")
    np.testing.assert_allclose(levels, np.linspace(-1, 1, 11)[1:-1])


@pytest.mark.parametrize("lowest", [0.0, -5.0, 100.0])
def test_log_levels_are_evenly_spaced_in_the_logarithm_above_the_minimum(lowest):
    """Also where losses are negative: it is the height above the minimum that counts."""
    z = lowest + bowl(*np.meshgrid(np.linspace(-2, 2, 101), np.linspace(-2, 2, 101)))
    levels = contour_levels(finite_view(z), 12, "log", minimum=lowest)
    assert len(levels) == 12
    ratios = np.diff(np.log(levels - lowest))
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-6)
    assert levels[0] - lowest < 0.05


def test_a_minimum_above_the_grid_or_far_below_it_is_not_used():
    view = finite_view(np.linspace(5.0, 6.0, 100).reshape(10, 10))
    assert base_of(view, 5.5) == 5.0
    assert base_of(view, -1000.0) == 5.0
    assert base_of(view, 4.9) == 4.9
    assert base_of(view, float("nan")) == 5.0


def test_lines_lie_on_their_levels():
    w1, w2 = np.linspace(-2, 2, 200), np.linspace(-2, 2, 150)
    z = bowl(*np.meshgrid(w1, w2))
    found = contour_lines(w1, w2, z, np.array([0.5, 2.0]))
    assert set(found.level_index) == {0, 1}
    for line, index in zip(found.lines, found.level_index, strict=True):
        np.testing.assert_allclose(bowl(*line.T), found.levels[index], atol=2e-3)


def test_lines_stay_out_of_holes():
    w = np.linspace(-2, 2, 60)
    z = bowl(*np.meshgrid(w, w))
    z[:, :30] = np.nan
    found = contour_lines(w, w, z, np.array([1.0]))
    assert all((line[:, 0] >= 0.0).all() for line in found.lines)


def test_no_lines_on_a_grid_of_one_row():
    found = contour_lines(np.arange(3.0), np.arange(1.0), np.ones((1, 3)), np.array([0.5]))
    assert found.lines == ()


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_shading_grows_with_the_loss_from_0_to_1(scale):
    z = np.linspace(-3.0, 40.0, 900).reshape(30, 30)
    shading = shade(finite_view(z), scale)
    assert shading.min() == 0.0
    assert shading.max() == pytest.approx(1.0)
    assert (np.diff(shading.ravel()) >= 0.0).all()


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_level_has_the_shade_of_the_places_on_it(scale):
    picture = surface_picture(bowl, WINDOW, 200, scale, 8)
    shares = picture.colors.share(picture.loss)
    np.testing.assert_array_equal(shares, picture.shading)
    assert (np.diff(picture.colors.share(picture.contours.levels)) > 0.0).all()


def test_a_picture_knows_its_axes_and_rows_run_along_w2():
    picture = surface_picture(lambda w1, w2: w1 + 10 * w2, WINDOW, (5, 9), "linear", 3)
    assert picture.loss.shape == (9, 5)
    assert (picture.w1[0], picture.w1[-1]) == WINDOW[0]
    assert (picture.w2[0], picture.w2[-1]) == WINDOW[1]
    assert picture.loss[0, 0] == -12.0
    assert picture.loss[-1, 0] == 28.0
    assert not picture.loss.flags.writeable


def test_a_function_that_returns_a_number_is_a_constant_surface():
    picture = surface_picture(lambda w1, w2: 3.0, WINDOW, 8, "log", 10)
    assert picture.loss.shape == (8, 8)
    assert picture.contours.lines == ()


def test_a_picture_of_a_formula_with_holes_raises_no_warning():
    picture = surface_picture(lambda w1, w2: np.log(w1) / w2, WINDOW, 64, "log", 12)
    assert picture.finite.count > 0
    assert picture.contours.lines


@pytest.mark.parametrize(
    "window", [((1.0, 1.0), (0.0, 1.0)), ((0.0, 1.0), (1.0, 0.0)), ((0.0, np.inf), (0.0, 1.0))]
)
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(ValueError, match="window"):
        surface_picture(bowl, window, 8, "log", 10)


def test_one_point_is_no_picture():
    with pytest.raises(ValueError, match="2 points"):
        surface_picture(bowl, WINDOW, 1, "log", 10)


@given(
    arrays(np.float64, (6, 7), elements=st.floats(width=64)),
    st.sampled_from(["log", "linear"]),
)
def test_any_grid_can_be_drawn(z, scale):
    picture = surface_picture(lambda w1, w2: z, WINDOW, (7, 6), scale, 8)
    assert np.isfinite(picture.finite.values).all()
    assert ((picture.shading >= 0.0) & (picture.shading <= 1.0)).all()
    assert np.isfinite(picture.contours.levels).all()
    assert (np.diff(picture.contours.levels) > 0.0).all()
    assert all(np.isfinite(line).all() for line in picture.contours.lines)
