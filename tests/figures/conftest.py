"""Experiments that are run and ready to draw."""

from collections.abc import Callable

import pytest

from optlab.core.run import run
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve_strictly
from optlab.session.study import Study

Make = Callable[..., Study]


@pytest.fixture
def make() -> Make:
    """An experiment on a formula or a problem, with one run for each learning rate."""

    def experiment(
        formula: str = "", etas: tuple[float, ...] = (0.01,), problem: str = "", **fields: object
    ) -> Study:
        runs = fields.pop("runs", None) or tuple(
            Run(id=str(i), optimizer="gd", name=f"run {i}", parameters={"eta": eta}, color=i)
            for i, eta in enumerate(etas)
        )
        surface = fields.pop("surface", None) or Surface(formula=formula, problem=problem)
        document = Experiment(surface=surface, runs=runs, **fields)  # type: ignore[arg-type]
        resolved = resolve_strictly(document)
        return Study(document, resolved, {key: run(s) for key, s in resolved.specs.items()})

    return experiment
