"""Colour maps and images made of them."""

import numpy as np
import pytest

from optlab.pictures.color_tables import COLOR_MAPS, QUIET, color_table
from optlab.session.theme import DARK, LIGHT
from optlab.ui.plots.colors import map_image


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_every_map_is_256_colours(name):
    table = color_table(name, DARK)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8


def test_the_quiet_map_is_the_theme():
    assert tuple(color_table(QUIET, DARK)[0]) == (0x0F, 0x17, 0x20)
    assert tuple(color_table(QUIET, LIGHT)[-1]) == (0xF7, 0xF9, 0xFA)


def test_an_unknown_map_is_refused():
    with pytest.raises(ValueError, match="jet"):
        color_table("jet", DARK)


def test_an_image_has_row_0_at_the_bottom_and_holes():
    shading = np.array([[0.0, 1.0], [0.0, 0.0]])
    missing = np.array([[False, False], [True, False]])
    table = color_table(QUIET, DARK)
    image = map_image(shading, table, missing)
    assert image.pixelColor(1, 1).getRgb()[:3] == tuple(table[255])
    assert image.pixelColor(0, 1).getRgb()[:3] == tuple(table[0])
    assert image.pixelColor(0, 0).alpha() == 0
