"""Tables that are made: shapes, classes, what the parameters do, and what is refused."""

import numpy as np
import pytest

from optlab.core.data import GENERATORS, TableError, load_table, shipped_tables

CLASSES = sorted(GENERATORS.keys() - {"line", "sparse"})


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_settings_decide_every_number(name):
    table = load_table(name)
    assert table == load_table(table.source) == GENERATORS[name].table(f" n = {table.rows} ")
    assert load_table(f"{name}:n=37").rows == 37
    assert GENERATORS[name].table("seed=1") != table
    assert table.names[-1] == "y"
    twice = load_table(f"{name}:noise=0"), load_table(f"{name}:noise=0.7")
    assert twice[0] != twice[1]


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_counted_from_zero_and_evenly_spread(name):
    labels = load_table(f"{name}:n=200").columns["y"]
    classes, counts = np.unique(labels, return_counts=True)
    assert classes.tolist() == list(range(len(classes)))
    assert counts.min() > 0.6 * counts.max()
    assert load_table(name).names[:2] == ("x1", "x2")


def test_shapes_without_noise():
    line = load_table("line:n=50,slope=3,intercept=-1,noise=0").columns
    assert np.allclose(line["y"], 3 * line["x"] - 1)
    circles = load_table("circles:noise=0,factor=0.25").columns
    assert np.allclose(np.hypot(circles["x1"], circles["x2"]), np.where(circles["y"], 0.25, 1))
    xor = load_table("xor").columns
    assert ((xor["x1"] > 0) ^ (xor["x2"] > 0) == xor["y"]).all()
    board = load_table("checkerboard:cells=6").columns
    fields = np.floor((board["x1"] + 1) * 3) + np.floor((board["x2"] + 1) * 3)
    assert (fields % 2 == board["y"]).all()
    moons = load_table("moons:noise=0").columns
    lower = np.hypot(moons["x1"] - 1, moons["x2"] - 0.5)
    assert np.allclose(np.where(moons["y"], lower, np.hypot(moons["x1"], moons["x2"])), 1)


def test_sparse_inputs_are_as_seldom_as_asked():
    table = load_table("sparse:n=1000,p=3,density=0.01,noise=0")
    shares = [(table.columns[f"x{i}"] != 0).mean() for i in (1, 2, 3)]
    assert shares == [1.0, 0.1, 0.01]
    inputs = table.inputs
    assert np.allclose(table.columns["y"], inputs @ [1, -1, 1])


def test_digits_are_pictures_of_their_class():
    table = load_table("digits:n=400,noise=0,seed=3")
    assert len(table.names) == 65 and table.inputs.min() == 0 and table.inputs.max() <= 1
    ones = (table.inputs[table.columns["y"] == 1] > 0).sum(axis=1)
    eights = (table.inputs[table.columns["y"] == 8] > 0).sum(axis=1)
    assert set(ones) == {10} and set(eights) == {17}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mons", "did you mean moons"),
        ("xyz", "known are line"),
        ("moons:n=0", "n: must be a whole number from 1"),
        ("moons:n=2.5", "whole number"),
        ("moons:noise=-1", "noise: must be a number from 0"),
        ("moons:noise=nan", "noise: must be a number"),
        ("moons:size=3", "'size=3' is no setting of moons; known are n, noise, seed"),
        ("moons:n", "'n' is no setting"),
        ("moons:n=3,n=4", "n is given twice"),
        ("moons:n=three", "'three' is not a number"),
        ("moons:n=9e9", "must be a whole number from 1 to 1000000"),
        ("blobs:n=3,centers=5", "n must be at least centers"),
    ],
)
def test_text_that_names_no_table(text, reason):
    with pytest.raises(TableError) as caught:
        load_table(text)
    assert reason in str(caught.value) and "\n" not in str(caught.value)


def test_shipped_tables_are_read_and_say_their_source():
    for name, about in shipped_tables().items():
        table = load_table(name)
        assert table.rows >= 3 and table.dropped == 0
        assert about.summary
        assert "free of copyright" in about.source or "public domain" in about.source
    assert load_table("challenger").columns["distress"].sum() == 7
    planets = load_table("planets").columns
    assert np.allclose(planets["period"] ** 2 / planets["distance"] ** 3, 1, atol=0.01)
