"""Runs of which not every update is recorded: the rows that are kept are the same to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optlab.core.data import load_table
from optlab.core.export import csv_blocks, csv_header
from optlab.core.parameters import SettingError
from optlab.core.problems import data_problem, load_problem
from optlab.core.rules import load_rule
from optlab.core.run import RunSpec, Segment, columns_of_run, fitting, loop, run
from optlab.core.run.sampling import Sampling
from optlab.session.experiment import Experiment, Run, Surface
from optlab.session.resolve import resolve, resolve_strictly

TABLE = load_table("moons:n=40,seed=1")
LOGISTIC = data_problem("mean(log(1 + exp(-(2*y - 1)*(w1 + w2*x1 + w3*x2))))", TABLE)
STALE = Sampling(batch=7, delay="uniform:5")
SURFACE = load_problem("himmelblau")
SPECS = {
    "scalars": RunSpec(SURFACE, load_rule("adam"), steps=103),
    "diverging": RunSpec(SURFACE, load_rule("gd"), {"eta": 0.2}, steps=100),
    "converging": RunSpec(SURFACE, load_rule("gd"), {"eta": 0.01}, steps=300, stop_gradient=0.1),
    "stepper": RunSpec(SURFACE, load_rule("lbfgs"), steps=20),
    "switched": RunSpec(
        SURFACE, load_rule("adam"), steps=60, then=(Segment(25, load_rule("momentum")),)
    ),
    "all rows": RunSpec(LOGISTIC, load_rule("adam"), steps=30),
    "stale": RunSpec(LOGISTIC, load_rule("adam"), steps=53, sampling=STALE),
}


@pytest.mark.parametrize("name", SPECS)
def test_rows_are_those_of_a_run_that_records_all(name: str) -> None:
    spec = SPECS[name]
    whole = run(spec)
    assert np.array_equal(whole.counts, np.arange(whole.rows)) and whole.record_every == 1
    for every in (2, 7, 50, 1000):
        path = run(replace(spec, record_every=every))
        kept = {*range(0, whole.steps + 1, every), whole.steps}
        assert path.counts.tolist() == sorted(kept) and path.steps == whole.steps
        assert np.array_equal(path.data, whole.data[path.counts], equal_nan=True)
        assert path.outcome.kind == whole.outcome.kind
        assert path.outcome.step == whole.outcome.step
        low, high = 0, path.rows
        left_out = {
            (path.counts[a], q) for a, _, names in path.unrecorded(low, high) for q in names
        }
        assert (name == "switched") == bool(left_out)


def test_rows_of_files_say_which_update_they_are_of() -> None:
    path = run(replace(SPECS["scalars"], record_every=50))
    header = csv_header(path)
    assert header == ("t", *path.names) and path.update_names == ()
    lines = b"".join(csv_blocks(path)).decode().splitlines()
    assert lines[0] == ",".join(header)
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "50", "100", "103"]
    assert path["t"].tolist() == [0, 50, 100, 103]
    with pytest.raises(KeyError):
        path["dw1"]


def test_a_run_that_is_too_long_records_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SPECS["scalars"]
    width = columns_of_run(spec).count
    monkeypatch.setattr(loop, "MOST_NUMBERS", 21 * width)
    with pytest.raises(SettingError, match=r"at most 20 for 2 weights.* keeps every 6th"):
        columns_of_run(spec)
    path = run(fitting(spec))
    assert path.record_every == 6 and path.data.nbytes <= 8 * 21 * width
    assert fitting(replace(spec, steps=20)).record_every == 1
    document = Experiment(
        surface=Surface(problem="himmelblau"), runs=(Run("1", "adam"),), steps=103
    )
    assert "at most 20" in resolve(document).errors["1"]
    resolved = resolve_strictly(document)
    assert resolved.specs["1"].record_every == 6
    assert resolved.recorded_every(10)["1"].record_every == 10


def test_a_stride_is_a_whole_number_from_one() -> None:
    with pytest.raises(SettingError, match="record_every"):
        replace(SPECS["scalars"], record_every=0)
