"""What is sent to the graphics card, without one."""

import numpy as np
import pytest

from optlab.core.contours import surface_picture
from optlab.pictures.color_tables import ramp
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.paths import LaidPath
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.shades import TONES, Shades
from optlab.pictures.theme import DARK
from optlab.ui.views.surface3d.driver import is_hardware
from optlab.ui.views.surface3d.opengl.path_item import dashes, lengths, ribbon
from optlab.ui.views.surface3d.opengl.surface_item import level_texels, mesh_of, shade_texels
from tests.pictures.surface3d.scenes import WINDOW, Path, picture


@pytest.mark.parametrize(
    ("name", "hardware"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", False),
        ("softpipe", False),
        ("Google SwiftShader", False),
        ("Microsoft Basic Render Driver", False),
        ("GDI Generic", False),
        ("Apple Software Renderer", False),
        ("", False),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", True),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", True),
        ("AMD Radeon RX 6600 (radeonsi, navi23)", True),
        ("Apple M2", True),
    ],
)
def test_graphics_cards_are_told_from_programs(name, hardware):
    assert is_hardware(name) == hardware


@pytest.mark.parametrize("loss", [lambda a, b: 1e300 * a, lambda a, b: 1 / a, lambda a, b: a + b])
def test_only_finite_numbers_are_sent(loss):
    with np.errstate(all="ignore"):
        surface = surface_picture(loss, WINDOW, (17, 9), "log", 5)
    x, y, z, places = mesh_of(Relief(surface, "log", 1.0))
    assert z.shape == (17, 9) == (len(x), len(y)) and places.shape == (17 * 9, 4)
    for numbers in (x, y, z, places):
        assert numbers.dtype == np.float32 and np.isfinite(numbers).all()


def test_corners_have_the_heights_and_shares_of_their_places():
    relief = Relief(picture(lambda a, b: a + 10 * b, 9), "linear", 1.0)
    x, y, z, places = mesh_of(relief)
    np.testing.assert_allclose(z[3, 7], relief.heights[7, 3])
    np.testing.assert_allclose(places.reshape(9, 9, 4)[3, 7, 0], relief.shading[7, 3], atol=1e-6)
    np.testing.assert_allclose(places.reshape(9, 9, 4)[3, 7, 1:3], (0.0420, 0.21), atol=0.2)
    assert x[0] == y[0] == -1.0 and x[-1] == y[-1] == 1.0


def test_places_without_a_loss_are_marked():
    relief = Relief(picture(lambda a, b: np.where(a < 0, np.nan, b), 17), "linear", 1.0)
    there = mesh_of(relief)[3].reshape(17, 17, 4)[:, :, 3]
    assert (there[:7] == 0).all() and (there[8:] == 1).all()


def test_levels_are_coded_exactly():
    relief = Relief(picture(count=7), "linear", 1.0)
    texels = level_texels(relief)[0].astype(float)
    share = (texels[:, 0] * 256 + texels[:, 1]) / 65535
    np.testing.assert_allclose(share, relief.nearest_level, atol=1 / 65535)
    assert not texels[:, 2].any()
    without = level_texels(Relief(picture(count=0), "linear", 1.0))[0]
    assert (without[:, 2] == 255).all()


def test_shades_go_from_dark_to_light():
    texels = shade_texels(Shades(ramp(DARK.surface_map), True))
    assert texels.shape == (TONES, 256, 4)
    assert (np.diff(texels[..., :3].sum(axis=-1, dtype=int), axis=0) >= 0).all()


def test_a_ribbon_joins_what_is_joined():
    gap = [np.nan] * 3
    points = np.array([[0, 0, 0], [0.5, 0, 0], [0.5, 0.5, 0], gap, [0, 0, 0], [0.1, 0, 0]])
    corners = ribbon(points, np.arange(6.0), Relief(picture(), "linear", 1.0))
    assert corners.shape[0] == 3 * 6 and np.isfinite(corners).all()
    begin, end, before, after = (corners[::6, at : at + 3] for at in (0, 3, 6, 9))
    np.testing.assert_array_equal(begin, points[[0, 1, 4]].astype(np.float32))
    np.testing.assert_array_equal(end, points[[1, 2, 5]].astype(np.float32))
    np.testing.assert_array_equal(before, points[[0, 0, 4]].astype(np.float32))
    np.testing.assert_array_equal(after, points[[2, 2, 5]].astype(np.float32))
    np.testing.assert_array_equal(corners[::6, 14:16], [[0, 1], [1, 2], [4, 5]])
    assert len(lengths(points, Projection.of(Camera(), 300, 300))) == len(corners)
    assert len(ribbon(points[:1], np.zeros(1), Relief(picture(), "linear", 1.0))) == 0


def test_lengths_follow_each_other():
    laid = LaidPath(Path(np.array([[-3.0, 0.0], [3.0, 1.0], [9.0, 0.0], [3.0, -1.0]])), relief())
    sums = lengths(laid.points, Projection.of(Camera(), 300, 300))[::6]
    assert (np.diff(sums, axis=1) >= 0).all() and sums[0, 0] == 0
    np.testing.assert_array_equal(sums[1:, 0], sums[:-1, 1])


def relief():
    return Relief(picture(), "linear", 1.0)


def test_dashes_are_those_of_the_pens():
    assert dashes("solid", 2.0) == (0, 0, 0, 0)
    assert dashes("dash", 2.0) == (7.0, 4.0, 7.0, 4.0)
    assert dashes("dashdot", 4.0) == (16.0, 7.0, 3.0, 7.0)
