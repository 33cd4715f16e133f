"""Whatever stands for an argument: it is taken, or refused in one sentence by a ValueError.

The table below names every function of the API with arguments that are right; one after the other
is replaced by each of the values that are wrong somewhere.
"""

import inspect
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optlab
from optlab import Lab, MapResult, Result, RunResult, SeedResult

JUNK: tuple[object, ...] = (
    None, True, 0, -1, 3, 1.5, -0.5, float("nan"), float("inf"), 10**400, 1j, "", "x", "a\0b",
    "\ud800", "x" * 300, b"x", (), (1,), (1, 2), (1, 2, 3), ("eta", 1), ("eta", "a", "b"), [[]],
    {}, {1: 2}, {"a": "b"}, object(), int, np.array([1, 2]), np.array(1j), np.nan, np.int64(-3),
    np.float32("inf"), np.bool_(True), np.array(["a"]), Decimal("NaN"), {1, 2}, Path("no/such"),
)  # fmt: skip
RIGHT: dict[Callable[..., Any], dict[str, object]] = {
    optlab.experiment: {
        "problem": "booth", "loss": "", "objective": None, "weights": (),
        "start": (1, 2), "steps": 4, "seed": 1,
        "stop_gradient": 0.1, "window": ((-1, 1), (-1, 1)), "title": "t", "story": "s",
        "rules": {}, "surfaces": {}, "schedules": {}, "data": "", "test": 0.2, "split_seed": 1,
        "standardize": False, "epochs": None, "batch": None, "shuffle": True, "workers": 1,
        "mode": "synchronous", "delay": 1, "share": 0.5, "loss_every": 2,
        "network": "", "activation": "tanh", "train_loss": "", "init": "xavier",
    },
    optlab.code: {
        "rule": "adam", "target": "latex", "schedule": "constant", "preset": "", "steps": 10,
        "eta": 0.1,
    },
    optlab.load: {"name": "three_ways_down"},
    Lab.add: {
        "optimizer": "adam", "name": "n", "schedule": "constant", "start": (1, 2), "preset": "",
        "eta": 0.1, "bias_correction": True, "noise": 0.1,
    },
    Lab.then: {
        "after": 2, "optimizer": "gd", "schedule": "constant", "preset": "", "keep_memory": True,
        "eta": 0.1,
    },
    Lab.add_sweep: {"optimizer": "adam", "parameter": "eta", "values": (0.1, 1.0)},
    Lab.branch: {"run": 0, "after": 5, "eta": 0.1},
    Lab.code: {"run": 0, "target": "latex", "leg": 0},
    Lab.stability_map: {
        "run": 0, "x": ("eta_lambda", 0, 4), "y": ("beta1", 0.1, 0.9), "resolution": 16,
    },
    Lab.add_recording: {"path": str(Path(__file__).with_name("recorded.csv")), "name": "r"},
    Lab.show: {
        "color_map": "viridis", "levels": 9, "scale": "linear", "lines": False, "panes": ("loss",),
        "camera": {"azimuth": 20, "elevation": 40}, "height": "log", "exaggeration": 2,
    },
    Lab.change: {
        "start": (1, 2), "steps": 4, "seed": 1, "stop_gradient": 0.1, "title": "t", "story": "s",
        "rules": {}, "surfaces": {}, "schedules": {},
    },
    Lab.run: {"progress": None, "record_every": 3},
    Lab.run_seeds: {"seeds": 2, "progress": None},
    SeedResult.quartiles: {"run": 0, "column": "loss"},
    SeedResult.save_csv: {"path": "a.csv"},
    Lab.basin_map: {
        "run": 0, "resolution": 16, "tolerance": 0.1, "progress": None, "cluster": None,
    },
    Lab.sweep: {
        "run": 0, "x": "eta", "y": ("beta1", 0.1, 0.9), "resolution": 16, "measure": "loss",
        "target": 1.0, "progress": None, "cluster": None,
    },
    Lab.save: {"path": "a.optlab"},
    Result.__getitem__: {"name": 0},
    Result.table: {"target": 1.0},
    Result.save_csv: {"path": "a.csv"},
    Result.save_npz: {"path": "a.npz"},
    Result.save_report: {"path": "a.html"},
    Result.save_lecture: {"path": "a.html"},
    Result.figure: {
        "view": "loss", "size": "column", "of": "", "step": 1, "panes": ("loss",),
        "arrows": (1, 2), "style": "dark", "title": False, "runs": True, "span": (0, 2),
    },
    Result.save_image: {
        "path": "a.png", "view": "loss", "size": "column", "dpi": 20, "of": 0, "step": 1,
        "panes": ("loss",), "outlines": False,
    },
    Result.save_animation: {
        "path": "a.gif", "view": "loss", "size": "column", "width": 160, "rate": 10, "stride": 2,
        "hold": 0.0, "style": "dark", "title": False, "runs": True, "panes": ("loss",),
        "span": (0, 2),
    },
    RunResult.__getitem__: {"column": "m1"},
    RunResult.worksheet: {"step": 1, "weight": "w1", "latex": False, "full": False},
    MapResult.__getitem__: {"name": "loss"},
    MapResult.spec: {"row": 1, "column": 2},
    MapResult.figure: {"measure": "loss", "size": "column"},
    MapResult.save: {"path": "a.csv", "progress": None},
    MapResult.save_csv: {"path": "a.csv", "progress": None},
    MapResult.save_npz: {"path": "a.npz"},
    MapResult.save_json: {"path": "a.json"},
    MapResult.save_image: {"path": "a.png", "measure": "loss", "dpi": 20, "size": "column"},
}  # fmt: skip
WITHOUT_ARGUMENTS = {"to_frame", "to_dict"}
MAPPING = {"get", "items", "keys", "values"}


