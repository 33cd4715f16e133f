"""What a picture is asked to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from optlab.core.analysis.quantities import Quantity, available, components, of_rule
from optlab.core.run import Trajectory
from optlab.figures.layout import CONTOUR, SHEET, SURFACE, WORKSHEET, Size, scale_of
from optlab.figures.marked import MarkedRun, marked_runs
from optlab.pictures.surface3d.camera import Camera, camera_of
from optlab.pictures.theme import THEMES, Theme
from optlab.session.experiment import Experiment, change_run
from optlab.session.kernel_cache import kernel_store
from optlab.session.maps.planes import Flat, flat
from optlab.session.resolve import Resolved

MOST = 12
"""Updates whose arrows one map can have."""


@dataclass(frozen=True, eq=False)
class Pictured:
    """An experiment with its numbers, and the view that is drawn of it.

    ``view`` is one of :data:`~optlab.figures.layout.VIEWS`, or the key of a quantity over the
    steps, or the name under which a run records it; ``of`` is the id of the run whose memory or
    worksheet is drawn (by default the first one that has it); ``step`` is the update that a
    worksheet takes apart; ``panes`` are the quantities that a sheet has beside the map; ``arrows``
    are the first and the last update whose arrows the map has; ``style`` is light or dark; a
    sheet that is not ``titled`` has no title, and what does not have its runs ``listed`` no list
    or legend of them.

    Raises ValueError for a view or a run that there is not, with those that there are.
    """

    resolved: Resolved
    experiment: Experiment
    trajectories: Mapping[str, Trajectory]
    view: str = SHEET
    size: Size = "slide"
    of: str = ""
    step: int = 1
    panes: tuple[str, ...] = ("loss",)
    arrows: tuple[int, int] | None = None
    style: str = "light"
    titled: bool = True
    listed: bool = True

    def __post_init__(self) -> None:
        if self.of and self.of not in self.trajectories:
            raise ValueError(f"there is no run '{self.of}' with numbers")
        if self.view in (CONTOUR, SURFACE) and self.resolved.no_plane:
            raise ValueError(self.resolved.no_plane.removesuffix("."))
        assert self.theme
        for key in self.panes if self.view == SHEET else self._keys:
            self.quantity(key)
        first, last = self.arrows or (1, 1)
        if not 1 <= first <= last < first + MOST:
            raise ValueError(f"arrows are those of up to {MOST} updates, such as 1-2")

    @property
    def theme(self) -> Theme:
        """The colours. Raises ValueError for a style that there is not."""
        if self.style not in THEMES:
            raise ValueError(f"there is no style '{self.style}'; known are {', '.join(THEMES)}")
        return THEMES[self.style]

    @property
    def _keys(self) -> tuple[str, ...]:
        return () if self.view in (CONTOUR, SURFACE, WORKSHEET) else (self.view,)

    @cached_property
    def runs(self) -> tuple[MarkedRun, ...]:
        """The visible runs that have numbers."""
        return marked_runs(self.experiment, self.resolved, dict(self.trajectories), self.theme)

    @cached_property
    def flat(self) -> Flat:
        """What the map shows: the surface, or the loss on a plane."""
        return flat(self.experiment, self.resolved, self.trajectories, kernel_store())

    @property
    def title(self) -> str:
        """What the experiment is called."""
        problem = self.resolved.problem
        return self.experiment.title or problem.title

    @property
    def named(self) -> bool:
        """Whether the title is more than the formula."""
        return self.title != " ".join(self.resolved.problem.formula.split())

    @property
    def seen_from(self) -> Camera:
        """The camera of the experiment's view."""
        return camera_of(self.experiment.shown)

    @property
    def scale(self) -> float:
        """How large letters and lines are."""
        return scale_of(self.size)

    @cached_property
    def chosen(self) -> MarkedRun | None:
        """The run that was asked for, also a hidden one; else the first one that is drawn."""
        if not self.of:
            return self.runs[0] if self.runs else None
        wanted = change_run(self.experiment, self.of, visible=True)
        marked = marked_runs(wanted, self.resolved, dict(self.trajectories), self.theme)
        return next(run for run in marked if run.run.id == self.of)

    def has(self, key: str) -> bool:
        """Whether a key or a recorded name stands for something that can be drawn."""
        return any(key in (name, quantity.key) for name, quantity, _ in self._quantities())

    def quantity(self, key: str) -> tuple[Quantity, tuple[MarkedRun, ...]]:
        """What a key or a recorded name stands for, and the runs whose curves are drawn.

        Raises ValueError with the names that there are.
        """
        names: list[str] = []
        for name, quantity, runs in self._quantities():
            if key in (name, quantity.key):
                return quantity, runs
            names.append(name)
        known = ", ".join(dict.fromkeys((SHEET, CONTOUR, SURFACE, WORKSHEET, *names)))
        raise ValueError(f"there is nothing called '{key}' to draw; known are {known}")

    def _quantities(self) -> Iterator[tuple[str, Quantity, tuple[MarkedRun, ...]]]:
        """All that can be drawn over the steps, by short names; the chosen run's own first."""
        problem = self.resolved.problem
        one = () if self.chosen is None else (self.chosen,)
        for quantity in available(problem):
            yield quantity.key, quantity, self.runs if quantity.of_all else one
        for run in one if self.of else self.runs:
            for quantity in of_rule(run.spec, run.trajectory):
                kind, _, name = quantity.key.partition(":")
                if kind == "memory":
                    yield run.trajectory.state[int(name) - 1], quantity, (run,)
                else:
                    yield name if kind == "rule" else quantity.key, quantity, (run,)
        for run in self.runs:
            for quantity in components(run.trajectory):
                column = quantity.key.removeprefix("all:")
                others = tuple(other for other in self.runs if column in other.trajectory)
                yield column, quantity, others
