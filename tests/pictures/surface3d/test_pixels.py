"""The image of a surface is that of the pictures beside this file, pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from optlab.core.contours import surface_picture
from optlab.pictures.color_tables import ramp
from optlab.pictures.surface3d.camera import Camera, Projection
from optlab.pictures.surface3d.relief import Relief
from optlab.pictures.surface3d.render import render
from optlab.pictures.surface3d.shades import Shades
from optlab.pictures.theme import DARK, LIGHT
from tests.pictures.surface3d.scenes import WINDOW

_ABOVE = 2 * (160 - 2 * 42) / 2.88
"""Pixels of a ground unit in the picture from above."""

GOLDEN = Path(__file__).parent / "golden"


def hilly(w1, w2):
    """Four minima, without a loss in the corners."""
    loss = (w1**2 + w2 - 3) ** 2 + (w1 + w2**2 - 2) ** 2
    return np.where(w1 * w1 + 4 * w2 * w2 > 26, np.nan, loss)


@pytest.mark.parametrize(
    ("name", "camera", "height", "theme"),
    [
        ("front", Camera(), "log", DARK),
        ("low", Camera(120.0, 12.0), "linear", LIGHT),
        ("above", Camera(-70.0, 75.0, 0.5, pan=(20 / _ABOVE, 10 / _ABOVE)), "log", LIGHT),
    ],
)
def test_the_image_is_the_one_that_was_looked_at(name, camera, height, theme):
    relief = Relief(surface_picture(hilly, WINDOW, 97, "log", 10), height, 1.2)
    shades = Shades(ramp(theme.surface_map), theme.is_dark)
    packed = render(relief, Projection.of(camera, 160, 140), shades, 2.0)
    drawn = np.stack([packed >> shift & 255 for shift in (16, 8, 0, 24)], axis=-1).astype(int)
    with Image.open(GOLDEN / f"{name}.png") as image:
        expected = np.asarray(image).astype(int)
    assert drawn.shape == expected.shape
    # Another processor rounds otherwise, which moves a border by a pixel here and there.
    assert (np.abs(drawn - expected).max(axis=-1) > 2).mean() < 0.002