@pytest.fixture(scope="module")
def things() -> dict[str, object]:
    """What the methods are called on, by the name of its class."""
    lab = optlab.experiment("booth", steps=3).add("adam").add("gd")
    result = lab.run()
    sweep = lab.sweep(x="eta", y="beta1", resolution=16)
    return {"Lab": lab, "Result": result, "RunResult": result[0], "MapResult": sweep,
            "SeedResult": lab.run_seeds(2)}  # fmt: skip


def called(function: Callable[..., Any], things: dict[str, object], **given: object) -> object:
    owner, _, _ = function.__qualname__.rpartition(".")
    if not owner:
        return function(**given)
    return function(things[owner], **given)


@pytest.mark.parametrize(
    ("function", "name"),
    [(function, name) for function, right in RIGHT.items() for name in right],
    ids=lambda one: one if isinstance(one, str) else one.__qualname__,
)
def test_a_wrong_argument_is_one_sentence(
    function: Callable[..., Any],
    name: str,
    things: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = 0
    for junk in JUNK:
        if name == "progress" and callable(junk):
            continue  # what a function does with its arguments is its own affair
        try:
            called(function, things, **RIGHT[function] | {name: junk})
        except ValueError as error:
            text = str(error)
            assert text.strip() and "\n" not in text and len(text) < 1500, repr(junk)
            assert not isinstance(error, UnicodeError), repr(junk)
            refused += 1
    # Whatever Python takes for true or false is a choice; every other argument can be wrong.
    assert refused or name in ("latex", "full")


@pytest.mark.parametrize("function", RIGHT, ids=lambda one: one.__qualname__)
def test_what_is_right_is_taken(
    function: Callable[..., Any],
    things: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    called(function, things, **RIGHT[function])


def test_the_table_is_complete() -> None:
    for kind in (Lab, Result, RunResult, SeedResult, MapResult):
        for name, member in inspect.getmembers(kind, inspect.isfunction):
            if name.startswith("_") or name in WITHOUT_ARGUMENTS | MAPPING:
                continue
            wanted = {
                key
                for key, parameter in inspect.signature(member).parameters.items()
                if key != "self" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
            }
            assert wanted <= set(RIGHT[member]), member.__qualname__
    for function in (optlab.experiment, optlab.load):
        assert set(inspect.signature(function).parameters) == set(RIGHT[function])


@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.int64])
def test_integers_of_numpy_are_integers(kind: type[np.integer[Any]], tmp_path: Path) -> None:
    lab = optlab.experiment("booth", start=np.array([1, 2]), steps=kind(5), seed=kind(3))
    lab = lab.add("adam", eta=kind(1), bias_correction=np.bool_(False)).change(steps=kind(4))
    assert type(lab.document.steps) is int and type(lab.document.seed) is int
    lab.save(tmp_path / "a.optlab")
    assert optlab.load(tmp_path / "a.optlab") == lab
    result = lab.run()
    assert result[kind(0)].steps == 4 and result[0].worksheet(kind(2))
    assert lab.basin_map(kind(0), resolution=kind(16)).spec(kind(1), kind(2)).steps == 4
    result.save_image(tmp_path / "a.png", "loss", "column", dpi=kind(20))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, Decimal])
def test_floats_of_any_library_are_numbers(kind: Callable[[str], Any]) -> None:
    half = kind("0.5")
    lab = optlab.experiment("booth", start=[half, half], steps=3, stop_gradient=half)
    lab = lab.add("adam", eta=half, noise=half)
    (run,) = lab.document.runs
    assert run.parameters == {"eta": 0.5} and type(run.parameters["eta"]) is float
    assert lab.document.start == (0.5, 0.5) and lab.document.stop_gradient == 0.5
    sweep = lab.sweep(x=("eta", half, kind("0.75")), resolution=16, target=half)
    assert (sweep.x_axis.low, sweep.x_axis.high) == (0.5, 0.75)


def test_wrong_types_are_type_errors_too() -> None:
    for wrong in (
        lambda: optlab.experiment("booth", steps="9"),
        lambda: optlab.experiment("booth", start=5),  # type: ignore[arg-type]
        lambda: optlab.experiment("booth", title=3),
        lambda: optlab.experiment("booth").add("adam", eta=[1]),
        lambda: optlab.load(5),
    ):
        with pytest.raises(TypeError) as caught:
            wrong()  # type: ignore[no-untyped-call]
        assert isinstance(caught.value, ValueError)


def test_steps_below_zero_are_refused_before_there_is_a_run() -> None:
    with pytest.raises(ValueError, match="steps must be from 0 to 10000000, not -1"):
        optlab.experiment("booth", steps=-1)
    with pytest.raises(ValueError, match="stop_gradient must be at least 0"):
        optlab.experiment("booth", stop_gradient=-1)
    with pytest.raises(ValueError, match="seed must be"):
        optlab.experiment("booth").change(seed=-1)
