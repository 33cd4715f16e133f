"""Results are values: nobody can write into them, and they pickle and copy."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optlab
from optlab.core.run import Trajectory

AGAIN: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301
    "oldest pickle": lambda value: pickle.loads(pickle.dumps(value, 0)),  # noqa: S301
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
again = pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)


@pytest.fixture(scope="module")
def lab() -> optlab.Lab:
    lab = optlab.experiment("himmelblau", steps=40, seed=3, stop_gradient=1e-6)
    lab = lab.add("adam", name="A", noise=0.1).add("lbfgs").add("gd", schedule="cosine:T_max=20")
    return lab.add("gd", name="far", eta=1.0)


@pytest.fixture(scope="module")
def result(lab: optlab.Lab) -> optlab.Result:
    return lab.run()


@pytest.fixture(scope="module", params=["sweep", "basins"])
def mapped(request: pytest.FixtureRequest, lab: optlab.Lab) -> optlab.MapResult:
    if request.param == "basins":
        return lab.basin_map(0, resolution=16, tolerance=0.5)
    return lab.sweep("A", x="eta", y=("beta1", 0.1, 0.9), resolution=16, measure="steps")


def equal(one: Trajectory, other: Trajectory) -> bool:
    same = one.names == other.names and one.outcome == other.outcome
    return same and one.vectors == other.vectors and one.data.tobytes() == other.data.tobytes()


@again
def test_a_result(again: Callable[[Any], Any], result: optlab.Result) -> None:
    made = again(result)
    assert list(made) == list(result) and made.document == result.document
    for name, run in result.items():
        assert equal(made[name].trajectory, run.trajectory)
        assert made[name].spec == run.spec and repr(made[name]) == repr(run)
        assert not made[name].w.flags.writeable
        if run.steps:
            assert made[name].worksheet(1) == run.worksheet(1)
    assert made.table() == result.table()


@again
def test_a_run(again: Callable[[Any], Any], result: optlab.Result) -> None:
    for run in result.values():
        made = again(run)
        assert equal(made.trajectory, run.trajectory) and made.spec == run.spec
        assert made.name == run.name and not made["loss"].flags.writeable


@again
def test_a_trajectory(again: Callable[[Any], Any], result: optlab.Result) -> None:
    made = again(result["A"].trajectory)
    assert equal(made, result["A"].trajectory) and not made.data.flags.writeable
    assert made["w1"][-1] == made.final_weights[0]


@again
def test_a_map(again: Callable[[Any], Any], mapped: optlab.MapResult, tmp_path: Path) -> None:
    made = again(mapped)
    assert made.arrays.keys() == mapped.arrays.keys() and repr(made) == repr(mapped)
    for name, array in mapped.arrays.items():
        np.testing.assert_array_equal(made[name], array)
    assert made.summary == mapped.summary and made.places == mapped.places
    assert made.spec(3, 4) == mapped.spec(3, 4)
    for number, one in enumerate((made, mapped)):
        one.save_image(tmp_path / f"{number}.svg")
    assert (tmp_path / "0.svg").read_bytes() == (tmp_path / "1.svg").read_bytes()


@again
def test_an_experiment(again: Callable[[Any], Any], lab: optlab.Lab) -> None:
    assert again(lab) == lab


def test_another_measure_leaves_a_map_as_it_is(lab: optlab.Lab) -> None:
    sweep = lab.sweep(resolution=16)
    before, picture = repr(sweep), sweep.work.picture
    assert sweep.figure("outcome").axes
    assert sweep.work.measure == "loss" and sweep.work.picture is picture
    assert repr(sweep) == before


def test_no_array_of_a_run_can_be_written_to(result: optlab.Result) -> None:
    run = result["A"]
    columns = {name: run[name] for name in run.columns}
    arrays = [run.w, run.loss, run.trajectory.data, run.trajectory.weights]
    for array in (*arrays, *columns.values(), *run.to_dict().values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_no_array_of_a_map_can_be_written_to(mapped: optlab.MapResult) -> None:
    arrays = [mapped.x, mapped.y, mapped.outcome]
    for array in (*arrays, *mapped.arrays.values(), *mapped.to_dict().values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_a_frame_of_a_result_is_the_persons_own(result: optlab.Result) -> None:
    frame = result["A"].to_frame()
    frame.loc[0, "loss"] = 7.0
    assert result["A"].loss[0] != 7.0
