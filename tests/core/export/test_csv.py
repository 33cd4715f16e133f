"""The CSV file reads back to the very bits that were computed."""

import csv
import io
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.core.export import ExportCancelledError, csv_blocks, csv_header
from optlab.core.export.csv import BLOCK
from optlab.core.problems import load_problem
from optlab.core.rules import load_rule, rule_names
from optlab.core.run import Outcome, RunSpec, Trajectory, recorded_trajectory, run


def rows_of(trajectory: Trajectory) -> list[list[str]]:
    text = b"".join(csv_blocks(trajectory)).decode("utf-8")
    assert text.endswith("\n") and "\r" not in text
    return list(csv.reader(io.StringIO(text)))


def made_of(values: list[float]) -> Trajectory:
    column = np.array([0.0, *values])
    weights = np.column_stack((column, column))
    outcome = Outcome("finished", len(values))
    return recorded_trajectory({"w": weights, "loss": column}, outcome=outcome)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@pytest.mark.parametrize("name", rule_names())
def test_every_rule_reads_back_to_the_bit(name: str) -> None:
    trajectory = run(RunSpec(load_problem("quadratic"), load_rule(name), steps=30))
    header, *rows = rows_of(trajectory)
    assert header == ["t", *trajectory.names, "dw1", "dw2"] == list(csv_header(trajectory))
    assert header[:7] == ["t", "w1", "w2", "loss", "g1", "g2", "eta"]
    assert [row[0] for row in rows] == [str(t) for t in range(31)]
    for name_, cells in zip(header[1:], list(zip(*rows, strict=True))[1:], strict=True):
        expected = trajectory[name_]
        assert [bits(float(c)) for c in cells[1:]] == [bits(v) for v in expected[1:]], name_


def test_row_zero_has_start_loss_and_memory_and_nothing_else() -> None:
    trajectory = run(RunSpec(load_problem("quadratic"), load_rule("adam"), steps=1))
    header, first, *_ = rows_of(trajectory)
    row = dict(zip(header, first, strict=True))
    filled = {name: cell for name, cell in row.items() if cell}
    assert filled == {
        "t": "0", "w1": "-15.0", "w2": "20.0", "loss": "4675.0",
        "m1": "0.0", "m2": "0.0", "s1": "0.0", "s2": "0.0",
    }  # fmt: skip


def test_no_steps_give_one_row() -> None:
    spec = RunSpec(load_problem("quadratic"), load_rule("gd"), steps=0)
    assert len(rows_of(run(spec))) == 2


def test_numbers_that_are_none_have_words() -> None:
    rows = rows_of(made_of([math.nan, math.inf, -math.inf]))
    assert [row[1] for row in rows[2:]] == ["nan", "inf", "-inf"]


def test_a_start_outside_the_domain_says_so_in_row_zero() -> None:
    rows = rows_of(made_of([]))
    assert rows[1] == ["0", "0.0", "0.0", "0.0", "", ""]


@given(st.lists(st.floats(), min_size=1, max_size=40))
def test_numbers_are_written_as_python_writes_them(values: list[float]) -> None:
    rows = rows_of(made_of(values))
    assert [row[1] for row in rows[2:]] == [repr(value) for value in values]


def test_numbers_of_every_size_are_written_as_python_writes_them() -> None:
    random = np.random.default_rng(7)
    exponents = random.uniform(-30, 30, 60_000)
    values = [*(random.standard_normal(60_000) * 10.0**exponents).tolist(), 1e-4, 1e15, 1e16, 1e22]
    rows = rows_of(made_of(values))
    assert [row[1] for row in rows[2:]] == [repr(value) for value in values]


def test_long_files_come_in_blocks_and_report_progress() -> None:
    seen: list[tuple[int, int]] = []
    blocks = list(
        csv_blocks(made_of([1.0] * (2 * BLOCK + 5)), progress=lambda *at: seen.append(at))
    )
    total = 2 * BLOCK + 6
    assert seen == [(BLOCK + 1, total), (2 * BLOCK + 1, total), (total, total)]
    assert b"".join(blocks).count(b"\n") == total + 1


def test_many_columns_come_in_blocks_of_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    trajectory = made_of([float(value) for value in range(60)])
    whole = b"".join(csv_blocks(trajectory))
    monkeypatch.setattr("optlab.core.export.csv.NUMBERS", 10 * len(csv_header(trajectory)))
    blocks = list(csv_blocks(trajectory))
    assert max(block.count(b"\n") for block in blocks) == 10
    assert b"".join(blocks) == whole


def test_cancelling_raises() -> None:
    with pytest.raises(ExportCancelledError):
        list(csv_blocks(made_of([1.0]), cancelled=lambda: True))


def test_a_million_rows_can_be_watched_and_stopped_early() -> None:
    rows = 1_000_001
    long = recorded_trajectory({"w": np.zeros((rows, 2)), "loss": np.zeros(rows)})
    seen: list[tuple[int, int]] = []
    with pytest.raises(ExportCancelledError):
        for _ in csv_blocks(
            long,
            progress=lambda done, total: seen.append((done, total)),
            cancelled=lambda: len(seen) == 3,
        ):
            pass
    assert [done for done, _ in seen] == [1 + BLOCK * k for k in (1, 2, 3)]
    assert {total for _, total in seen} == {rows}
