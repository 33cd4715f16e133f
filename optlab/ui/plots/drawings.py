"""What several views are given to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PathDrawing:
    """The path of one run: ``w`` (n + 1, 2), row t the weights after t updates.

    ``color`` is ``#rrggbb``, ``style`` one of solid, dash, dot, dashdot. Rows that are not finite
    are not drawn; rows of any size are.
    """

    run_id: str
    color: str
    w: NDArray[np.float64]
    style: str = "solid"
    visible: bool = True
    selected: bool = False
