"""What a complete map says, a line for each thing."""

from __future__ import annotations

import math

import numpy as np

from optlab.core.maps import BasinPicture
from optlab.core.run.outcome import OUTCOMES
from optlab.session.columns import aligned
from optlab.session.mapping import BasinRequest, MapWork


def map_lines(work: MapWork) -> list[str]:
    """The lines of a map of either kind."""
    basin = isinstance(work.request, BasinRequest)
    return _basin_lines(work) if basin else _sweep_lines(work)


def _basin_lines(work: MapWork) -> list[str]:
    """One line for each attractor, and for the runs that end at none."""
    picture = work.picture
    assert isinstance(picture, BasinPicture)
    rows = []
    for place in picture.places:
        # Without digits that only say how fine the grid is.
        at = ", ".join(f"{round(value, 9) + 0.0:.6g}" for value in place.at)
        steps = "" if math.isnan(place.steps) else f"median {place.steps:g} steps"
        what = "known minimum" if place.known else "minimum"
        rows.append((f"({at})", what, f"{place.share:.2%}", steps))
    if picture.under_way:
        rows.append(("under way", "", f"{picture.under_way:.2%}", ""))
    if picture.lost:
        rows.append(("diverged", "", f"{picture.lost:.2%}", ""))
    return aligned(rows)


def _sweep_lines(work: MapWork) -> list[str]:
    """The best pairs, and the share of each outcome."""
    request, ends = work.request, work.buffer.ends
    columns, rows = request.columns, request.rows
    found = []
    for words, values in (
        ("lowest loss", ends.loss),
        ("fewest steps to target", ends.records["reached"]),
    ):
        usable = np.where(np.isfinite(values), values, np.inf)
        index = int(usable.argmin())
        if math.isfinite(usable[index]):
            row, column = divmod(index, columns.count)
            pair = f"{columns.name}={columns.values()[column]:.6g}"
            pair += f" {rows.name}={rows.values()[row]:.6g}"
            found.append((words, f"{values[index]:.6g}", f"at {pair}"))
    for index, name in enumerate(OUTCOMES):
        share = float(np.mean(ends.outcome == index))
        if share:
            found.append((name.replace("_", " the "), f"{share:.2%}", ""))
    return aligned(found)
