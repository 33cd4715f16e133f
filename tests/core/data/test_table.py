"""Tables: names and numbers that stay as they are, split and standardised by what is stored."""

import numpy as np
import pytest

from optlab.core.data import Split, Table, TableError


@pytest.fixture
def table():
    numbers = np.random.default_rng(1).normal(size=(3, 40))
    return Table({"a": numbers[0] * 5 + 2, "b": numbers[1], "label": (numbers[2] > 0) * 1.0})


def test_the_last_column_is_the_target(table):
    assert (table.target, table.rows, table.labels) == ("label", 40, (0.0, 1.0))
    assert table.inputs.shape == (40, 2) and table.by_column.shape == (3, 40)
    with pytest.raises(ValueError, match="read-only"):
        table.columns["a"][0] = 1.0


def test_equal_numbers_are_equal_tables(table):
    again = Table(dict(table.columns))
    assert again == table and hash(again) == hash(table)
    assert table.take(range(39)) != table
    assert Table({"c" if k == "a" else k: v for k, v in table.columns.items()}) != table


def test_a_split_is_decided_by_its_seed(table):
    train, test = Split(0.25, seed=3).of(table)
    assert (train.rows, test.rows) == (30, 10)
    both = np.concatenate([train.columns["a"], test.columns["a"]])
    assert sorted(both) == sorted(table.columns["a"])
    assert Split(0.25, seed=3).of(table)[1] == test
    assert Split(0.25, seed=4).of(table)[1] != test
    assert Split().of(table) == (table, None)


def test_standardising_uses_the_training_rows_and_leaves_labels(table):
    train, test = Split(0.25, seed=3, standardize=True).of(table)
    for name in ("a", "b"):
        assert abs(train.columns[name].mean()) < 1e-15
        assert abs(train.columns[name].std() - 1) < 1e-15
    assert test.labels == train.labels == (0.0, 1.0)
    constant = Table({"x": np.ones(4), "y": np.arange(4) / 3})
    assert (Split(standardize=True).of(constant)[0].columns["x"] == 0).all()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, "no rows"),
        ({"a": []}, "no rows"),
        ({"a": [1.0], "b": [1.0, 2.0]}, "different lengths"),
        ({"a": [1.0, float("nan")]}, "not finite"),
    ],
)
def test_what_is_no_table(columns, reason):
    with pytest.raises(TableError, match=reason):
        Table({name: np.array(values) for name, values in columns.items()})


def test_what_is_no_split(table):
    for share in (-0.1, 1.0, float("nan")):
        with pytest.raises(TableError, match="share"):
            Split(share)
    with pytest.raises(TableError, match="cannot be split"):
        Split(0.001).of(table)
