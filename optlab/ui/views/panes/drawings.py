"""What a column of panes is given to draw."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class CurveDrawing:
    """One curve: ``values`` (n + 1,), entry t belonging to step t; any float, nan leaves a gap.

    ``name`` is the component, such as m₁; equal names in a pane share a legend entry. ``run_name``
    is what the legend calls the run. ``color`` is ``#rrggbb``, ``style`` one of solid, dash, dot,
    dashdot. ``made`` keeps what is worked out for drawing, by whether the axis is logarithmic.
    """

    run_id: str
    name: str
    color: str
    values: NDArray[np.float64]
    style: str = "solid"
    run_name: str = ""
    selected: bool = False
    made: dict[bool, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class PaneSpec:
    """One pane: its title in words, the symbol of the quantity, its curves and its scale.

    ``key`` tells panes apart when some come and go; what is hidden in a pane stays with its key.
    """

    title: str
    symbol: str
    curves: tuple[CurveDrawing, ...]
    log: bool = False
    key: str = ""
