"""A run with what tells it apart in a picture."""

from __future__ import annotations

from dataclasses import dataclass

from optlab.core.run import RunSpec, Trajectory
from optlab.pictures.items import LINE_STYLES, PATTERNS
from optlab.pictures.theme import LIGHT, Theme
from optlab.session.comparison import name_of
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved


@dataclass(frozen=True, eq=False)
class MarkedRun:
    """A visible run with its numbers, colour and line style.

    ``spec`` is None for numbers that were recorded elsewhere.
    """

    run: Run
    spec: RunSpec | None
    trajectory: Trajectory
    color: str
    style: str

    @property
    def dashes(self) -> tuple[float, ...]:
        """Lengths of line and gap; empty for solid."""
        return PATTERNS.get(self.style, ())

    @property
    def name(self) -> str:
        """What the run is called."""
        return name_of(self.run, self.spec)

    @property
    def went_well(self) -> bool:
        """Whether the run did not diverge or leave the domain of its formula."""
        return self.trajectory.outcome.kind in ("finished", "converged", "cancelled")


def marked_runs(
    experiment: Experiment,
    resolved: Resolved,
    trajectories: dict[str, Trajectory],
    theme: Theme = LIGHT,
) -> tuple[MarkedRun, ...]:
    """The visible runs that have numbers."""
    return tuple(
        MarkedRun(
            run,
            resolved.specs.get(run.id),
            trajectories[run.id],
            theme.run(run.color),
            LINE_STYLES[run.style % len(LINE_STYLES)],
        )
        for run in experiment.runs
        if run.visible and run.id in trajectories
    )
