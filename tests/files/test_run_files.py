"""Exports of a whole experiment: names, progress over all files, stopping."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import optlab
from optlab.core.export import ExportCancelledError
from optlab.files.run_files import export_csv, export_npz, export_rows, run_keys, run_paths
from optlab.files.temp_files import FileProblemError
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.jobs import JobControl
from optlab.session.session import Session


class Watched(JobControl):
    """Keeps what it was told; stops after some reports."""

    def __init__(self, stop_after: int = 10**9) -> None:
        super().__init__()
        self.seen: list[float] = []
        self._stop_after = stop_after

    def progress(self, done: int, total: int) -> None:
        super().progress(done, total)
        self.seen.append(self.fraction)
        if len(self.seen) >= self._stop_after:
            self.cancel()


@pytest.fixture
def session() -> Session:
    runs = tuple(Run(id=str(i), optimizer="adam", name="same") for i in range(3))
    made = Session(Experiment(surface=Surface(problem="booth"), runs=runs, steps=30))
    made.compute_all()
    return made


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Adam", "adam"),
        ("β₂ = 0.9", "beta2-0.9"),
        ("Müller & Söhne", "muller-sohne"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", "run"),
        ("", "gd"),
        ("x" * 500, "x" * 60),
        ("...", "run"),
    ],
)
def test_a_run_has_a_plain_key(name: str, key: str) -> None:
    assert run_keys(Experiment(runs=(Run(id="a", optimizer="gd", name=name),))) == {"a": key}


def test_every_run_has_a_file_of_its_own(session: Session) -> None:
    keys = list(run_keys(session.document).values())
    assert keys == ["same", "same-2", "same-3"]
    names = [path.name for path in run_paths(session.document, Path("a/out.csv")).values()]
    assert names == [f"out-{key}.csv" for key in keys]


def test_progress_runs_over_all_files_to_the_end(session: Session, tmp_path: Path) -> None:
    for export, name in ((export_csv, "a.csv"), (export_npz, "a.npz")):
        control = Watched()
        export(session.document, session.trajectories, tmp_path / name, control)
        assert control.seen == sorted(control.seen) and control.seen[-1] == 1.0
        assert len(control.seen) >= 3


def test_stopping_leaves_no_file_half_written(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ExportCancelledError):
        control = Watched(stop_after=1)
        export_csv(session.document, session.trajectories, tmp_path / "a.csv", control)
    assert [path.name for path in tmp_path.iterdir()] == ["a-same.csv"]
    with pytest.raises(ExportCancelledError):
        control = Watched(stop_after=5)
        export_npz(session.document, session.trajectories, tmp_path / "a.npz", control)
    assert not (tmp_path / "a.npz").exists()


def test_the_archive_says_what_it_holds(session: Session, tmp_path: Path) -> None:
    export_npz(session.document, session.trajectories, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        metadata = json.loads(str(archive["metadata"]))
        assert metadata["experiment"]["surface"] == {"problem": "booth"}
        for run in metadata["runs"]:
            walk = session.trajectories[run["id"]]
            assert run["outcome"] == walk.outcome.kind
            for column in run["columns"]:
                np.testing.assert_array_equal(archive[f"{run['key']}.{column}"], walk[column])


def test_a_folder_is_no_file_for_numbers(tmp_path: Path) -> None:
    result = optlab.load("three_ways_down").change(steps=3).run()
    with pytest.raises(FileProblemError, match="is a folder; give the name of a file"):
        result.save_csv(tmp_path)
    assert not any(tmp_path.iterdir())


def test_one_table_has_all_runs_with_their_settings(tmp_path: Path) -> None:
    study = optlab.load("three_ways_down").change(steps=4).run().study
    export_rows(study, tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert [row["t"] for row in rows] == [*"01234"] * 3
    assert [rows[i]["run"] for i in (0, 5, 10)] == ["Adam", "Momentum", "RMSProp"]
    assert {row["set.eta"] for row in rows} == {"0.12", "0.0025", "0.05"}
    for index, run in enumerate(study.runs):
        losses = [float(row["loss"]) for row in rows[5 * index : 5 * index + 5]]
        assert losses == run.trajectory.loss.tolist()
    assert rows[5]["schedule"] == "constant" and rows[5]["set.beta1"] == ""
    assert rows[6]["s1"] == "" and rows[1]["s1"] != ""
    chosen = tmp_path / "b.csv"
    export_rows(study, chosen, chosen=("loss",))
    assert chosen.read_text().splitlines()[0].endswith(",t,loss")
