"""Maps in the Python interface: arrays, tables, pictures, and the command line's files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import optlab
from optlab.cli import main
from optlab.core.run import run


@pytest.fixture(scope="module")
def lab() -> optlab.Lab:
    made = optlab.experiment("himmelblau", steps=60)
    return made.add("adam", eta=0.1, name="A").add("gd", eta=0.01, schedule="cosine")


@pytest.fixture(scope="module")
def basins(lab: optlab.Lab) -> optlab.MapResult:
    return lab.basin_map(resolution=20, tolerance=0.1)


@pytest.fixture(scope="module")
def sweep(lab: optlab.Lab) -> optlab.MapResult:
    return lab.sweep("A", x=("eta", 1e-3, 1, "log"), y="w1", resolution=16, target=1.0)


def test_every_start_is_a_cell(lab: optlab.Lab, basins: optlab.MapResult) -> None:
    assert basins.x.shape == basins.y.shape == (20,) and basins["loss"].shape == (20, 20)
    assert (basins.x_axis.name, basins.y_axis.low) == ("w1", -5.0)
    assert basins["w"].shape == (20, 20, 2) and basins["attractors"].shape[1] == 2
    assert len(basins.places) >= 4 and basins.places[0].known
    assert set(np.unique(basins.outcome)) <= {"finished", "converged", "diverged", "left_domain"}
    spec = basins.spec(3, 17)
    assert spec.start == (basins.x[17], basins.y[3])
    walk = run(spec)
    np.testing.assert_array_equal(basins["w"][3, 17], walk.final_weights)
    assert basins["steps"][3, 17] == walk.steps
    assert walk.outcome.kind == basins.outcome[3, 17]
    assert "known minimum" in repr(basins)


def test_every_pair_of_settings_is_a_cell(lab: optlab.Lab, sweep: optlab.MapResult) -> None:
    np.testing.assert_array_equal(sweep.x, np.geomspace(1e-3, 1, 16))
    np.testing.assert_array_equal(sweep.y, np.linspace(-5, 5, 16))
    alone = lab.change(start=(sweep.y[2], lab.resolved.start[1]))
    alone = optlab.experiment("himmelblau", steps=60, start=alone.document.start)
    walk = alone.add("adam", eta=sweep.x[9]).run()[0]
    assert sweep["loss"][2, 9] == walk.loss[-1]
    hits = np.flatnonzero(walk.loss <= 1.0)
    assert sweep["steps_to_target"][2, 9] == (hits[0] if hits.size else np.inf)
    assert sweep["path_length"][2, 9] > 0 and sweep.places == ()
    assert "lowest loss" in repr(sweep) and sweep.summary["target"] == 1.0


def test_tables(basins: optlab.MapResult, sweep: optlab.MapResult, tmp_path: Path) -> None:
    for result, name in ((basins, "b.csv"), (sweep, "s.csv")):
        heard: list[int] = []
        result.save_csv(tmp_path / name, lambda done, total, told=heard: told.append(total - done))
        frame, table = pd.read_csv(tmp_path / name), result.to_frame()
        assert list(frame) == list(table) == list(result.to_dict())
        np.testing.assert_array_equal(frame["loss"], table["loss"])
        assert heard[-1] == 0


def test_the_command_line_writes_the_same_files(
    lab: optlab.Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lab.save("lab.optlab")
    kinds = ("csv", "npz", "json", "png")
    files = [part for kind in kinds for part in (f"--{_OPTION.get(kind, kind)}", f"cli.{kind}")]
    sides = ("--x", "eta=0.01:1:log", "--y", "beta1", "--measure", "steps")
    size = ("--resolution", "16", "--quiet")
    assert main(["map", "sweep", "lab.optlab", *sides, *size, *files]) == 0
    result = lab.sweep(x=("eta", 0.01, 1, "log"), y="beta1", measure="steps", resolution=16)
    for kind in kinds:
        result.save(f"api.{kind}")
        assert Path(f"api.{kind}").read_bytes() == Path(f"cli.{kind}").read_bytes(), kind


_OPTION = {"png": "image"}


def test_a_picture_of_each_measure(sweep: optlab.MapResult, tmp_path: Path) -> None:
    assert sweep._repr_png_().startswith(b"\x89PNG")
    pictures = set()
    for measure in ("loss", "steps", "outcome", "length"):
        assert sweep.figure(measure).axes
        sweep.save_image(tmp_path / "a.svg", measure)
        pictures.add((tmp_path / "a.svg").read_bytes())
    assert len(pictures) == 4
    with pytest.raises(ValueError, match="measure: must be one of loss, steps"):
        sweep.figure("speed")
    with pytest.raises(ValueError, match="gif"):
        sweep.save(tmp_path / "a.gif")


def test_progress_is_heard(lab: optlab.Lab) -> None:
    heard: list[tuple[int, int]] = []
    lab.basin_map(1, resolution=16, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (256, 256)


def test_what_is_not_there(lab: optlab.Lab, sweep: optlab.MapResult) -> None:
    for wrong, message in (
        (lambda: lab.basin_map("nobody"), "run: there is no run 'nobody'; known are A"),
        (lambda: lab.basin_map(7), "run: there are 2 runs"),
        (lambda: lab.basin_map(resolution=4), "resolution: must be from 16 to 1024"),
        (lambda: lab.basin_map(tolerance=-1), "tolerance: must be at least 0"),
        (lambda: lab.sweep(x="speed"), "x: 'speed' cannot be varied here"),
        (lambda: lab.sweep(x=("eta", 0.1)), r"x: must be a name, \(name, low, high\)"),
        (lambda: lab.sweep(y=("eta", 0, 1, "log")), "y: eta: a logarithmic axis begins above 0"),
        (lambda: lab.sweep(x="eta", y="eta"), "y: eta is on both axes"),
        (lambda: lab.sweep(measure="speed"), "measure: must be one of"),
        (lambda: optlab.experiment("booth").basin_map(), "run: the experiment has no runs"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong()
    with pytest.raises(KeyError, match="known are x, y, outcome"):
        sweep["nothing"]
    with pytest.raises(IndexError, match="16 rows"):
        sweep.spec(16, 0)
