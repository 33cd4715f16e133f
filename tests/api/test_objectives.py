"""Functions of Python as the loss, changes of the rule, and recordings, from Python."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import optlab

RECORDED = Path(__file__).with_name("recorded.csv")
SIZES = np.arange(1.0, 13.0)


def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
    return float((SIZES * w * w).sum()), 2 * SIZES * w


@pytest.fixture(scope="module")
def lab() -> optlab.Lab:
    return optlab.experiment(objective=bowl, start=np.ones(12), steps=30).add("adam").add("lion")


def test_a_function_of_twelve_weights_runs_as_its_formula_does(lab: optlab.Lab) -> None:
    formula = " + ".join(f"{i}*w{i}^2" for i in range(1, 13))
    typed = optlab.experiment(loss=formula, start=[1] * 12, steps=30).add("adam").run()
    result = lab.run()
    assert result["Adam"].w.shape == (31, 12)
    np.testing.assert_allclose(result["Adam"].w, typed["Adam"].w, rtol=1e-12)


def test_its_results_leave_as_files_and_copies(lab: optlab.Lab, tmp_path: Path) -> None:
    result = lab.run()
    result.save_csv(tmp_path / "a.csv")
    result.save_npz(tmp_path / "a.npz")
    result.save_image(tmp_path / "a.png", "loss", "column", dpi=40)
    result.save_image(tmp_path / "s.png", "sheet", "column", dpi=40, panes=("loss", "w"))
    result.save_report(tmp_path / "a.html")
    assert result.table()[0]["steps"] == 30
    again = pickle.loads(pickle.dumps(result))  # noqa: S301  # our own bytes
    np.testing.assert_array_equal(again["Lion"].w, copy.copy(result)["Lion"].w)
    assert "<svg" in (tmp_path / "a.html").read_text("utf-8")
    result.save_image(tmp_path / "plane.svg", "contour", "column")
    assert "Plane: principal components" in (tmp_path / "plane.svg").read_text()


def test_no_file_holds_a_function(lab: optlab.Lab, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the Python function 'bowl', which a file cannot hold"):
        lab.save(tmp_path / "a.optlab")
    assert list(tmp_path.iterdir()) == []


def test_a_function_of_two_weights_is_drawn_point_by_point(tmp_path: Path) -> None:
    two = optlab.experiment(objective=lambda w: (w @ w, 2 * w), start=(1, 2), steps=5).add("gd")
    result = two.run()
    assert result[0].w.shape == (6, 2)
    result.save_image(tmp_path / "a.svg", "contour", "column")
    assert "Plane: w1 and w2" not in (tmp_path / "a.svg").read_text()
    with pytest.raises(ValueError, match="needs the loss as a formula"):
        two.basin_map(resolution=16)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"objective": bowl}, "start must be given"),
        ({"objective": 3, "start": (1,)}, "objective must be a function"),
        ({"objective": bowl, "loss": "w1", "start": (1,)}, "exactly one"),
        ({"objective": lambda w: (0.0, w[:1]), "start": (1, 2)}, "objective must give"),
        ({"objective": lambda w: 0.0, "start": (1, 2)}, "objective must give"),
        ({"loss": "a^2", "weights": "a"}, "weights must be names"),
        ({"problem": "booth", "weights": ("a", "b")}, "weights name those of a formula"),
        ({"loss": "w1^2+w3^2", "start": (1, 2)}, "start: needs 3 numbers"),
    ],
)
def test_wrong_losses_are_one_sentence(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        optlab.experiment(**given)  # type: ignore[arg-type]


def test_then_goes_on_with_another_rule(tmp_path: Path) -> None:
    lab = optlab.experiment("rosenbrock", steps=30).add("adam")
    switched = lab.then(10, "momentum", eta=0.002).then(20, "gd", eta=1e-3, keep_memory=False)
    result = switched.run()[0]
    np.testing.assert_array_equal(result.w[:11], lab.run()[0].w[:11])
    assert [span.rule for span in result.trajectory.spans] == [
        "Adam", "Momentum", "Gradient descent",
    ]  # fmt: skip
    assert np.isnan(result["m1"][21:]).all() and np.isfinite(result["m1"][:21]).all()
    switched.save(tmp_path / "a.optlab")
    assert optlab.load(tmp_path / "a.optlab").document == switched.document
    with pytest.raises(ValueError, match="must change the rule after step 20"):
        switched.then(15, "gd")
    for after in (30, "x", "3 weeks", "2epochs"):
        with pytest.raises(ValueError, match=r"after|epochs"):
            lab.then(after, "gd")
    trained = optlab.experiment(network="2-2-1", data="moons:n=20", batch=5, steps=30).add("gd")
    assert trained.then("3epochs", "adam").document.runs[0].then[0].after == 12
    with pytest.raises(ValueError, match="no run yet"):
        optlab.experiment("booth").then(3, "gd")


def test_a_recording_is_a_run(tmp_path: Path) -> None:
    lab = optlab.experiment(loss="w1^2 + w2^2", start=(1, 2), steps=3).add("gd")
    result = lab.add_recording(RECORDED, name="mine").run()
    assert result["mine"].w.tolist() == [[1, 2], [0.5, 1]] and result["mine"].spec is None
    with pytest.raises(ValueError, match="no equations to take apart"):
        result["mine"].worksheet(1)
    result.save_report(tmp_path / "a.pdf")
    opened = optlab.load(tmp_path / "a.pdf").run()
    assert opened["mine"].loss.tolist() == [5, 1.25]
    again = pickle.loads(pickle.dumps(result["mine"]))  # noqa: S301  # our own bytes
    assert again.name == "mine"
    with pytest.raises(ValueError, match="it has no settings to vary"):
        lab.add_recording(RECORDED, name="mine").sweep("mine")
    (tmp_path / "bad.csv").write_text("t,w1,w2,loss\n0,1,x,1\n", "utf-8")
    with pytest.raises(ValueError, match=r"bad.csv: line 2, column w2: 'x' is not a number"):
        lab.add_recording(tmp_path / "bad.csv")
