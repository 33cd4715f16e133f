import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from optlab.core.analysis.seed_bands import band, bands, run_seeds
from optlab.core.gradient_transforms import GradientTransforms
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Trajectory, recorded_trajectory
from optlab.core.run.outcome import Kind, Outcome


def trajectory(losses: list[float], kind: Kind = "finished") -> Trajectory:
    weights = np.arange(len(losses), dtype=np.float64)
    outcome = Outcome(kind, len(losses) - 1)
    return recorded_trajectory({"w": weights, "loss": losses}, outcome=outcome)


def test_the_band_of_one_run_is_the_run() -> None:
    found = band([trajectory([3.0, 2.0, 1.0])], "loss")
    for line in (found.lower, found.median, found.upper):
        assert line.tolist() == [3.0, 2.0, 1.0]
    assert found.count.tolist() == [1, 1, 1]
    assert found.steps == 2


@given(arrays.arrays(np.float64, (7, 4), elements=st.floats(-1e6, 1e6)))
def test_it_agrees_with_numpy(values: np.ndarray) -> None:
    found = band([trajectory(list(row)) for row in values], "loss")
    expected = np.quantile(values, (0.25, 0.5, 0.75), axis=0)
    np.testing.assert_allclose([found.lower, found.median, found.upper], expected, atol=1e-9)


def test_a_converged_run_rests_at_its_last_value() -> None:
    found = band([trajectory([4.0, 1.0], "converged"), trajectory([4.0, 3.0, 2.0, 1.0])], "loss")
    assert found.median.tolist() == [4.0, 2.0, 1.5, 1.0]
    assert found.count.tolist() == [2, 2, 2, 2]


def test_a_loss_that_diverged_counts_as_infinite() -> None:
    runs = [trajectory([1.0, 1e300], "diverged"), *[trajectory([1.0, 0.5, 0.2])] * 2]
    found = band(runs, "loss")
    assert found.median.tolist() == [1.0, 0.5, 0.2]
    assert found.upper.tolist() == [1.0, np.inf, np.inf]
    assert found.count.tolist() == [3, 3, 3]


def test_other_numbers_of_a_broken_run_are_missing() -> None:
    runs = [trajectory([1.0, 2.0], "left_domain"), trajectory([1.0, 0.5, 0.2])]
    assert band(runs, "w1").count.tolist() == [2, 1, 1]
    assert band(runs, "loss").count.tolist() == [2, 1, 1]
    assert band(runs, "w1").median.tolist() == [0.0, 1.0, 2.0]


def test_where_no_run_has_a_number_the_band_is_nan() -> None:
    found = band([trajectory([1.0, 2.0], "left_domain")], "w1")
    assert found.count.tolist() == [1, 0]
    assert np.isnan(found.median[1])


def test_no_runs_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        band([], "loss")


def test_seeds_differ_and_repeat() -> None:
    spec = RunSpec(
        load_problem("quadratic"),
        load_rule("momentum"),
        treatment=GradientTransforms(noise=5.0),
        steps=60,
    )
    runs = run_seeds(spec, range(9))
    found = bands(runs, ["loss", "w1", "m2", "dw1"])
    assert (found["loss"].lower <= found["loss"].median).all()
    assert (found["loss"].upper[1:] > found["loss"].lower[1:]).all()
    assert found["m2"].count.tolist() == [9] * 61
    assert found["dw1"].count.tolist() == [0] + [9] * 60
    again = band(run_seeds(spec, range(9)), "loss")
    assert again.median.tolist() == found["loss"].median.tolist()


def test_cancelling_keeps_whole_runs() -> None:
    spec = RunSpec(load_problem("quadratic"), load_rule("gd"), steps=10_000)
    asked = iter([False, False, True])
    runs = run_seeds(spec, range(9), cancelled=lambda: next(asked, True))
    assert [run.steps for run in runs] == [10_000]
