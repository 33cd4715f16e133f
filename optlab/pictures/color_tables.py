"""Colour maps as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint8]


def ramp(colors: Sequence[str]) -> Table:
    """The colours (256, 3) that lead evenly through ``colors``, each ``#rrggbb``."""
    pairs = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors]
    stops = np.array(pairs, dtype=np.float64)
    place = np.linspace(0.0, 1.0, len(colors))
    wanted = np.linspace(0.0, 1.0, 256)
    columns = [np.interp(wanted, place, stops[:, channel]) for channel in range(3)]
    return np.rint(np.column_stack(columns)).astype(np.uint8)
