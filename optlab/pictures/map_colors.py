"""The colours of maps, for the window and for pictures without one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optlab.core.formula.emit import Array
from optlab.core.maps import (
    CATEGORIES,
    LOST,
    NUMBER,
    UNDER_WAY,
    UNKNOWN,
    BasinPicture,
    SweepPicture,
)
from optlab.pictures.theme import Theme, mix

Colors = npt.NDArray[np.uint8]
"""Red, green, blue, opacity: shape (rows, columns, 4)."""

_SHADES = 64
_FAINTEST = 0.22
"""How much of its colour a place keeps where the most steps are needed."""


def place_color(theme: Theme, index: int) -> str:
    """The colour of attractor number ``index``: a run's colour, paler from the ninth on."""
    color = theme.run(index)
    return color if index < len(theme.runs) else mix(color, theme.text, 0.5)


def under_way_color(theme: Theme) -> str:
    """Runs that end at no attractor."""
    return mix(theme.window, theme.text, 0.34)


def lost_color(theme: Theme) -> str:
    """Runs that diverge or leave the domain."""
    return mix(theme.window, theme.text, 0.12)


def category_color(theme: Theme, index: int) -> str:
    """The colour of one of CATEGORIES."""
    colors = {
        "finished": mix(theme.window, theme.runs[1], 0.5),
        "converged": mix(theme.window, theme.good, 0.6),
        "not reached": mix(theme.window, theme.text, 0.16),
        "diverged": mix(theme.window, theme.warning, 0.5),
        "left the domain": mix(theme.window, theme.runs[2], 0.5),
    }
    return colors[CATEGORIES[index]]


def shade(theme: Theme, color: str, strength: float) -> str:
    """A colour as it is drawn where a place is reached with ``strength`` (1 for the fastest)."""
    return mix(theme.window, color, _FAINTEST + (1.0 - _FAINTEST) * strength)


def basin_colors(picture: BasinPicture, theme: Theme) -> Colors:
    """Each start in the colour of the attractor it leads to, stronger where it gets there fast."""
    shares = np.linspace(0.0, 1.0, _SHADES).tolist()
    rows = [[shade(theme, place_color(theme, i), s) for s in shares] for i in _range(picture)]
    rows += [[under_way_color(theme)] * _SHADES, [lost_color(theme)] * _SHADES]
    table = np.array([_channels(row) for row in rows], dtype=np.uint8)
    count = len(picture.places)
    row = picture.labels.astype(np.intp)
    row[picture.labels == UNDER_WAY] = count
    row[picture.labels == LOST] = count + 1
    unknown = picture.labels == UNKNOWN
    row[unknown] = 0
    colors: Colors = table[row, (picture.strength * (_SHADES - 1) + 0.5).astype(np.intp)]
    colors[unknown] = 0
    return colors


def _range(picture: BasinPicture) -> range:
    return range(len(picture.places))


def measure_colors(picture: SweepPicture, theme: Theme) -> Colors:
    """Numbers in the colours of the surface map, low to high; categories in their own."""
    ramp = ramp_colors(theme.surface_map, 256)
    shares = np.nan_to_num(picture.shares)
    colors: Colors = ramp[(shares * 255.0 + 0.5).astype(np.intp)]
    for index in range(len(CATEGORIES)):
        colors[picture.codes == index] = _channels([category_color(theme, index)])[0]
    colors[picture.codes == UNKNOWN] = 0
    return colors


def has_numbers(picture: SweepPicture) -> bool:
    """Whether there is anything to read off a colour bar."""
    return picture.scale is not None and bool((picture.codes == NUMBER).any())


def ramp_colors(stops: Sequence[str], count: int) -> Colors:
    """Colours (count, 4) evenly between stops."""
    channels = np.array(_channels(stops), dtype=np.float64)
    places: Array = np.linspace(0.0, 1.0, len(stops))
    wanted = np.linspace(0.0, 1.0, count)
    columns = [np.interp(wanted, places, channel) for channel in channels.T]
    colors: Colors = np.rint(np.column_stack(columns)).astype(np.uint8)
    return colors


def _channels(colors: Sequence[str]) -> list[tuple[int, int, int, int]]:
    return [(int(c[1:3], 16), int(c[3:5], 16), int(c[5:7], 16), 255) for c in colors]
