"""The legend of runs: what tells each one apart in a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optlab.pictures.items import LINE_STYLES, PATTERNS
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
