"""Surfaces and paths for the tests of the surface view."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optlab.core.contours import SurfacePicture, surface_picture

WINDOW = ((-4.0, 4.0), (-2.0, 2.0))


@dataclass(frozen=True, eq=False)
class Path:
    w: NDArray[np.float64]
    run_id: str = "one"
    color: str = "#ffb000"
    style: str = "solid"
    visible: bool = True
    selected: bool = False


def bowl(w1, w2):
    return w1**2 + w2**2


def ridge(w1, w2):
    """Flat but for a wall along w1 = 0."""
    return np.exp(-8 * w1**2)


def plain(w1, w2):
    return 0 * w1


def picture(loss=bowl, resolution=65, scale="linear", count=8, window=WINDOW) -> SurfacePicture:
    return surface_picture(loss, window, resolution, scale, count)
