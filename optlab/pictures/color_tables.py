"""Colour maps as tables, for the window and for files alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from optlab.pictures.theme import Theme, mix
from optlab.session.view import ColorMap

Table = NDArray[np.uint8]

QUIET: Final = "quiet"
"""The map that is the theme's own."""
COLOR_MAPS: Final[tuple[str, ...]] = get_args(ColorMap)
_FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "viridis": "viridis",
        "cividis": "cividis",
        "magma": "magma",
        "CET blue to yellow": "CET-L9",
        "CET colour-blind safe": "CET-CBL1",
        "CET grey": "CET-L1",
        "CET rainbow": "CET-R4",
    }
)
"""The other maps, and the tables of pyqtgraph that have them."""


def ramp(colors: Sequence[str]) -> Table:
    """The colours (256, 3) that lead evenly through ``colors``, each ``#rrggbb``."""
    pairs = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors]
    return _spread(np.array(pairs, dtype=np.float64))


@lru_cache(maxsize=8)
def diverging_table(theme: Theme) -> Table:
    """The colours (256, 3) from below zero over zero, in the middle, to above it."""
    return ramp(theme.diverging)


@lru_cache(maxsize=32)
def color_table(name: str, theme: Theme) -> Table:
    """The colours (256, 3) of a map, lowest loss first.

    Raises ValueError for a name that is not in :data:`COLOR_MAPS`.
    """
    if name == QUIET:
        return ramp(theme.surface_map)
    if name not in _FILES:
        raise ValueError(f"there is no colour map {name!r}; known are {', '.join(COLOR_MAPS)}")
    # The tables are read as they are: importing pyqtgraph would bring Qt along.
    found = find_spec("pyqtgraph")
    assert found is not None and found.origin is not None
    path = Path(found.origin).parent / "colors" / "maps" / f"{_FILES[name]}.csv"
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines() if _is_row(line)]
    values = np.array([[float(part) for part in row[:3]] for row in rows])
    return _spread(values * 255.0 if values.max() <= 1.0 else values)


def _is_row(line: str) -> bool:
    return bool(line.strip()) and line.lstrip()[0] in "0123456789."


def _spread(colors: NDArray[np.float64]) -> Table:
    """256 colours evenly along some, shape (n, 3), 0 ... 255."""
    place = np.linspace(0.0, 1.0, len(colors))
    wanted = np.linspace(0.0, 1.0, 256)
    columns = [np.interp(wanted, place, colors[:, channel]) for channel in range(3)]
    return np.rint(np.column_stack(columns)).astype(np.uint8)


def indexed(theme: Theme, colors: Sequence[str], surface: Table) -> list[str]:
    """255 colours that a picture with runs of some colours is made of, for formats that have no
    more: each run from dark to bright and paler, greys, and the ``surface`` with the rest."""
    ground, text = theme.window, theme.text
    low, middle = (f"#{r:02x}{g:02x}{b:02x}" for r, g, b in surface[[0, 128]].tolist())
    shades: dict[str, None] = dict.fromkeys([ground, text, theme.muted, theme.warning])
    for color in dict.fromkeys(colors):
        shades.update(dict.fromkeys(mix(text, color, 0.4 + 0.1 * i) for i in range(7)))
        shades.update(dict.fromkeys(mix(color, middle, 0.1 * i) for i in range(1, 5)))
        shades.update(dict.fromkeys(mix(color, ground, 0.25 * i) for i in (1, 2)))
    shades.update(dict.fromkeys(mix(text, ground, i / 20) for i in range(16)))
    room = 255 - len(shades)
    line = mix(low, text, 0.35)
    for share, count in ((0.0, room - 2 * (room // 3)), (0.15, room // 3), (0.3, room // 3)):
        places = np.linspace(0, 255, max(count, 1)).astype(int)
        table = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in surface[places].tolist()]
        shades.update(dict.fromkeys(mix(color, line, share) for color in table))
    return list(shades)[:255]
