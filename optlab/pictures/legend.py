"""The legend of runs: what tells each one apart in a picture, and where the entries stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optlab.pictures.items import LINE_STYLES, PATTERNS, Item, Line, Point, Shape, marker
from optlab.pictures.theme import LIGHT, Theme
from optlab.session.experiment import Run
from optlab.session.study import StudyRun


@dataclass(frozen=True, eq=False)
class LegendEntry(StudyRun):
    """A run with its colour and line style."""

    color: str
    style: str

    @property
    def dashes(self) -> tuple[float, ...]:
        """Lengths of line and gap; empty for solid."""
        return PATTERNS.get(self.style, ())


def line_style(run: Run) -> str:
    """The pattern of a run's line."""
    return LINE_STYLES[run.style % len(LINE_STYLES)]


def legend_of(runs: Iterable[StudyRun], theme: Theme = LIGHT) -> tuple[LegendEntry, ...]:
    """An entry for each run."""
    return tuple(
        LegendEntry(
            each.run,
            each.spec,
            each.trajectory,
            theme.run(each.run.color),
            line_style(each.run),
        )
        for each in runs
    )


def sample_items(
    theme: Theme, color: str, style: str, at: Point, length: float, *, marked: bool = True
) -> list[Item]:
    """A piece of a line that begins ``at``, with the mark of a run's colour in its middle."""
    left, y = at
    line = np.array([[left, y], [left + length, y]])
    items: list[Item] = [Line((line,), color, 2.0, style=style)]
    if marked:
        items.append(Shape(marker(theme, color, (left + length / 2, y), 4.0), color))
    return items


def wrapped(
    widths: Iterable[float], left: float, edge: float, between: float
) -> list[tuple[float, int]]:
    """Where entries of these widths begin, and the number of their row, which ends at ``edge``."""
    places, x, row = [], left, 0
    for width in widths:
        if x > left and x + width > edge:
            x, row = left, row + 1
        places.append((x, row))
        x += width + between
    return places
