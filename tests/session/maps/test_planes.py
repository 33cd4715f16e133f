"""What a map shows of a loss of many weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optlab.core.run import run
from optlab.files.encoding import decode_experiment, encode_experiment
from optlab.session.experiment import Experiment, Run, Surface, changed
from optlab.session.maps.planes import Flat, flat
from optlab.session.resolve import resolve_strictly
from optlab.session.view import PlaneView, View

FORMULA = "(w1-1)^2 + 3*(w2+w3)^2 + w3^4 + w4^2 + sin(w1*w4)"
RUNS = (
    Run(id="1", optimizer="adam", name="Adam", parameters={"eta": 0.1}),
    Run(id="2", optimizer="gd", name="Descent", parameters={"eta": 0.02}),
)


def shown(plane: PlaneView, runs: tuple[Run, ...] = RUNS, steps: int = 40) -> Flat:
    document = Experiment(
        surface=Surface(formula=FORMULA),
        runs=runs,
        start=(1.0, 2.0, 1.5, -2.0),
        steps=steps,
        view=View(plane=plane),
    )
    resolved = resolve_strictly(document)
    return flat(document, resolved, {key: run(spec) for key, spec in resolved.specs.items()})


@pytest.mark.parametrize(
    "plane",
    [
        PlaneView(),
        PlaneView("weights", weights=(2, 4)),
        PlaneView("random", seed=3),
        PlaneView("ends", run="Descent"),
        PlaneView("hessian", step=5, run="Adam"),
    ],
)
def test_every_kind_of_plane_shows_the_paths_and_the_loss(plane: PlaneView) -> None:
    found = shown(plane)
    assert found.why_not == "" and found.plane is not None and found.caption
    problem, path = found.resolved.problem, found.trajectories["1"]
    assert problem.is_surface and path.weights.shape == (41, 2)
    (left, right), (bottom, top) = found.resolved.window
    assert left < path.weights[:, 0].min() <= path.weights[:, 0].max() < right
    assert bottom < path.weights[:, 1].min() <= path.weights[:, 1].max() < top
    for step in (0, 17, 40):
        true, there = found.honest_losses("1", step)
        assert true == path.loss[step]
        if found.distances["1"][step] < 1e-9:
            assert there == pytest.approx(true, abs=1e-9)
    at = path.weights[:1]
    assert problem.start == pytest.approx(at[0], abs=1e-9)


def test_components_say_what_chance_would_show() -> None:
    text = shown(PlaneView()).caption
    assert "principal components" in text and "a random walk" in text


def test_vectors_are_projected_and_numbers_stay() -> None:
    found = shown(PlaneView("weights", weights=(2, 4)))
    path = found.trajectories["1"]
    assert path.vectors.size("m") == path.vectors.size("g") == 2
    assert path.updates[1:] == pytest.approx(np.diff(path.weights, axis=0))
    assert path["eta"][1] == 0.1
    assert found.names == ("w₂", "w₄")


def test_a_run_that_ran_away_does_not_decide_the_plane() -> None:
    wild = Run(id="3", optimizer="gd", name="Wild", parameters={"eta": 50.0})
    with_it, without = shown(PlaneView(), (*RUNS, wild)), shown(PlaneView())
    assert with_it.resolved.window == without.resolved.window
    alone = shown(PlaneView("random"), (wild,))
    assert all(math.isfinite(side) for axis in alone.resolved.window for side in axis)


def test_a_surface_of_two_weights_is_itself() -> None:
    document = Experiment(surface=Surface(formula="w1^2 + w2^2"), runs=RUNS)
    resolved = resolve_strictly(document)
    found = flat(document, resolved, {})
    assert found.resolved is resolved and found.plane is None and found.caption == ""


@pytest.mark.parametrize(
    ("plane", "reason"),
    [
        (PlaneView("weights", weights=(1, 9)), "there is no weight 9; the loss has 4"),
        (PlaneView("weights", weights=(2, 2)), "two different weights"),
        (PlaneView("hessian", run="Nobody"), "no run 'Nobody' with numbers; known are Adam"),
        (PlaneView("ends", run="1", other="Nobody"), "no run 'Nobody'"),
        (PlaneView(window=((1.0, 0.0), (0.0, 1.0))), "a low end below a high end"),
    ],
)
def test_a_plane_that_cannot_be_says_why(plane: PlaneView, reason: str) -> None:
    assert reason in shown(plane).why_not


def test_nothing_can_be_drawn_before_there_are_paths() -> None:
    assert "point" in shown(PlaneView(), steps=0).why_not
    assert shown(PlaneView("random"), steps=0).why_not == ""


def test_the_plane_belongs_to_the_file() -> None:
    plane = PlaneView("hessian", run="Adam", step=3, window=((-1.0, 1.0), (0.0, 2.0)))
    document = changed(Experiment(surface=Surface(formula=FORMULA)), view=View(plane=plane))
    assert decode_experiment(encode_experiment(document)).shown.plane == plane
