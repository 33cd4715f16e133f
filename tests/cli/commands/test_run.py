"""``optlab run``: outcomes, several runs, all options together, interruption."""

import json
import math
from pathlib import Path

import msgspec
import pytest

from optlab.core.export import csv_blocks
from optlab.core.run import run
from optlab.files.experiment_files import (
    DEFAULT_EXPERIMENT,
    load_experiment,
    save_experiment,
    shipped_experiment,
)
from optlab.files.run_files import export_csv
from optlab.session import kernel_cache
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve_strictly
from optlab.session.session import Session
from tests.cli.conftest import QUADRATIC, Command, only_run, table

GD = ("--optimizer", "gd", "--steps", 200)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("--loss", "log(w1)", "--start=-1,0"), "left_domain", "left the formula's domain"),
        (("--loss", "1/w1", "--start=0,0"), "left_domain", "left the formula's domain"),
        (("--loss", "log(w1)", "--start=2,0", "--set", "eta=0.3"), "left_domain", "step"),
        (("--problem", "quadratic", "--set", "eta=1"), "diverged", "diverged at step"),
        (("--loss", "exp(w1^2)", "--start=5,0", "--set", "eta=1"), "diverged", "diverged"),
        (("--problem", "quadratic"), "finished", "finished after 200 steps"),
        (("--problem", "quadratic", "--stop-gradient", 50), "converged", "converged after"),
    ],
)
def test_the_outcome_is_said_and_is_no_failure(
    optlab: Command, arguments: tuple[object, ...], kind: str, words: str
) -> None:
    done = optlab("run", *GD, *arguments, "--csv", "a.csv", "--json", "a.json", "--image", "a.png")
    assert (done.status, done.err) == (0, "")
    assert words in done.out and done.out.count("\n") == 1
    summary = only_run(Path("a.json"))
    assert summary["outcome"] == kind and words in str(summary["sentence"])
    assert len(table(Path("a.csv"))["t"]) == int(str(summary["steps"])) + 1
    assert Path("a.png").stat().st_size > 10_000


def test_a_run_takes_exactly_the_steps(optlab: Command) -> None:
    for steps in (0, 1, 7):
        optlab("run", *QUADRATIC, "--optimizer", "gd", "--steps", steps, "--csv", "a.csv")
        assert table(Path("a.csv"))["t"] == list(range(steps + 1))


def test_without_options_it_is_the_default_experiment(optlab: Command) -> None:
    done = optlab("run")
    experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    assert done.status == 0
    assert [line.split()[0] for line in done.out.splitlines()] == [r.name for r in experiment.runs]
    assert optlab("run", DEFAULT_EXPERIMENT).out == done.out
    assert optlab("run", "--quiet").out == ""


def test_several_runs_give_several_files(optlab: Command, tmp_path: Path) -> None:
    optlab("run", "--csv", "out.csv", "--quiet")
    experiment = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT))
    names = sorted(f"out-{run.name.lower()}.csv" for run in experiment.runs)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    specs = resolve_strictly(experiment).specs
    for one in experiment.runs:
        expected = b"".join(csv_blocks(run(specs[one.id])))
        assert (tmp_path / f"out-{one.name.lower()}.csv").read_bytes() == expected


def test_the_window_writes_the_same_bytes(optlab: Command, tmp_path: Path) -> None:
    changes = {"steps": 150, "seed": 3}
    experiment = msgspec.structs.replace(
        load_experiment(shipped_experiment("noise_and_the_learning_rate")), **changes
    )
    save_experiment(experiment, tmp_path / "in.optlab")
    optlab("run", "in.optlab", "--csv", "out.csv", "--quiet")
    session = Session(load_experiment(tmp_path / "in.optlab"))
    session.compute_all()
    folder = tmp_path / "window"
    folder.mkdir()
    written = export_csv(session.document, session.trajectories, folder / "out.csv")
    assert len(written) == len(experiment.runs) > 1
    for path in written:
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_runs_of_one_name_do_not_share_a_file(optlab: Command, tmp_path: Path) -> None:
    runs = tuple(Run(id=str(i), optimizer="gd", name="../§ same") for i in range(3))
    save_experiment(Experiment(surface=Surface(problem="booth"), runs=runs), tmp_path / "in.optlab")
    assert optlab("run", "in.optlab", "--csv", "out.csv").status == 0
    assert len(list(tmp_path.glob("out-*.csv"))) == 3


def test_options_override_every_run_of_a_file(optlab: Command) -> None:
    changes = ("--steps", 5, "--set", "eta=0.01", "--schedule", "step:every=2", "--l2", 0.5)
    assert optlab("run", DEFAULT_EXPERIMENT, *changes, "--json", "a.json").status == 0
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["steps"] == 5 and len(summary["runs"]) == 3
    for one in summary["runs"]:
        assert one["parameters"]["eta"] == 0.01
        assert one["schedule"] == "step:every=2" and one["treatment"] == {"l2": 0.5}


def test_a_setting_reaches_the_runs_that_have_it(optlab: Command) -> None:
    optlab("run", DEFAULT_EXPERIMENT, "--set", "beta1=0.5", "--json", "a.json")
    runs = json.loads(Path("a.json").read_text("utf-8"))["runs"]
    found = [one["parameters"].get("beta1") for one in runs]
    assert 0.5 in found and None in found


def test_an_optimizer_chooses_among_the_runs_of_a_file(optlab: Command) -> None:
    optlab("run", DEFAULT_EXPERIMENT, "--optimizer", "momentum", "--json", "a.json")
    assert only_run(Path("a.json"))["parameters"] == {"eta": 0.0025, "alpha": 0.9}
    optlab("run", DEFAULT_EXPERIMENT, "--optimizer", "gd", "--json", "a.json")
    assert only_run(Path("a.json"))["optimizer"] == "gd"


