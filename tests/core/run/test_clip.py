"""The column that tells when clipping bit."""

import numpy as np
import pytest

from optlab.core.export.csv import csv_blocks
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import formula_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, compiled_kernel, run

STEEP = load_problem("rosenbrock")


def walk(optimizer: str = "gd", steps: int = 60, **treatment: float) -> Trajectory:
    spec = RunSpec(
        STEEP,
        load_rule(optimizer),
        {"eta": 0.002},
        treatment=GradientTransforms(**treatment),
        start=(-1.5, 2.0),
        steps=steps,
    )
    return run(spec)


def raw_norms(trajectory: Trajectory) -> np.ndarray:
    """The norms of the gradients at the places that the steps started from."""
    return np.array([np.hypot(*STEEP.gradient(w)) for w in trajectory.weights[:-1]])


def test_without_clipping_there_is_no_column() -> None:
    assert "clip" not in walk(l2=0.1, noise=0.1)
    assert "clip" not in walk().vectors


def test_clipping_by_norm_records_the_factor() -> None:
    trajectory = walk(clip_norm=20.0)
    norms = raw_norms(trajectory)
    expected = np.where(norms > 20.0, 20.0 / norms, 1.0)
    assert np.isnan(trajectory["clip"][0])
    np.testing.assert_allclose(trajectory["clip"][1:], expected, rtol=1e-12)
    assert 0.0 < (norms > 20.0).sum() < len(norms), "it should bite sometimes, not always"
    assert (trajectory["clip"][1:][norms <= 20.0] == 1.0).all()


def test_clipping_by_value_records_what_is_left_of_the_norm() -> None:
    trajectory = walk(clip_value=4.0)
    left = np.hypot(trajectory["g1"], trajectory["g2"])[1:] / raw_norms(trajectory)
    np.testing.assert_allclose(trajectory["clip"][1:], left, rtol=1e-12)
    assert trajectory["clip"][1] < 1.0


def test_both_clippings_count_together() -> None:
    trajectory = walk(clip_value=4.0, clip_norm=2.0)
    left = np.hypot(trajectory["g1"], trajectory["g2"])[1:] / raw_norms(trajectory)
    np.testing.assert_allclose(trajectory["clip"][1:], left, rtol=1e-12)


def test_noise_and_l2_are_not_taken_for_clipping() -> None:
    trajectory = walk(noise=1.0, l2=0.5, clip_norm=1e6)
    assert (trajectory["clip"][1:] == 1.0).all()


def test_a_clipped_walk_has_the_same_numbers_as_ever() -> None:
    clipped, free = walk(clip_norm=1e6), walk()
    assert clipped.weights.tolist() == free.weights.tolist()


def test_a_gradient_of_zero_was_not_clipped() -> None:
    spec = RunSpec(
        formula_problem("w1^2 + w2^2"),
        load_rule("gd"),
        treatment=GradientTransforms(clip_norm=1.0),
        start=(0.0, 0.0),
        steps=3,
    )
    assert run(spec)["clip"][1:].tolist() == [1.0, 1.0, 1.0]


def test_of_several_gradients_the_one_that_was_clipped_most_counts() -> None:
    trajectory = walk("sam", clip_norm=5.0)
    norms = raw_norms(trajectory)
    at_the_start = np.where(norms > 5.0, 5.0 / norms, 1.0)
    assert (trajectory["clip"][1:] <= at_the_start * (1 + 1e-12)).all()


@pytest.mark.parametrize("optimizer", ["adam", "sam", "nesterov"])
def test_compiled_code_records_the_same(optimizer: str) -> None:
    spec = RunSpec(
        STEEP,
        load_rule(optimizer),
        {"eta": 0.002},
        treatment=GradientTransforms(clip_value=3.0, clip_norm=4.0, noise=0.5),
        steps=50,
    )
    fast = run(spec, kernels=compiled_kernel)
    assert fast["clip"].tobytes() == run(spec)["clip"].tobytes()


def test_the_csv_has_the_column_only_where_clipping_is_on() -> None:
    lines = b"".join(csv_blocks(walk(steps=2, clip_norm=5.0))).decode().splitlines()
    assert lines[0] == "t,w1,w2,loss,g1,g2,eta,clip,dw1,dw2"
    place = lines[0].split(",").index("clip")
    assert lines[1].split(",")[place] == ""
    assert 0.0 < float(lines[2].split(",")[place]) < 1.0
    assert b"clip" not in next(csv_blocks(walk(steps=2)))
