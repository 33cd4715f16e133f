"""The columns of a trajectory, and trajectories without a rule."""

from __future__ import annotations

import numpy as np
import pytest

from optlab.core.run import Outcome, recorded_trajectory
from optlab.core.run.columns import ColumnGroup, Columns, scalar

COLUMNS = Columns([ColumnGroup("w", 2, ("a", "b")), scalar("loss"), ColumnGroup("m", 3)])


def test_quantities_stand_side_by_side() -> None:
    assert COLUMNS.names == ("a", "b", "loss", "m1", "m2", "m3")
    assert dict(COLUMNS) == {"w": ("a", "b"), "loss": ("loss",), "m": ("m1", "m2", "m3")}
    assert COLUMNS.place("m") == slice(3, 6) and COLUMNS.count == 6
    assert [COLUMNS.index(name) for name in COLUMNS.names] == list(range(6))
    assert COLUMNS.is_scalar("loss") and not COLUMNS.is_scalar("m")


@pytest.mark.parametrize("name", ["m0", "m4", "m01", "w1", "c", "m", "loss1", ""])
def test_what_is_not_recorded_has_no_place(name: str) -> None:
    with pytest.raises(KeyError):
        COLUMNS.index(name)


def test_a_hundred_thousand_columns_are_not_written_down() -> None:
    many = Columns([ColumnGroup("w", 100_000), scalar("loss"), ColumnGroup("m", 100_000)])
    assert many.index("m99999") == 199_999
    assert not many._titles and "names" not in vars(many)


def test_columns_of_two_rules_are_put_together() -> None:
    other = Columns([ColumnGroup("w", 2, ("a", "b")), scalar("rate"), ColumnGroup("m", 3)])
    assert COLUMNS.union(other).names == ("a", "b", "loss", "m1", "m2", "m3", "rate")
    with pytest.raises(ValueError, match="'m' has 3 columns and 2"):
        COLUMNS.union(Columns([ColumnGroup("m", 2)]))


def test_recorded_numbers_are_a_trajectory() -> None:
    path = recorded_trajectory(
        {"w": [[1.0, 2.0], [0.5, 1.0]], "loss": [5.0, 1.25], "m": [[0.0, 0.0], [1.0, 3.0]]},
        state=("m",),
    )
    assert path.steps == 1 and path.dimension == 2 and path.spans == ()
    assert path.outcome == Outcome("finished", 1)
    assert path["m2"].tolist() == [0.0, 3.0] and path["dw2"][1] == -1.0
    assert "m3" not in path and "dw3" not in path
    with pytest.raises(ValueError, match="read-only"):
        path.data[0, 0] = 3.0


def test_recordings_without_what_is_needed_are_refused() -> None:
    with pytest.raises(ValueError, match="'loss' is missing"):
        recorded_trajectory({"w": [[1.0]]})
    with pytest.raises(ValueError, match="at least one row"):
        recorded_trajectory({"w": np.empty((0, 2)), "loss": []})
    with pytest.raises(ValueError, match="'w' needs 2 rows"):
        recorded_trajectory({"w": [[1.0, 2.0]], "loss": [1.0, 2.0]})


def test_a_recording_that_ends_in_no_number_has_diverged() -> None:
    assert recorded_trajectory({"w": [1.0, 2.0], "loss": [1.0, np.nan]}).outcome.kind == "diverged"