def test_another_surface_brings_its_own_start(optlab: Command) -> None:
    optlab("run", DEFAULT_EXPERIMENT, "--problem", "quadratic", "--steps", 1, "--json", "a.json")
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert (summary["problem"], summary["start"]) == ("quadratic", [-15.0, 20.0])
    # what the experiment claims is about the surface it was written for
    assert summary["claims"] == [] and summary["title"] == ""


def test_values_may_begin_with_a_minus_sign(optlab: Command) -> None:
    formula = ("--loss", "-w1^2 + w1^4", "--start", "-1,-2")
    assert optlab("run", *formula, *GD, "--json", "a.json").status == 0
    summary = json.loads(Path("a.json").read_text("utf-8"))
    assert summary["formula"] == "-w1^2 + w1^4" and summary["start"] == [-1.0, -2.0]


def test_all_options_together_and_the_same_twice(optlab: Command, tmp_path: Path) -> None:
    def everything(name: str) -> dict[str, bytes]:
        done = optlab(
            *("run", "--loss", "sin(x) + 0.1 x^2 + y^2", "--start=3,-2", "--steps", 60),
            *("--optimizer", "adam", "--set", "eta=0.2", "--set", "epsilon_placement=outside"),
            *("--schedule", "warmup:steps=5+cosine:T_max=55", "--clip-norm", 5, "--clip-value", 3),
            *("--l2", 0.01, "--noise", 0.1, "--noise-relative", 0.05, "--seed", 7),
            *("--stop-gradient", 1e-9, "--csv", f"{name}.csv", "--image", f"{name}.svg"),
            *("--animation", f"{name}.gif", "--json", f"{name}.json"),
        )
        assert (done.status, done.err) == (0, "")
        return {path.suffix: path.read_bytes() for path in tmp_path.glob(f"{name}.*")}

    first = everything("first")
    assert first == everything("second")
    summary = json.loads(first[".json"])
    (one,) = summary["runs"]
    assert set(first) == {".csv", ".svg", ".gif", ".json"} and summary["seed"] == 7
    assert one["schedule"] == "warmup:steps=5+cosine:T_max=55"
    assert one["options"]["epsilon_placement"] == "outside"
    assert set(one["treatment"]) == {"noise_relative", "noise", "l2", "clip_value", "clip_norm"}


def test_the_summary_is_strict_json_and_complete(optlab: Command) -> None:
    optlab("run", "--loss", "log(w1)", "--start=-1,0", *GD, "--json", "a.json")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    summary = json.loads(Path("a.json").read_text("utf-8"), parse_constant=refuse)
    keys = (
        "version title problem formula weights start steps seed stop_gradient runs "
        "own transform differences claims"
    )
    assert list(summary) == keys.split() and summary["problem"] is None
    run_keys = (
        "id name optimizer parameters options schedule treatment segments start outcome "
        "outcome_step sentence steps final_loss final_w initial_loss min_loss distance_to_minimum "
        "path_length loss_increases sign_changes gradient_calls"
    )
    (one,) = summary["runs"]
    assert list(one) == run_keys.split()
    assert (one["final_loss"], one["min_loss"], one["outcome_step"]) == (None, None, 0)


def test_the_last_row_of_the_table_is_the_end_in_the_summary(optlab: Command) -> None:
    optlab("run", "--problem", "booth", *GD, "--csv", "a.csv", "--json", "a.json")
    found, one = table(Path("a.csv")), only_run(Path("a.json"))
    assert [found["w1"][-1], found["w2"][-1]] == one["final_w"]
    assert found["loss"][-1] == one["final_loss"] and min(found["loss"]) == one["min_loss"]
    assert math.isfinite(found["loss"][0])


def test_long_runs_are_compiled_and_give_the_same_numbers(
    optlab: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("run", "--problem", "rosenbrock", "--optimizer", "adam", "--steps", 3000)
    optlab(*arguments, "--csv", "plain.csv")
    monkeypatch.setattr(kernel_cache, "LONG", 1000)
    optlab(*arguments, "--csv", "compiled.csv")
    assert Path("plain.csv").read_bytes() == Path("compiled.csv").read_bytes()


def test_interruption_is_one_line_and_leaves_nothing(
    optlab: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optlab.files.run_files.csv_blocks", interrupted)
    done = optlab("run", "--csv", "out.csv")
    assert (done.status, done.err) == (130, "optlab run: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_said(optlab: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("optlab.api.lab.compute_runs", too_much)
    done = optlab("run")
    assert done.status == 2 and "memory" in done.err and done.err.count("\n") == 1


def test_every_kth_step_is_recorded_aloud(optlab: Command) -> None:
    done = optlab("run", *QUADRATIC, *GD, "--record-every", 60, "--csv", "a.csv")
    assert done.status == 0 and "one of 60 updates, and the last" in done.out
    assert table(Path("a.csv"))["t"] == [0, 60, 120, 180, 200]
    for option, file in (("--image", "a.png"), ("--json", "a.json"), ("--table", "b.csv")):
        done = optlab("run", *QUADRATIC, *GD, "--record-every", 60, option, file)
        assert done.status == 2 and f"{option}: needs every step" in done.err
        assert not Path(file).exists()
    done = optlab("run", *QUADRATIC, *GD, "--record-every", 0)
    assert done.status == 2 and "--record-every: must be from 1" in done.err
