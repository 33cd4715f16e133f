"""The Python interface: experiments built, run, changed, saved; numbers as arrays and tables."""

import dataclasses
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optlab
from optlab.api.run_results import RunResult
from optlab.cli import main
from optlab.core.export import csv_blocks
from optlab.core.rules.data import SETTINGS
from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment


@pytest.fixture
def lab() -> optlab.Lab:
    made = optlab.experiment("booth", start=(-4, 3), steps=60, seed=2)
    return made.add("adam", eta=0.2, name="A").add("gd", eta=0.05, noise=0.1)


def test_importing_costs_nothing_and_needs_nothing() -> None:
    code = """
import sys
before = set(sys.modules)
import optlab
heavy = {"numpy", "msgspec", "matplotlib", "PySide6", "pandas", "numba"} & set(sys.modules)
assert not heavy, heavy
assert len(set(sys.modules) - before) < 10
optlab.experiment("booth").add("gd").run()
assert not {"PySide6", "pandas", "matplotlib"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_module_offers_its_names() -> None:
    assert set(optlab.__all__) <= set(dir(optlab))
    for name in optlab.__all__:
        assert getattr(optlab, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        optlab.nothing  # noqa: B018


def test_the_stub_has_the_same_names() -> None:
    stub = Path(optlab.__file__).with_suffix(".pyi").read_text("utf-8")
    for name in optlab.__all__:
        assert f"{name} as {name}" in stub or f"{name}: " in stub


def test_the_catalogue_lists_what_there_is() -> None:
    for names in (optlab.optimizers(), optlab.problems(), optlab.schedules()):
        assert len(names) > 5
    assert DEFAULT_EXPERIMENT in optlab.experiments()


def test_a_run_gives_the_numbers_of_the_command_line(lab: optlab.Lab, tmp_path: Path) -> None:
    result = lab.run()
    assert list(result) == ["A", "Gradient descent"]
    lab.save(tmp_path / "a.optlab")
    assert optlab.load(tmp_path / "a.optlab") == lab
    assert main(["run", str(tmp_path / "a.optlab"), "--csv", str(tmp_path / "o.csv")]) == 0
    for name, path in zip(result, ("o-a.csv", "o-gradient-descent.csv"), strict=True):
        written = b"".join(csv_blocks(result[name].trajectory))
        assert written == (tmp_path / path).read_bytes()


def test_a_shipped_experiment_is_found_by_name() -> None:
    lab = optlab.load(DEFAULT_EXPERIMENT)
    assert lab.document == load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))


def test_columns_are_arrays(lab: optlab.Lab) -> None:
    run = lab.run()["A"]
    assert run.columns[:7] == ("t", "w1", "w2", "loss", "g1", "g2", "eta")
    assert run.w.shape == (61, 2) and run.loss.shape == (61,)
    np.testing.assert_array_equal(run["w1"], run.w[:, 0])
    np.testing.assert_array_equal(run["dw1"][1:], np.diff(run["w1"]))
    assert np.isnan(run["g1"][0]) and run["m1"][0] == 0.0
    assert run.outcome.kind == "finished" and run.steps == 60
    with pytest.raises(KeyError, match="known are t, w1"):
        run["nothing"]


def test_tables_are_frames(lab: optlab.Lab) -> None:
    result = lab.run()
    frame = result["A"].to_frame()
    assert isinstance(frame, pd.DataFrame) and frame.shape == (61, len(result["A"].columns))
    assert frame["t"].dtype.kind == "i" and frame["loss"].iloc[-1] == result["A"].loss[-1]
    both = result.to_frame()
    assert both.groupby("run").size().to_dict() == {"A": 61, "Gradient descent": 61}
    table = pd.DataFrame(result.table(target=1.0))
    assert list(table["optimizer"]) == ["adam", "gd"] and (table["steps"] == 60).all()


def test_an_update_is_taken_apart(lab: optlab.Lab) -> None:
    run = lab.run()["A"]
    assert "m̂" in run.worksheet(3)
    assert r"\begin{align*}" in run.worksheet(3, latex=True)
    for step in (0, 61):
        with pytest.raises(ValueError, match="from 1 to 60"):
            run.worksheet(step)


def test_everything_can_be_saved(lab: optlab.Lab, tmp_path: Path) -> None:
    result = lab.change(steps=5).run()
    assert len(result.save_csv(tmp_path / "a.csv")) == 2
    result.save_npz(tmp_path / "a.npz")
    result.save_image(tmp_path / "a.svg")
    result.save_animation(tmp_path / "a.gif")
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".npz", ".svg", ".gif"}
    assert result._repr_png_().startswith(b"\x89PNG")
    assert result.figure().axes


def test_a_change_is_a_copy(lab: optlab.Lab) -> None:
    other = lab.change(steps=7, start=(1, 1), title="other")
    assert lab.document.steps == 60
    assert other.run()[0].steps == 7 and other.run()[0].w[0].tolist() == [1.0, 1.0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        lab.document = other.document  # type: ignore[misc]


def test_runs_of_one_rule_get_names_and_colours_of_their_own() -> None:
    lab = optlab.experiment("booth").add("gd").add("gd", eta=0.01).add("gd", name="mine")
    assert len(set(lab.runs)) == 3 and "mine" in lab.runs
    assert len({run.color for run in lab.document.runs}) == 3


def test_settings_reach_the_run(lab: optlab.Lab) -> None:
    made = lab.add(
        "adam", eta=np.float64(0.5), bias_correction=False, clip_norm=3, schedule="cosine",
        start=np.array([1.0, 2.0]),
    )  # fmt: skip
    run: RunResult = made.run()[2]
    assert run.spec.parameters["eta"] == 0.5 and run.spec.options["bias_correction"] is False
    assert run.spec.treatment.clip_norm == 3.0 and run.spec.schedule.text == "cosine"
    assert run.w[0].tolist() == [1.0, 2.0]


def test_a_rule_file_and_a_formula_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "Mine"\nsummary = "s"\nupdate = "w = w - eta*g"\n'
        '[parameters]\neta = { default = 0.1, range = "(0, inf)", help = "h" }\n',
        "utf-8",
    )
    lab = optlab.experiment(loss="w1^2 + 3 w2^2", start=(1, 1), steps=10)
    result = lab.add(str(tmp_path / "mine.toml")).add("gd", eta=0.1).run()
    np.testing.assert_array_equal(result["Mine"].w, result["Gradient descent"].w)


def test_progress_is_told(lab: optlab.Lab) -> None:
    seen: list[tuple[int, int]] = []
    lab.run(progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (120, 120)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: optlab.experiment("no_such"), "unknown problem 'no_such'"),
        (lambda: optlab.experiment(), "exactly one"),
        (lambda: optlab.experiment("booth", loss="w1"), "exactly one"),
        (lambda: optlab.experiment(loss="w1 +"), "column"),
        (lambda: optlab.experiment("booth", start=(1, 2, 3)), "start: needs 2 numbers"),
        (lambda: optlab.experiment("booth", steps="many"), "steps"),
        (lambda: optlab.experiment("booth", steps=-1).add("gd"), "steps must be"),
        (lambda: optlab.experiment("booth", window=((1, 0), (0, 1))), "window"),
        (lambda: optlab.experiment("booth").add("no_such"), "unknown optimizer"),
        (lambda: optlab.experiment("booth").add("gd", etta=1), "etta is not a setting of gd"),
        (lambda: optlab.experiment("booth").add("gd", eta=-1), "eta must be"),
        (lambda: optlab.experiment("booth").add("gd", eta="fast"), "eta must be a number"),
        (lambda: optlab.experiment("booth").add("gd", clip_norm=-1), "clip_norm"),
        (lambda: optlab.experiment("booth").add("gd", schedule="no"), "schedule"),
        (lambda: optlab.experiment("booth").change(runs=()), "runs cannot be changed"),
        (lambda: optlab.load("no_such_experiment"), "no shipped experiment"),
    ],
)
def test_wrong_input_is_one_sentence(call, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_rule_is_checked_by_name_path_or_text(tmp_path: Path) -> None:
    assert all(check.passed for check in optlab.check_rule("momentum"))
    text = (
        'name = "Mine"\nsummary = "s"\nupdate = "w = w - eta*g"\n'
        "[parameters]\neta = { default = 0.5 }\n"
        '[[tests]]\nformula = "w1^2 + w2^2"\nstart = [1.0, 1.0]\nstep = 1\nweights = [0.0, 1.0]\n'
    )
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    for given in (text, str(tmp_path / "mine.toml"), tmp_path / "mine.toml"):
        (check,) = optlab.check_rule(given)
        assert not check.passed and check.weights == (0.0, 0.0) and check.error == 1.0


def test_an_experiment_takes_texts_by_name() -> None:
    text = (
        'name = "Mine"\nsummary = "s"\nupdate = "w = w - eta*g"\n[parameters]\neta.default = 0.1\n'
    )
    lab = optlab.experiment("booth", rules={"mine": text}, steps=5).add("mine").add("gd", eta=0.1)
    np.testing.assert_array_equal(lab.run()["Mine"].w, lab.run()["Gradient descent"].w)
    with pytest.raises(ValueError, match=r"Mine: rule 'mine': .*no equation"):
        lab.change(rules={"mine": text.replace("w = w - eta*g", "")})
    with pytest.raises(ValueError, match="regex"):
        lab.change(rules={"not a name": text})


def test_no_rule_can_take_the_name_of_an_argument() -> None:
    """A parameter called as an argument of ``add`` could not be given to it."""
    arguments = {
        name
        for name, argument in inspect.signature(optlab.Lab.add).parameters.items()
        if argument.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert arguments <= SETTINGS


def test_a_view_is_kept_with_the_experiment(tmp_path: Path) -> None:
    lab = optlab.experiment("booth", steps=3).add("adam")
    seen = lab.show(color_map="viridis", levels=9, camera={"azimuth": 10}, panes=("loss", "eta"))
    view = seen.document.shown
    assert (view.color_map, view.levels, view.camera.azimuth) == ("viridis", 9, 10.0)
    assert lab.document.view is None and seen.show(levels=20).document.shown.color_map == "viridis"
    seen.save(tmp_path / "seen.optlab")
    assert optlab.load(tmp_path / "seen.optlab") == seen
    with pytest.raises(ValueError, match="color_map cannot be 'jet': invalid enum value"):
        lab.show(color_map="jet")
    with pytest.raises(ValueError, match="colour is not part of the view"):
        lab.show(colour="viridis")


def test_seeds_are_single_runs_and_their_quartiles(tmp_path: Path) -> None:
    lab = optlab.experiment(loss="mean((w1*x - y)^2)", data="line:n=20", batch=4, steps=6, seed=2)
    lab = lab.add("adam")
    found = lab.run_seeds(3)
    assert found.seeds == (2, 3, 4)
    each = [lab.change(seed=seed).run()[0] for seed in found.seeds]
    for result, single in zip(found.results, each, strict=True):
        assert np.array_equal(result[0]["w1"], single["w1"])
    losses = np.array([single["loss"] for single in each])
    assert np.array_equal(found.quartiles("Adam", "loss")[1], np.median(losses, axis=0))
    found.save_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().startswith("t,epoch_q1,epoch_median,epoch_q3,w1_q1,")
