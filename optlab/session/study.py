"""A study: an experiment, what it means, and what was computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from optlab.core.analysis.quantities import OF_DATA, Quantity, available, components, of_rule
from optlab.core.parameters import SettingError
from optlab.core.run import RunSpec, Trajectory, program_of
from optlab.session.experiment import Experiment, Run
from optlab.session.resolve import Resolved


@dataclass(frozen=True, eq=False)
class StudyRun:
    """A run with its numbers: ``trajectory`` is the result of ``spec``, or what was recorded."""

    run: Run
    spec: RunSpec | None
    trajectory: Trajectory

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.run.title if self.run.name or self.spec is None else self.spec.rule.name

    @property
    def went_well(self) -> bool:
        """Whether the run did not diverge or leave the domain of its formula."""
        return self.trajectory.outcome.kind in ("finished", "converged", "cancelled")

    @property
    def gradients_a_step(self) -> tuple[int, ...]:
        """How many gradients a step takes, rule by rule; nothing for recorded numbers."""
        legs = () if self.spec is None else self.spec.legs
        return tuple(dict.fromkeys(program_of(leg).gradients for leg in legs))


@dataclass(frozen=True, eq=False)
class Study:
    """An experiment, what it means, and trajectories by run id; not every run needs to have one."""

    experiment: Experiment
    resolved: Resolved
    trajectories: Mapping[str, Trajectory]

    @property
    def title(self) -> str:
        """What the experiment is called."""
        return self.experiment.title or self.resolved.problem.title

    @property
    def is_titled(self) -> bool:
        """Whether the title is more than the formula."""
        return self.title != " ".join(self.resolved.problem.formula.split())

    @property
    def thinned(self) -> str:
        """What is recorded of runs of which not every update is, as a sentence; empty for none."""
        few = [run for run in self.runs if run.trajectory.times is not None]
        parts = [f"{one.name}: one of {one.trajectory.record_every} updates" for one in few]
        return f"recorded of {', '.join(parts)}, and the last" if parts else ""

    def whole(self) -> Study:
        """The same study. Raises :class:`SettingError` where not every update is recorded."""
        if self.thinned:
            reason = "tables, worksheets and pictures need every update; CSV and NPZ take what is"
            raise SettingError("record_every", f"{reason} {self.thinned}")
        return self

    @cached_property
    def runs(self) -> tuple[StudyRun, ...]:
        """The runs that have numbers, hidden ones included, in the order of the experiment."""
        return tuple(
            StudyRun(run, self.resolved.specs.get(run.id), self.trajectories[run.id])
            for run in self.experiment.runs
            if run.id in self.trajectories
        )

    @property
    def visible(self) -> tuple[StudyRun, ...]:
        """The runs that are drawn."""
        return tuple(run for run in self.runs if run.run.visible)

    def chosen(self, run_id: str = "") -> StudyRun | None:
        """The run of that id, also a hidden one; without an id the first one that is drawn.

        Raises ValueError for a run without numbers.
        """
        if not run_id:
            return next(iter(self.visible), None)
        for run in self.runs:
            if run.run.id == run_id:
                return run
        raise ValueError(f"there is no run '{run_id}' with numbers")

    def quantities(self, run_id: str = "") -> Iterator[tuple[str, Quantity, tuple[StudyRun, ...]]]:
        """What can be drawn over the steps: short name, quantity, and the runs that have it.

        What belongs to one run is that of :meth:`chosen`.
        """
        chosen, runs = self.chosen(run_id), self.visible
        one = () if chosen is None else (chosen,)
        for quantity in available(self.resolved.problem):
            yield quantity.key, quantity, runs if quantity.of_all else one
        for quantity in OF_DATA:
            having = [run for run in runs if run.spec and quantity.key in run.trajectory.vectors]
            if having:
                yield quantity.key, quantity, tuple(having)
        for run in one if run_id else runs:
            for quantity in of_rule(run.spec, run.trajectory):
                kind, _, name = quantity.key.partition(":")
                if kind == "memory":
                    yield run.trajectory.state[int(name) - 1], quantity, (run,)
                else:
                    yield name if kind == "rule" else quantity.key, quantity, (run,)
        for run in runs:
            for quantity in components(run.trajectory, self.experiment.shown.panes):
                column = quantity.key.removeprefix("all:")
                yield column, quantity, tuple(each for each in runs if column in each.trajectory)

    def quantity(self, key: str, run_id: str = "") -> tuple[Quantity, tuple[StudyRun, ...]]:
        """What a key or a recorded name stands for, and the runs whose curves are drawn.

        Raises UnknownQuantityError with the names that there are.
        """
        names: list[str] = []
        for name, quantity, runs in self.quantities(run_id):
            if key in (name, quantity.key):
                return quantity, runs
            names.append(name)
        raise UnknownQuantityError(key, tuple(dict.fromkeys(names)))


class UnknownQuantityError(ValueError):
    """No quantity has the ``key``; ``known`` are the names that there are."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is nothing called '{key}' to draw; known are {', '.join(known)}")
        self.key = key
        self.known = known
