"""The image of a surface: what is seen where, and what is not."""

import numpy as np
import pytest

from optlab.pictures.color_tables import ramp
from optlab.pictures.surface3d import render as render_module
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.pictures.surface3d.shades import TONES, Shades
from optlab.pictures.theme import DARK, LIGHT
from tests.pictures.surface3d.scenes import picture, plain, ridge

SHADES = Shades(ramp(DARK.surface_map), True)


def image(surface, camera=None, size=(240, 220), magnified=1.0, scale="linear", **options):
    relief = Relief(surface, scale, 1.0)
    view = Projection.of(camera or Camera(), *size)
    return render(relief, view, SHADES, magnified, **options), relief, view


def covered(pixels):
    return pixels >> 24 > 0


@pytest.mark.parametrize("azimuth", [0.0, 32.0, 90.0, 180.0, -135.0])
@pytest.mark.parametrize("elevation", [4.0, 40.0, 88.0])
def test_level_ground_covers_its_projection(azimuth, elevation):
    camera = Camera(azimuth, elevation)
    pixels, _, view = image(picture(plain), camera, magnified=3.0)
    expected = 4.0 * view.sin_e * view.scale**2 * 9
    border = 8.0 * view.scale * 3
    assert abs(int(covered(pixels).sum()) - expected) < border


def test_nearer_heights_hide_what_is_behind():
    plainly = Shades(ramp(DARK.surface_map), True)
    plainly.light = plainly.under = 0.0
    share = {int(color): index for index, color in enumerate(plainly.packed[TONES // 2 :: TONES])}
    relief = Relief(picture(ridge, 129), "linear", 1.0)
    view = Projection.of(Camera(90.0, 12.0), 240, 220)  # from the side where w1 is large
    pixels = render(relief, view, plainly, lines=False)
    for x, hidden in ((0.6, False), (-0.2, True)):
        column, row = view.pixel(x, 0.0, -relief.reach)
        assert (share[int(pixels[round(row), round(column)])] > 8) == hidden
    column, row = view.pixel(0.0, 0.0, relief.reach)
    assert not covered(pixels)[: round(row) - 2, round(column)].any()


def test_the_lower_side_is_seen_below_the_front_edge():
    def pit(w1, w2):
        return -np.exp(-20 * (w1**2 + (w2 + 1.6) ** 2))

    pixels, _relief, view = image(picture(pit, 129), Camera(0.0, 20.0))
    _, front_edge = view.pixel(0.0, -1.0, _relief.reach)
    x, bottom = view.pixel(0.0, -0.8, -_relief.reach)
    assert bottom > front_edge + 4
    assert covered(pixels[round(front_edge) + 2 : round(bottom) - 2, round(x)]).all()


def test_where_the_loss_is_not_finite_nothing_is_drawn():
    def half(w1, w2):
        return np.where(w1 < 0, np.nan, 0.0)

    whole, _, _ = image(picture(plain), Camera(0.0, 60.0))
    pixels, _, _ = image(picture(half), Camera(0.0, 60.0))
    middle = pixels.shape[1] // 2
    np.testing.assert_array_equal(covered(pixels)[:, middle + 2 :], covered(whole)[:, middle + 2 :])
    assert not covered(pixels)[:, : middle - 5].any()


def test_a_hole_in_the_middle_is_looked_through():
    def ring(w1, w2):
        return np.where(w1**2 + w2**2 < 1, np.inf, 0.0)

    pixels, _, view = image(picture(ring, 129), Camera(20.0, 60.0))
    x, y = view.pixel(0.0, 0.0, 0.0)
    assert not covered(pixels)[round(y), round(x)]
    x, y = view.pixel(0.8, 0.0, 0.0)
    assert covered(pixels)[round(y), round(x)]


@pytest.mark.parametrize("loss", [lambda a, b: 1e300 * np.sin(a), lambda a, b: -1e-300 * a * b])
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_huge_and_tiny_losses_are_drawn_without_a_warning(loss, scale):
    with np.errstate(all="raise", under="ignore"):
        pixels, _, _ = image(picture(loss, scale=scale), scale="log")
    assert covered(pixels).any()


def test_colors_go_from_low_to_high():
    pixels, _, view = image(picture(lambda a, b: a), Camera(0.0, 60.0), lines=False)
    row = pixels[round(view.y0)]
    green = ((row[covered(row)] >> 8) & 255).astype(int)
    assert green[0] < green[-1] - 60
    assert (np.diff(green) >= -2).all()


def test_colors_can_follow_another_scale_than_heights():
    surface = picture(scale="log")
    relief = Relief(surface, "linear", 1.0)
    assert not relief.colors_follow_height
    view = Projection.of(Camera(), 240, 220)
    pixels = render(relief, view, Shades(ramp(LIGHT.surface_map), False))
    x, y = view.pixel(0.0, 0.0, -relief.reach)
    lowest = render(Relief(surface, "log", 1.0), view, SHADES)
    assert covered(pixels)[round(y), round(x)] and covered(lowest).any()


def test_blocks_do_not_show(monkeypatch):
    whole, _, _ = image(picture())
    monkeypatch.setattr(render_module, "_BLOCK", 700)
    pieces, _, _ = image(picture())
    assert (whole != pieces).mean() < 0.001  # a block may take a sample more or less along a cut


def test_a_scene_outside_the_widget_is_empty():
    pixels, _, _ = image(picture(), Camera(pan=(5000.0, 0.0)))
    assert not pixels.any()
    pixels, _, _ = image(picture(), Camera(pan=(0.0, -5000.0)))
    assert not pixels.any()


def test_lines_change_some_pixels_only():
    with_lines, _, _ = image(picture(count=6))
    without, _, _ = image(picture(count=6), lines=False)
    share = (with_lines != without)[covered(without)].mean()
    assert 0.05 < share < 0.8
    np.testing.assert_array_equal(covered(with_lines), covered(without))
