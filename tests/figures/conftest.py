"""Experiments that are run and ready to draw."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from optlab.core.run import Trajectory, run
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import Resolved, resolve_strictly


@dataclass(frozen=True)
class Drawn:
    """Everything that a picture needs, in the order in which it is asked for."""

    resolved: Resolved
    experiment: Experiment
    trajectories: dict[str, Trajectory]

    @property
    def parts(self) -> tuple[Resolved, Experiment, dict[str, Trajectory]]:
        return self.resolved, self.experiment, self.trajectories


Make = Callable[..., Drawn]


@pytest.fixture
def make() -> Make:
    """An experiment on a formula or a problem, with one run for each learning rate."""

    def experiment(
        formula: str = "", etas: tuple[float, ...] = (0.01,), problem: str = "", **fields: object
    ) -> Drawn:
        runs = fields.pop("runs", None) or tuple(
            Run(id=str(i), optimizer="gd", name=f"run {i}", parameters={"eta": eta}, color=i)
            for i, eta in enumerate(etas)
        )
        surface = fields.pop("surface", None) or Surface(formula=formula, problem=problem)
        document = Experiment(surface=surface, runs=runs, **fields)  # type: ignore[arg-type]
        resolved = resolve_strictly(document)
        return Drawn(resolved, document, {key: run(s) for key, s in resolved.specs.items()})

    return experiment
