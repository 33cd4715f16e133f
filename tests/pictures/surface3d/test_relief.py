"""Heights, and the numbers written beside them."""

import numpy as np
import pytest

from optlab.core.contours import surface_picture
from optlab.pictures.surface3d.axes import height_ticks
from optlab.pictures.surface3d.relief import Relief, sampled
from tests.pictures.surface3d.scenes import WINDOW, bowl, picture


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_heights_are_those_of_the_loss(scale):
    relief = Relief(picture(), scale, 2.0)
    rows, columns = relief.heights.shape
    for row, column in ((0, 0), (rows // 2, columns // 2), (10, 50)):
        loss = float(relief.picture.loss[row, column])
        assert relief.heights[row, column] == pytest.approx(relief.height_of(loss), abs=1e-6)
    assert relief.heights.min() == pytest.approx(-relief.reach)
    assert relief.heights.max() == pytest.approx(relief.reach)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_loss_and_share_are_inverse(scale):
    relief = Relief(picture(), scale, 1.0)
    for share in (0.1, 0.5, 1.0):
        height = relief.height_of(relief.loss_at(share))
        assert height == pytest.approx((2 * share - 1) * relief.reach)


def test_ground_and_weights_are_inverse():
    relief = Relief(picture(), "linear", 1.0)
    np.testing.assert_allclose(relief.ground(np.array([[-4.0, 2.0], [0, 0]])), [[-1, 1], [0, 0]])
    assert relief.weights(-1.0, 1.0) == (-4.0, 2.0)


def test_between_the_places_of_the_grid_heights_are_interpolated():
    grid = np.array([[0, 1], [2, 3]], dtype=np.float32)
    x, y = np.array([-1, 1, 0, 5], dtype=np.float32), np.array([-1, 1, 0, 5], dtype=np.float32)
    np.testing.assert_allclose(sampled(grid, x, y), [0, 3, 1.5, 3])


def test_places_without_a_loss_stay_empty_but_for_a_fringe():
    surface = picture(lambda a, b: np.where(a < 0, np.nan, a + b))
    heights = Relief(surface, "linear", 1.0).heights
    empty = np.isnan(heights).sum(axis=1)
    assert (empty == np.isnan(surface.loss).sum(axis=1) - 1).all()


def test_a_constant_surface_lies_at_half_height():
    relief = Relief(picture(lambda a, b: 0 * a + 7), "log", 1.0)
    assert not relief.heights.any()
    assert [tick.label for tick in height_ticks(relief, 4)] == ["7.00"]


def test_powers_of_ten_are_written_where_the_loss_begins_at_zero():
    labels = [tick.label for tick in height_ticks(Relief(picture(), "log", 1.0), 5)]
    assert "1" in labels and "10¹" in labels


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("shift", [0.0, -78.3, 1e9, 3e-9])
def test_numbers_beside_the_axis_rise_and_stay_inside(scale, shift):
    surface = surface_picture(lambda a, b: bowl(a, b) + shift, WINDOW, 65, "log", 8)
    relief = Relief(surface, scale, 1.0)
    ticks = height_ticks(relief, 5)
    assert 1 <= len(ticks) <= 9
    heights = [tick.z for tick in ticks]
    assert heights == sorted(heights)
    assert all(abs(z) <= relief.reach + 1e-9 for z in heights)
    labels = [tick.label for tick in ticks]
    assert len(set(labels)) == len(labels)
