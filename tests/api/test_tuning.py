"""Tuning and comparing from Python."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import optlab
from optlab.figures.charts_figure import draw_comparison
from optlab.figures.setting import drawing


def test_a_run_is_tuned_and_the_best_goes_back_into_the_experiment(tmp_path: Path) -> None:
    lab = optlab.experiment("booth", steps=40).add("momentum").add("adam", name="other")
    told: list[tuple[int, int]] = []
    found = optlab.tune(
        lab, "other", space="eta=1e-2:1:log", budget=12, progress=lambda *at: told.append(at)
    )
    assert found.best is not None and set(found.best) == {"eta"}
    assert found.values.shape == (13, 1) and not found.values.flags.writeable
    assert found.history[-1] == found.value
    assert found.lab.run()["other"].loss[-1] == found.value
    assert found.lab.run()[0].loss[-1] == lab.run()[0].loss[-1]
    assert told[-1][0] == 13
    found.save_csv(tmp_path / "t.csv")
    found.save_json(tmp_path / "t.json")
    assert json.loads((tmp_path / "t.json").read_text())["runs"][0]["best"] == found.best
    assert repr(found).startswith("<other: loss")


def test_optuna_reads_the_trials(tmp_path: Path) -> None:
    lab = optlab.experiment("rosenbrock", steps=40).add("gd")
    found = optlab.tune(lab, space="eta=1e-5:1:log", budget=9)
    if find_spec("optuna") is None:
        with pytest.raises(ValueError, match="needs the package optuna"):
            found.save_sqlite(tmp_path / "study.db")
        return
    import optuna

    found.save_sqlite(tmp_path / "study.db")
    (name,) = optuna.get_all_study_names(f"sqlite:///{tmp_path / 'study.db'}")
    study = optuna.load_study(study_name=name, storage=f"sqlite:///{tmp_path / 'study.db'}")
    assert (study.best_value, study.best_params) == (found.value, found.best)
    states = [trial.state.name for trial in study.trials]
    assert states == ["COMPLETE" if np.isfinite(v) else "FAIL" for v in found.values[:, 0]]
    assert "FAIL" in states


def test_a_network_is_tuned_on_its_test_loss() -> None:
    lab = optlab.experiment(data="moons:n=40,seed=1", network="2-3-1", steps=30, batch=8, test=0.25)
    found = optlab.tune(lab.add("adam"), space="eta", budget=4, measure="test_loss", seeds=2)
    assert np.isfinite(found.value) and found.values.shape == (5, 2)


def test_rules_are_compared(tmp_path: Path) -> None:
    found = optlab.compare("booth", ["gd", "momentum"], budget=40, trials=4, seeds=4)
    assert set(found.ranks()) == {"gd", "momentum"}
    assert set(found.verdicts("eta")) == {"booth"}
    assert "40 gradients for a run" in found.protocol
    found.save_csv(tmp_path / "c.csv")
    found.save_json(tmp_path / "c.json")
    found.save_image(tmp_path / "c.svg", "booth")
    assert (tmp_path / "c.svg").read_text("utf-8").count("<svg") == 1
    with drawing():
        figure = draw_comparison(found.found)
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for axes in figure.axes for text in axes.texts]
    assert min(box.y0 for box in boxes) >= 0  # the protocol to its last word


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budget": 0}, "budget"),
        ({"sampler": "sobol"}, "sampler"),
        ({"measure": "beauty"}, "measure"),
        ({"space": "nu"}, "nu"),
        ({"seeds": 0}, "seeds"),
        ({"run": "nobody"}, "run"),
        ({"target": "low"}, "target"),
        ({"measure": "steps"}, "target says which loss counts as reached"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, object], message: str) -> None:
    lab = optlab.experiment("booth", steps=5).add("gd")
    with pytest.raises((ValueError, TypeError), match=message):
        optlab.tune(lab, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"problems": "hill"}, "hill"),
        ({"optimizers": ["nonsense"]}, "nonsense"),
        ({"optimizers": []}, "optimizers"),
        ({"budget": -1}, "budget"),
    ],
)
def test_wrong_comparisons_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        optlab.compare(**arguments)  # type: ignore[arg-type]
