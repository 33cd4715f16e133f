"""Numbers as other programs read them: pandas, NumPy."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optlab.files.experiment_files import DEFAULT_EXPERIMENT, load_experiment, shipped_experiment
from tests.cli.conftest import Command


def test_pandas_reads_the_numbers_as_they_are(optlab: Command) -> None:
    done = optlab("run", "--optimizer", "adam", "--csv", "a.csv", "--npz", "a.npz", "--quiet")
    assert (done.status, done.out) == (0, "")
    frame = pd.read_csv("a.csv")
    with np.load("a.npz", allow_pickle=False) as archive:
        (run,) = json.loads(str(archive["metadata"]))["runs"]
        assert list(frame.columns) == run["columns"]
        for column in frame.columns:
            from_archive = archive[f"{run['key']}.{column}"]
            empty = frame[column].isna().to_numpy()
            assert empty.sum() in (0, 1)
            np.testing.assert_array_equal(frame[column][~empty], from_archive[~empty])


def test_the_table_has_a_row_for_each_run(optlab: Command) -> None:
    assert optlab("run", "--table", "table.csv", "--target", 0.5).status == 0
    frame = pd.read_csv("table.csv")
    runs = load_experiment(shipped_experiment(DEFAULT_EXPERIMENT)).runs
    assert list(frame["optimizer"]) == [run.optimizer for run in runs]
    arrived = frame[frame["final_loss"] < 0.5]
    assert len(arrived) and arrived["steps_to_target"].notna().all()
    assert all(math.isfinite(length) for length in frame["path_length"])


@pytest.mark.parametrize(
    ("option", "name", "reason"),
    [("--npz", "a.txt", "not known; known are .npz"), ("--table", "none/a.csv", "no folder")],
)
def test_a_wrong_name_is_refused_before_the_run(
    optlab: Command, tmp_path: Path, option: str, name: str, reason: str
) -> None:
    done = optlab("run", option, name)
    assert done.status == 2 and option in done.err and reason in done.err
    assert list(tmp_path.iterdir()) == []
