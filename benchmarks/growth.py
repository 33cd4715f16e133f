"""How the time grows with the number of steps and with the number of points."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

from benchmarks.batch import as_shown
from benchmarks.measure import Row, Table, seconds_in_turns
from benchmarks.single_path import compiled
from optlab.core.contours import surface_picture
from optlab.core.problems import load_problem

Works = dict[str, tuple[Callable[[], object], float]]
_WINDOW = ((-5.0, 5.0), (-5.0, 5.0))


def _table(title: str, unit: str, works: Works, rounds: int) -> Table:
    seconds = seconds_in_turns({name: work for name, (work, _) in works.items()}, rounds)
    rows = tuple(
        Row.of(name, [value * 1e9 / works[name][1] for value in values])
        for name, values in seconds.items()
    )
    middle = statistics.median(row.median for row in rows)
    nearest = min(rows, key=lambda row: abs(row.median - middle))
    return Table(title, unit, nearest.name, rows, higher=False)


def tables(rounds: int = 3, scale: float = 1.0) -> list[Table]:
    """Time per step and per point: linear growth is a column of equal numbers."""
    longest = max(3, round(7 + math.log10(scale)))
    walks: Works = {
        f"10^{power} steps": (compiled(10**power), float(10**power))
        for power in range(3, longest + 1)
    }
    sides = [side for side in (64, 128, 256, 512, 1024) if side <= max(128, 1024 * scale**0.5)]
    problem = load_problem("himmelblau")

    def picture(points: int) -> Callable[[], object]:
        return lambda: surface_picture(problem.grid, _WINDOW, points, "log", 20)

    pictures: Works = {f"{side} × {side}": (picture(side), float(side**2)) for side in sides}
    maps: Works = {f"{side} × {side}": (as_shown(side), float(side**2)) for side in sides}
    return [
        _table("One Adam path, compiled, by its steps", "ns/step", walks, rounds),
        _table("The picture of a surface, by its points", "ns/point", pictures, rounds),
        _table("A map of starts, 100 steps each, by its starts", "ns/start", maps, rounds),
    ]
