"""Networks from Python."""

from __future__ import annotations

import numpy as np
import pytest

import optlab


def test_a_network_is_trained_on_columns() -> None:
    x = np.linspace(-1, 1, 20)
    lab = optlab.experiment(data={"x": x, "y": x**2}, network="1-8-1", steps=50, seed=3)
    result = lab.add("adam", eta=0.05).run()
    assert result[0].w.shape == (51, 25)
    assert result[0].loss[-1] < 0.3 * result[0].loss[0]
    start = np.full(25, 0.1)
    placed = optlab.experiment(data={"x": x, "y": x**2}, network="1-8-1", start=start, steps=0)
    assert placed.add("gd").run()[0].w[0].tolist() == start.tolist()


def test_it_is_saved_with_its_data(tmp_path) -> None:
    table = {"x": [0.0, 1.0, 2.0], "label": [0.0, 1.0, 1.0]}
    lab = optlab.experiment(data=table, network="1-2-1", activation="relu", steps=3).add("gd")
    lab.save(tmp_path / "a.optlab")
    again = optlab.load(tmp_path / "a.optlab")
    assert np.array_equal(again.run()[0].w, lab.run()[0].w)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"network": "2-1"}, "needs data"),
        ({"network": "2-1", "loss": "w1^2"}, "exactly one"),
        ({"network": "one"}, "sizes of layers"),
        ({"network": 3}, "network must be a text"),
        ({"network": "1-1", "data": {"x": [1.0], "y": [2.0]}, "activation": "sine"}, "activation"),
        ({"network": "1-1", "data": {"x": [1.0], "y": [2.0]}, "train_loss": "hinge"}, "train_loss"),
    ],
)
def test_wrong_networks_are_refused(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        optlab.experiment(**given)
