"""A run with what tells it apart in a picture."""

from __future__ import annotations

from dataclasses import dataclass

from optlab.core.run import RunSpec, Trajectory
from optlab.figures import palette
from optlab.session.comparison import name_of
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved


@dataclass(frozen=True, eq=False)
class MarkedRun:
    """A visible run with its numbers, colour, and line style (empty for solid).

    ``spec`` is None for numbers that were recorded elsewhere.
    """

    run: Run
    spec: RunSpec | None
    trajectory: Trajectory
    color: str
    dashes: tuple[float, ...]

    @property
    def name(self) -> str:
        """What the run is called."""
        return name_of(self.run, self.spec)

    @property
    def went_well(self) -> bool:
        """Whether the run did not diverge or leave the domain of its formula."""
        return self.trajectory.outcome.kind in ("finished", "converged", "cancelled")


def marked_runs(
    experiment: Experiment, resolved: Resolved, trajectories: dict[str, Trajectory]
) -> tuple[MarkedRun, ...]:
    """The visible runs that have numbers.

    Runs whose styles do not differ get one style each, so that no one has to rely on colour.
    """
    shown = [run for run in experiment.runs if run.visible and run.id in trajectories]
    same = len({run.style for run in shown}) <= 1
    return tuple(
        MarkedRun(
            run,
            resolved.specs.get(run.id),
            trajectories[run.id],
            palette.run_color(run.color),
            palette.STYLES[(index if same else run.style) % len(palette.STYLES)],
        )
        for index, run in enumerate(shown)
    )
